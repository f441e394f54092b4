//! What `aapt2` prints, read without any code of ours; and packages that it builds.
#![allow(dead_code, reason = "each test uses a part")]

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    path::Path,
    process::Command,
};

use libtest_mimic::Failed;

/// Runs a program and gives what it prints.
pub fn run<S: AsRef<OsStr>>(program: &str, arguments: impl IntoIterator<Item = S>) -> Result<String, Failed> {
    let output = Command::new(program).args(arguments).output().map_err(|e| format!("{program}: {e}"))?;
    if !output.status.success() {
        return Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// An element of `aapt2 dump xmltree`.
#[derive(Debug, Default)]
pub struct Node {
    pub name: String,
    /// By name without namespace, as printed.
    pub attributes: BTreeMap<String, String>,
    pub children: Vec<Node>,
}

impl Node {
    pub fn each<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of an attribute, without quotes and without what was raw.
    pub fn text(&self, name: &str) -> Option<String> {
        let printed = self.attributes.get(name)?;
        let printed = printed.split_once(" (Raw: ").map_or(&**printed, |(value, _)| value);
        Some(printed.trim_matches('"').to_owned())
    }
}

/// The manifest as `aapt2` prints it.
pub fn xmltree(package: &Path) -> Result<Node, Failed> {
    let text = run(
        "aapt2",
        ["dump".as_ref(), "xmltree".as_ref(), package.as_os_str(), "--file".as_ref(), "AndroidManifest.xml".as_ref()],
    )?;
    let mut open: Vec<(usize, Node)> = vec![(0, Node::default())];
    for line in text.lines() {
        let depth = line.len() - line.trim_start().len();
        let line = line.trim_start();
        if let Some(name) = line.strip_prefix("E: ") {
            close(&mut open, depth);
            let name = name.split_whitespace().next().unwrap_or_default().to_owned();
            open.push((depth, Node { name, ..Node::default() }));
        } else if let (Some((name, value)), Some((_, node))) =
            (line.strip_prefix("A: ").and_then(split), open.last_mut())
        {
            node.attributes.insert(name, value);
        }
    }
    close(&mut open, 1);
    let (_, mut outer) = open.pop().ok_or("nothing is printed")?;
    outer.children.pop().ok_or_else(|| "no element is printed".into())
}

/// Closes what is at this depth or deeper.
fn close(open: &mut Vec<(usize, Node)>, depth: usize) {
    while open.len() > 1 && open.last().is_some_and(|(at, _)| *at >= depth) {
        if let (Some((_, done)), Some((_, parent))) = (open.pop(), open.last_mut()) {
            parent.children.push(done);
        }
    }
}

/// `namespace:name(0x01010003)=value`.
fn split(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once('=')?;
    // Namespaces have an equals sign in no case, but colons.
    let name = name.split('(').next()?.rsplit(':').next()?;
    Some((name.to_owned(), value.to_owned()))
}

/// The values of resources by number (`0x7f050002`), as `aapt2 dump resources` prints them, over all configurations.
pub fn resources(package: &Path) -> Result<BTreeMap<String, BTreeSet<String>>, Failed> {
    let text = run("aapt2", ["dump".as_ref(), "resources".as_ref(), package.as_os_str()])?;
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut id = String::new();
    for line in text.lines().map(str::trim_start) {
        if let Some(rest) = line.strip_prefix("resource ") {
            rest.split(' ').next().unwrap_or_default().clone_into(&mut id);
        } else if let Some((_, value)) = line.split_once(") ").filter(|_| line.starts_with('(')) {
            out.entry(id.clone()).or_default().insert(value.to_owned());
        }
    }
    Ok(out)
}

/// Lines of `aapt2 dump badging` that begin with a key.
pub fn badging(package: &Path) -> Result<Vec<(String, String)>, Failed> {
    let text = run("aapt2", ["dump".as_ref(), "badging".as_ref(), package.as_os_str()])?;
    let split = |line: &'_ str| {
        line.split_once(':').map_or((line.to_owned(), String::new()), |(key, rest)| (key.into(), rest.into()))
    };
    Ok(text.lines().map(split).collect())
}

/// The value of `name='…'` in a line.
pub fn quoted(line: &str, name: &str) -> Option<String> {
    let (_, rest) = line.split_once(&format!("{name}='"))?;
    rest.split_once('\'').map(|(value, _)| value.to_owned())
}

/// How many components are open to other apps by the rules of the platform, counted on what `aapt2` prints; `None`
/// where one depends on the device.
pub fn exported(root: &Node, resources: &BTreeMap<String, BTreeSet<String>>) -> Option<BTreeMap<String, usize>> {
    let target = |sdk: &Node| sdk.text("targetSdkVersion").or_else(|| sdk.text("minSdkVersion"));
    let target: u32 = root.each("uses-sdk").find_map(target).and_then(|text| text.parse().ok()).unwrap_or(1);
    let flag = |node: &Node, name: &str, default: bool| match node.text(name) {
        None => Some(default),
        Some(text) => match text.strip_prefix('@') {
            None => text.parse().ok(),
            Some(id) => match resources.get(id)?.iter().collect::<Vec<_>>()[..] {
                [one] => one.parse().ok(),
                _ => None,
            },
        },
    };
    let mut out = BTreeMap::new();
    for application in root.each("application").take(1) {
        let all = flag(application, "enabled", true)?;
        for component in &application.children {
            let kind = match component.name.as_str() {
                "activity-alias" => "activity",
                kind @ ("activity" | "service" | "receiver" | "provider") => kind,
                _ => continue,
            };
            let counts = |filter: &&Node| kind == "service" || filter.each("action").next().is_some();
            let listens = component.each("intent-filter").any(|filter| counts(&filter));
            let default = if kind == "provider" { target < 17 } else { listens };
            let open = flag(component, "exported", default)? && flag(component, "enabled", true)? && all;
            *out.entry(kind.to_owned()).or_default() += usize::from(open);
        }
    }
    Some(out)
}
