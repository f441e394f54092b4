//! Reading `records.jsonl`: numbers, names and the chain of digests.

use std::{
    collections::BTreeSet,
    io::{self, BufRead, BufReader, Read},
};

use crate::model::Digest;

use super::{Defect, Place, Problem, Record};

/// Longest line that is read, in bytes. A record is a few hundred.
pub(super) const MAX_LINE: u64 = 1024 * 1024;

/// Most records that are read. A part has a few hundred.
const MAX_RECORDS: u64 = 100_000;

/// A log as far as it could be read.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// Those whose line is well-formed, in order.
    pub records: Vec<Record>,
    /// Whole lines, well-formed or not.
    pub lines: u64,
    /// Digest of the last whole line.
    pub head: Option<Digest>,
    /// Bytes of the whole lines.
    pub whole: u64,
    /// Bytes after the last whole line: a write that was cut off.
    pub torn: u64,
    /// Defects inside lines, and lines that are not what the next one says they were. No file or part set.
    pub problems: Vec<Problem>,
}

/// One line as the chain sees it.
struct Link {
    own: Digest,
    bytes: u64,
    /// What it says of the line before; `None` where it can't be read.
    prev: Option<Digest>,
    item: Option<String>,
    reported: bool,
}

/// Reads a log to its end. `genesis` is what the chain begins with and `head` what the seal says of the last line,
/// where they are known.
pub(super) fn read(reader: impl Read, genesis: Option<Digest>, head: Option<Digest>) -> io::Result<Log> {
    let mut reader = BufReader::with_capacity(64 * 1024, reader);
    let mut log = Log::default();
    let mut links: Vec<Link> = Vec::new();
    let mut items = BTreeSet::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        let n = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)?;
        if n == 0 {
            break;
        }
        if line.pop_if(|last| *last == b'\n').is_none() {
            log.torn = n as u64 + io::copy(&mut reader, &mut io::sink())?;
            break;
        }
        if log.lines == MAX_RECORDS {
            log.blame(MAX_RECORDS + 1, None, Defect::TooManyRecords { most: MAX_RECORDS });
            break;
        }
        log.lines += 1;
        log.whole += n as u64;
        let link = log.take_line(&line, &mut items);
        links.push(link);
    }
    if head.is_none() {
        log.forgive_the_last(&mut links);
    }
    log.head = links.last().map(|link| link.own);
    log.check_chain(&mut links, genesis, head);
    log.problems.sort_by_key(|problem| problem.place.record);
    Ok(log)
}

impl Log {
    fn take_line(&mut self, line: &[u8], items: &mut BTreeSet<String>) -> Link {
        let own = Digest::of(line);
        let bytes = line.len() as u64 + 1;
        let record: Record = match serde_json::from_slice(line) {
            Ok(record) => record,
            Err(error) => {
                self.blame(self.lines, None, Defect::Malformed { why: error.to_string() });
                return Link { own, bytes, prev: None, item: None, reported: true };
            }
        };
        let mut reported = true;
        if record.n != self.lines {
            self.blame(self.lines, Some(&record.item), Defect::RecordMisnumbered { says: record.n });
        } else if !items.insert(record.item.clone()) {
            self.blame(self.lines, Some(&record.item), Defect::ItemTwice);
        } else if record.external && record.object.is_none() {
            self.blame(self.lines, Some(&record.item), Defect::ObjectMissing);
        } else {
            reported = false;
        }
        let link = Link { own, bytes, prev: Some(record.prev), item: Some(record.item.clone()), reported };
        self.records.push(record);
        link
    }

    /// Without a seal, a last line that can't be read is a write that was cut off by a power failure.
    fn forgive_the_last(&mut self, links: &mut Vec<Link>) {
        if let Some(last) = links.pop_if(|link| link.prev.is_none()) {
            self.problems.retain(|problem| problem.place.record != Some(self.lines));
            self.lines -= 1;
            self.whole -= last.bytes;
            self.torn += last.bytes;
        }
    }

    /// A line that the next one does not vouch for was changed, or else the next one was. Where the next one is itself
    /// vouched for, it is the earlier line that lies.
    fn check_chain(&mut self, links: &mut [Link], genesis: Option<Digest>, head: Option<Digest>) {
        let vouched: Vec<_> = (0..links.len())
            .map(|i| match links.get(i + 1) {
                Some(next) => next.prev.is_none_or(|prev| prev == links[i].own),
                None => head.is_none_or(|head| head == links[i].own),
            })
            .collect();
        for i in 0..links.len() {
            let blamed = !vouched[i] && vouched.get(i + 1).is_none_or(|next| *next);
            if blamed && !links[i].reported {
                links[i].reported = true;
                self.blame(i as u64 + 1, links[i].item.as_deref(), Defect::RecordChanged);
            }
        }
        if let Some(first) = links.first()
            && genesis.is_some_and(|genesis| first.prev.is_some_and(|prev| prev != genesis))
            && !first.reported
        {
            self.blame(1, first.item.as_deref(), Defect::RecordForeign);
        }
    }

    fn blame(&mut self, n: u64, item: Option<&str>, what: Defect) {
        let place = Place { record: Some(n), item: item.map(str::to_owned), ..Place::default() };
        self.problems.push(Problem { place, what });
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Digest, ItemStatus};

    use super::{
        super::{NewRecord, Origin},
        Log, read,
    };

    fn genesis() -> Digest {
        Digest::of(b"part")
    }

    fn lines(n: u64) -> Vec<String> {
        let mut prev = genesis();
        (1..=n)
            .map(|i| {
                let new = NewRecord::new(
                    format!("item.{i}"),
                    "test@1",
                    Origin::Builtin("t".into()),
                    ItemStatus::Absent,
                    "2026-11-21T00:00:00Z",
                );
                let line = serde_json::to_string(&new.numbered(i, prev, None)).unwrap();
                prev = Digest::of(line.as_bytes());
                line
            })
            .collect()
    }

    fn joined(lines: &[String]) -> String {
        lines.iter().map(|line| format!("{line}\n")).collect()
    }

    fn log(text: &str, sealed: Option<&[String]>) -> Log {
        let head = sealed.map(|lines| Digest::of(lines.last().unwrap().as_bytes()));
        read(text.as_bytes(), Some(genesis()), head).unwrap()
    }

    fn blamed(log: &Log) -> Vec<u64> {
        log.problems.iter().filter_map(|problem| problem.place.record).collect()
    }

    #[test]
    fn a_whole_log_has_no_problems() {
        let lines = lines(4);
        let log = log(&joined(&lines), Some(&lines));
        assert_eq!((log.records.len(), log.torn, blamed(&log)), (4, 0, vec![]));
    }

    #[test]
    fn exactly_the_record_that_was_changed_is_blamed() {
        let lines = lines(4);
        for n in 1..=4 {
            let mut changed = lines.clone();
            changed[n - 1] = changed[n - 1].replace("test@1", "test@2");
            assert_eq!(blamed(&log(&joined(&changed), Some(&lines))), [n as u64]);
            let mut cut = lines.clone();
            cut[n - 1].truncate(40);
            assert_eq!(blamed(&log(&joined(&cut), Some(&lines))), [n as u64]);
        }
    }

    #[test]
    fn a_changed_link_is_blamed_on_the_record_that_holds_it() {
        let mut lines = lines(4);
        let sealed = lines.clone();
        let prev = Digest::of(lines[1].as_bytes()).to_string();
        lines[2] = lines[2].replace(&prev, &Digest::of(b"other").to_string());
        assert_eq!(blamed(&log(&joined(&lines), Some(&sealed))), [3]);
    }

    #[test]
    fn removed_swapped_and_repeated_records_are_noticed() {
        let sealed = lines(4);
        let mut removed = sealed.clone();
        removed.remove(1);
        assert!(!blamed(&log(&joined(&removed), Some(&sealed))).is_empty());
        let mut swapped = sealed.clone();
        swapped.swap(1, 2);
        assert!(!blamed(&log(&joined(&swapped), Some(&sealed))).is_empty());
        let mut repeated = sealed.clone();
        repeated.push(sealed[3].clone());
        assert!(!blamed(&log(&joined(&repeated), Some(&sealed))).is_empty());
    }

    #[test]
    fn a_torn_tail_is_dropped_and_counted_at_every_length() {
        let lines = lines(3);
        let text = joined(&lines);
        let whole = joined(&lines[..2]).len();
        for cut in whole..text.len() {
            let log = log(&text[..cut], None);
            assert_eq!((log.records.len(), log.whole, log.torn), (2, whole as u64, (cut - whole) as u64));
            assert_eq!(blamed(&log), [0; 0]);
        }
    }

    #[test]
    fn without_a_seal_a_last_line_of_rubbish_is_torn_and_one_in_the_middle_is_not() {
        let lines = lines(3);
        let log_end = log(&format!("{}\0\0\0\n", joined(&lines)), None);
        assert_eq!((log_end.records.len(), log_end.torn, blamed(&log_end)), (3, 4, vec![]));
        let middle = format!("{}\0\0\n{}", joined(&lines[..1]), joined(&lines[1..]));
        assert!(!blamed(&log(&middle, None)).is_empty());
    }
}
