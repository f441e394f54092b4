//! The `schema:` line: which format a file is in, and whether this version reads it.

use crate::model::Text;

use super::{
    Mistakes, Positions, Source,
    tree::{self, Kind, Node},
};

/// A format and its newest version that this program knows, such as `jixian.check/v1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    pub name: &'static str,
    pub major: u32,
    pub minor: u32,
}

impl Schema {
    pub const fn new(name: &'static str, major: u32, minor: u32) -> Self {
        Self { name, major, minor }
    }
}

/// The version that a file names. The name must be `name`; which versions are read is the caller's question.
pub fn schema_version(source: &Source, name: &str) -> Result<(u32, u32), Mistakes> {
    let mut mistakes = Mistakes::default();
    let root = tree::build(source, &mut mistakes);
    match &root {
        Some(node) => version_of(source, node, name),
        None => mistakes.or(()).and_then(|()| Err(missing(&Positions::of(source), name))),
    }
}

/// Checks the `schema:` line against what this program knows. `true`: the file is of a newer minor version.
pub(super) fn check(source: &Source, root: &Node, schema: Schema) -> Result<bool, Mistakes> {
    let (major, minor) = version_of(source, root, schema.name)?;
    if major == schema.major {
        return Ok(minor > schema.minor);
    }
    let known = format!("{}/v{}", schema.name, schema.major);
    let message = Text::new(
        format!("{}/v{major} 不在本版本可读范围内（可读 {known}）", schema.name),
        format!("{}/v{major} cannot be read by this version, which reads {known}", schema.name),
    );
    let help = if major > schema.major {
        Text::new("请升级 jixian", "use a newer version of jixian")
    } else {
        Text::new(format!("请改写为 {known} 格式"), format!("rewrite the file as {known}"))
    };
    Err(Positions::new(source.clone(), Some(root.clone())).mistake("schema", message, help).into())
}

fn version_of(source: &Source, root: &Node, name: &str) -> Result<(u32, u32), Mistakes> {
    let positions = || Positions::new(source.clone(), Some(root.clone()));
    let Kind::Map(map) = &root.kind else { return Err(missing(&positions(), name)) };
    let Some(entry) = map.entries.iter().find(|entry| entry.key == "schema") else {
        return Err(missing(&positions(), name));
    };
    let Kind::Scalar { text, .. } = &entry.value.kind else { return Err(missing(&positions(), name)) };
    parse(text, name).ok_or_else(|| {
        let message = Text::new(
            format!("schema 应为 {name}/v…，实为 {text}"),
            format!("expected schema {name}/v…, found {text}"),
        );
        let help = Text::new("确认文件种类与用途一致", "make sure that this is the kind of file meant here");
        positions().mistake("schema", message, help).into()
    })
}

fn parse(text: &str, name: &str) -> Option<(u32, u32)> {
    let version = text.strip_prefix(name)?.strip_prefix("/v")?;
    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    Some((number(major)?, number(minor)?))
}

fn missing(positions: &Positions, name: &str) -> Mistakes {
    let message = Text::new("缺少 schema", "schema is missing");
    let help = Text::new(format!("第一行写 schema: {name}/v1"), format!("begin the file with schema: {name}/v1"));
    positions.mistake("", message, help).into()
}
