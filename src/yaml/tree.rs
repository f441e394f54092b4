//! A file as a tree of places, built from the parser's events; whatever has several readings is refused here.

use std::{borrow::Cow, collections::HashSet};

use serde_yaml::granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};

use crate::model::Text;

use super::{Mistake, Mistakes, Source, mask::is_secret_key, place::Place, scalar};

/// Deeper files are refused.
const MAX_DEPTH: usize = 64;

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub place: Place,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Scalar { text: String, plain: bool },
    List(Vec<Node>),
    Map(Map),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Map {
    pub entries: Vec<Entry>,
    /// Keys whose entries were taken out because of a mistake: their absence is no second mistake.
    pub pruned: Vec<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub key: String,
    pub place: Place,
    pub value: Node,
}

/// The tree, where the file can be parsed at all; the mistakes go to `mistakes`.
pub(super) fn build(source: &Source, mistakes: &mut Mistakes) -> Option<Node> {
    let options = serde_yaml::granit_parser::options! {
        emit_comments: false,
        disallow_directives: true,
        emit_unresolved_aliases: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH
    };
    let mut builder = Builder { source, mistakes, stack: Vec::new(), root: None, documents: 0 };
    // A byte-order mark is no part of the text.
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => {
                if !builder.take(event, &span) {
                    return None;
                }
            }
            Err(error) => {
                builder.syntax(&error);
                return None;
            }
        }
    }
    if builder.root.is_none() {
        let message = Text::new("文件是空的", "the file is empty");
        builder.mistakes.push(Mistake::at(source, Place::START, message, None));
    }
    builder.root
}

struct Builder<'a> {
    source: &'a Source,
    mistakes: &'a mut Mistakes,
    stack: Vec<Open>,
    root: Option<Node>,
    documents: usize,
}

/// A list or map that is not closed yet.
enum Open {
    List(Place, Vec<Node>),
    Map(Place, Map, Keys),
}

/// The keys of an open map, and the one that waits for its value; `None` in its place is one that was refused.
#[derive(Default)]
struct Keys {
    seen: HashSet<String>,
    pending: Option<(Option<String>, Place)>,
}

impl Builder<'_> {
    /// `false` where reading on makes no sense.
    fn take(&mut self, event: Event<'_>, span: &Span) -> bool {
        let place = Place::of_span(span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.properties(span, anchor, tag.as_ref());
                self.scalar(text, style, place);
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.properties(span, anchor, tag.as_ref());
                return self.open(Open::List(narrow(place), Vec::new()), place);
            }
            Event::MappingStart(_, anchor, tag) => {
                self.properties(span, anchor, tag.as_ref());
                return self.open(Open::Map(narrow(place), Map::default(), Keys::default()), place);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.refuse_alias(place);
                self.add(Node { place, kind: Kind::Scalar { text: String::new(), plain: true } });
            }
            Event::DocumentStart(..) => return self.document(place),
            _ => {}
        }
        true
    }

    fn scalar(&mut self, text: Cow<'_, str>, style: ScalarStyle, place: Place) {
        let plain = style == ScalarStyle::Plain;
        if plain && scalar::is_bare_time(&text) {
            let message =
                Text::new(format!("日期和时间必须加引号：{text}"), format!("dates and times are quoted: {text}"));
            let help = Text::new(format!("写成 \"{text}\""), format!("write \"{text}\""));
            self.mistake(place, message, Some(help));
        }
        self.add(Node { place, kind: Kind::Scalar { text: text.into_owned(), plain } });
    }

    fn open(&mut self, open: Open, place: Place) -> bool {
        if self.stack.len() >= MAX_DEPTH {
            let message =
                Text::new(format!("嵌套超过 {MAX_DEPTH} 层"), format!("nested more than {MAX_DEPTH} levels deep"));
            self.mistake(place, message, None);
            return false;
        }
        self.stack.push(open);
        true
    }

    fn close(&mut self) {
        match self.stack.pop() {
            Some(Open::List(place, items)) => self.add(Node { place, kind: Kind::List(items) }),
            Some(Open::Map(place, map, _)) => self.add(Node { place, kind: Kind::Map(map) }),
            None => {}
        }
    }

    /// Puts a finished node where it belongs: the root, a list, a key or the value of a key.
    fn add(&mut self, node: Node) {
        match self.stack.last_mut() {
            None => {
                if self.root.is_none() {
                    self.root = Some(node);
                }
            }
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, map, keys)) => match keys.pending.take() {
                Some((Some(key), place)) => map.entries.push(Entry { key, place, value: node }),
                // The value of a key that was refused.
                Some((None, _)) => {}
                None => self.key(node),
            },
        }
    }

    fn key(&mut self, node: Node) {
        let place = node.place;
        let refused = match &node.kind {
            Kind::Scalar { text, plain: true } if text == "<<" => Some((
                Text::new("不允许合并键 <<", "merge keys are not allowed: <<"),
                Text::new("把内容直接写出来", "write the content out"),
            )),
            Kind::Scalar { text, .. } if self.has_key(text) => Some((
                Text::new(format!("键 {text} 重复"), format!("the key {text} is given twice")),
                Text::new("只保留一个", "keep one of them"),
            )),
            Kind::Scalar { .. } => None,
            Kind::List(_) | Kind::Map(_) => Some((
                Text::new("键必须是文本", "a key is a text"),
                Text::new("用引号把以 { 或 [ 开头的文本括起来", "quote a text that begins with { or ["),
            )),
        };
        let key = match (&refused, node.kind) {
            (None, Kind::Scalar { text, .. }) => Some(text),
            _ => None,
        };
        if let Some((message, help)) = refused {
            self.mistake(place, message, Some(help));
        }
        if let Some(Open::Map(_, _, keys)) = self.stack.last_mut() {
            keys.seen.extend(key.clone());
            keys.pending = Some((key, place));
        }
    }

    fn has_key(&self, key: &str) -> bool {
        matches!(self.stack.last(), Some(Open::Map(_, _, keys)) if keys.seen.contains(key))
    }

    fn is_at_secret(&self) -> bool {
        matches!(self.stack.last(), Some(Open::Map(_, _, Keys { pending: Some((Some(key), _)), .. })) if is_secret_key(key))
    }

    fn document(&mut self, place: Place) -> bool {
        self.documents += 1;
        if self.documents > 1 {
            let message = Text::new("一个文件只能有一个 YAML 文档", "a file holds one YAML document");
            let help = Text::new("删除 --- 或拆分为两个文件", "remove the --- or split the file");
            self.mistake(place, message, Some(help));
        }
        self.documents == 1
    }

    fn properties(&mut self, span: &Span, anchor: usize, tag: Option<&Cow<'_, Tag>>) {
        let place = Place::of_span(span);
        if anchor != 0 {
            let message = Text::new("不允许锚点（&）", "anchors (&) are not allowed");
            let help = Text::new(
                "把内容直接写出来；以 & 开头的文本要加引号",
                "write the content out; quote a text that begins with &",
            );
            self.mistake(place, message, Some(help));
        }
        if let Some(tag) = tag {
            let tag = tag.original();
            let place = span.tag_span().map_or(place, |span| Place::of_span(&span));
            let message = Text::new(format!("不允许标签：{tag}"), format!("tags are not allowed: {tag}"));
            let help = Text::new(
                "以 ! 开头的文本要加引号；表达式用块标量（|）书写",
                "quote a text that begins with !; write expressions as block scalars (|)",
            );
            self.mistake(place, message, Some(help));
        }
    }

    fn refuse_alias(&mut self, place: Place) {
        let message = Text::new("不允许别名（*）", "aliases (*) are not allowed");
        let help = Text::new(
            "把内容直接写出来；以 * 开头的文本要加引号",
            "write the content out; quote a text that begins with *",
        );
        self.mistake(place, message, Some(help));
    }

    fn syntax(&mut self, error: &ScanError) {
        let info = error.info();
        let message = Text::new(format!("YAML 语法错误：{info}"), format!("not valid YAML: {info}"));
        let help = Text::new(
            "检查缩进、引号和冒号后的空格；缩进只能用空格",
            "check the indentation, the quotes and the space after a colon; indent with spaces only",
        );
        self.mistake(Place::of_marker(error.marker()), message, Some(help));
    }

    fn mistake(&mut self, place: Place, message: Text, help: Option<Text>) {
        // What stands where a secret belongs is not repeated, whatever else is wrong with it.
        let secret = Text::new("口令的写法有误", "a secret is not written like this");
        let message = if self.is_at_secret() { secret } else { message };
        let help = help.filter(|_| !self.is_at_secret());
        self.mistakes.push(Mistake::at(self.source, place, message, help));
    }
}

/// The start of a collection: its first character.
fn narrow(place: Place) -> Place {
    Place { width: 1, ..place }
}
