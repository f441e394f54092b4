//! The block tree: what the markup says, before anything is measured.

/// The whole document.
#[derive(Debug, Default)]
pub(super) struct Article {
    pub header_left: String,
    pub header_right: String,
    /// Pale text across each page, such as 草稿.
    pub watermark: String,
    pub blocks: Vec<Block>,
}

/// One block and the name that links can reach it by.
#[derive(Debug)]
pub(super) struct Block {
    pub id: Option<String>,
    pub kind: BlockKind,
}

#[derive(Debug)]
pub(super) enum BlockKind {
    /// A place without content that only carries an id.
    Anchor,
    Callout(Callout),
    Code(String),
    Cover(Vec<CoverPart>),
    Figure(Figure),
    Heading(Heading),
    Keep(Vec<Block>),
    List(List),
    PageBreak,
    Para(Para),
    Signature(Signature),
    Table(Table),
    Toc(Toc),
}

/// What a colour stands for. Colour is never the only carrier: text or a sign goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Bad,
    Info,
    NotApplicable,
    Ok,
    Part,
    Unknown,
}

impl Tone {
    /// The tone of a class list such as `badge ok`.
    pub fn of_class(class: &str) -> Option<Self> {
        class.split_ascii_whitespace().find_map(|word| match word {
            "bad" => Some(Self::Bad),
            "info" => Some(Self::Info),
            "na" => Some(Self::NotApplicable),
            "ok" => Some(Self::Ok),
            "part" => Some(Self::Part),
            "unknown" => Some(Self::Unknown),
            _ => None,
        })
    }
}

/// Where a link goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Id(String),
    Uri(String),
}

/// How a run of text looks, apart from the size and colour of its block.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Look {
    pub bold: bool,
    pub mono: bool,
    pub muted: bool,
    pub nowrap: bool,
    pub badge: Option<Tone>,
    pub link: Option<Target>,
}

/// A piece of text with one look. A line feed in it is a forced line break.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    pub text: String,
    pub look: Look,
}

pub(super) type Runs = Vec<Run>;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Numbering {
    /// 1, 1.1, 1.1.1
    #[default]
    Chapter,
    /// 附录 A, A.1, A.1.1
    Appendix,
    /// None, and not in the way of the others.
    Plain,
}

#[derive(Debug)]
pub(super) struct Heading {
    /// 1 to 3.
    pub level: u8,
    pub numbering: Numbering,
    pub text: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ParaKind {
    #[default]
    Body,
    Note,
    Small,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Align {
    #[default]
    Start,
    Center,
    End,
}

#[derive(Debug, Default)]
pub(super) struct Para {
    pub kind: ParaKind,
    pub align: Align,
    /// First line set in by two characters, as Chinese body text is.
    pub indent: bool,
    pub runs: Runs,
}

#[derive(Debug)]
pub(super) struct List {
    pub ordered: bool,
    pub items: Vec<ListItem>,
}

#[derive(Debug)]
pub(super) struct ListItem {
    pub id: Option<String>,
    pub blocks: Vec<Block>,
}

/// A framed remark.
#[derive(Debug)]
pub(super) struct Callout {
    pub tone: Tone,
    pub blocks: Vec<Block>,
}

#[derive(Debug)]
pub(super) struct Signature {
    pub labels: Vec<String>,
    /// The word before the blank date; empty for no date.
    pub date: String,
}

#[derive(Debug)]
pub(super) struct Toc {
    pub title: String,
    /// Deepest heading level listed.
    pub depth: u8,
}

#[derive(Debug)]
pub(super) enum CoverPart {
    Title(Runs),
    Subtitle(Runs),
    Line(Runs),
    Small(Runs),
    /// The large coloured mark, such as the baseline letter, with what it means.
    Grade {
        tone: Tone,
        mark: String,
        note: Runs,
    },
    /// At the foot of the page.
    Foot(Runs),
    /// At the foot of the page.
    Facts(Table),
}

/// Width of a column as written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum ColumnWidth {
    Auto,
    Points(f32),
    /// Share of the table's width, 0 to 1.
    Share(f32),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum TableStyle {
    Compact,
    /// Names in the first column, no header row.
    KeyValue,
    #[default]
    Normal,
}

#[derive(Debug, Default)]
pub(super) struct Table {
    pub caption: String,
    pub style: TableStyle,
    pub zebra: bool,
    pub columns: Vec<ColumnWidth>,
    pub head: Vec<Row>,
    pub body: Vec<Row>,
}

#[derive(Debug, Default)]
pub(super) struct Row {
    pub id: Option<String>,
    /// A row that names the group of rows below it.
    pub group: bool,
    pub cells: Vec<Cell>,
}

#[derive(Debug, Default)]
pub(super) struct Cell {
    pub heading: bool,
    pub span: usize,
    pub align: Align,
    /// 0 to 1: a bar before the text.
    pub meter: Option<f32>,
    pub lines: Vec<CellText>,
}

/// One paragraph of a cell.
#[derive(Debug, Default)]
pub(super) struct CellText {
    pub bullet: bool,
    pub runs: Runs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChartKind {
    Bars,
    Columns,
    Heat,
    Radar,
    Segments,
    Stack,
}

#[derive(Debug)]
pub(super) struct Figure {
    pub kind: ChartKind,
    pub alt: String,
    pub caption: String,
    /// Value at the end of the scale; where 0, the largest value is.
    pub max: f32,
    pub unit: String,
    /// Names of the parts of a stack or of the columns of a heat map.
    pub series: Vec<Series>,
    pub data: Vec<Datum>,
}

#[derive(Debug)]
pub(super) struct Series {
    pub name: String,
    pub tone: Tone,
}

#[derive(Debug)]
pub(super) struct Datum {
    pub label: String,
    pub tone: Option<Tone>,
    pub values: Vec<f32>,
    /// For heat maps: one tone a column.
    pub tones: Vec<Option<Tone>>,
}
