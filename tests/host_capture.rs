//! Collects this very machine: every item ends, in time; with `CAPTURE=folder` it is written down as a fixture.

#![expect(clippy::disallowed_methods, reason = "a fixture is written down")]

use std::{collections::BTreeMap, fs, io::Read, path::Path, time::Duration};

use jixian::{
    collect::{Limits, linux, runner},
    evidence::Record,
    facts::{Artifacts, host},
    formats::files,
    model::ItemStatus,
};

struct Collected(BTreeMap<String, (ItemStatus, Vec<u8>, u64, String)>);

impl Artifacts for Collected {
    fn record(&self, _: &str) -> Option<&Record> {
        None
    }

    fn status(&self, item: &str) -> Option<ItemStatus> {
        self.0.get(item).map(|(status, ..)| *status)
    }

    fn bytes(&self, item: &str) -> Option<Vec<u8>> {
        self.0.get(item).map(|(_, bytes, ..)| bytes.clone())
    }

    fn open(&self, item: &str) -> Option<Box<dyn Read + '_>> {
        self.0.get(item).map(|(_, bytes, ..)| Box::new(bytes.as_slice()) as Box<dyn Read>)
    }

    fn items(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}

#[test]
#[ignore = "looks at the machine it runs on; for people who add items"]
fn this_machine() {
    let mut all = BTreeMap::new();
    let limits = Limits::starting_now(Duration::from_secs(120));
    runner::run(linux::COLLECTOR, &linux::jobs(), &limits, &mut |record, bytes| {
        let note = record.note.clone().unwrap_or_default();
        all.insert(record.item.clone(), (record.status, bytes.unwrap_or_default(), record.dur_ms, note));
    });
    assert_eq!(all.len(), linux::jobs().len());
    let mut report = String::new();
    for (item, (status, bytes, ms, note)) in &all {
        report.push_str(&format!("{item:28} {status:10} {:8} {ms:6} ms  {note}\n", bytes.len()));
    }
    let collected = Collected(all);
    let document = host::derive(&collected);
    let Ok(folder) = std::env::var("CAPTURE") else { return };
    let folder = Path::new(&folder);
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("report"), report).unwrap();
    fs::write(folder.join("facts.json"), serde_json::to_vec_pretty(&document).unwrap()).unwrap();
    for (item, (status, bytes, ..)) in &collected.0 {
        let group = files::read(bytes);
        if *status == ItemStatus::Ok && group.is_empty() {
            fs::write(folder.join(item), bytes).unwrap();
        }
        for file in group {
            let path = folder.join(item).join(file.path.trim_start_matches('/'));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file.text).unwrap();
        }
    }
}
