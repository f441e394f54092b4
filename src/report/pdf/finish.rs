//! The last step: outline, metadata, identifier, compression. Replaces everything random or dated that `printpdf` wrote.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat, dictionary};

use crate::report::pdf::{
    PdfError, PdfOptions,
    layout::{Bookmark, LaidOut},
    structure,
    theme::PAGE_HEIGHT,
};

const PRODUCER: &str = concat!("jixian ", env!("CARGO_PKG_VERSION"), " (printpdf, lopdf)");

/// Completes the document and writes it.
pub(super) fn finish(mut document: Document, laid_out: &LaidOut, options: &PdfOptions) -> Result<Vec<u8>, PdfError> {
    let pages: Vec<ObjectId> = document.get_pages().into_values().collect();
    structure::write(&mut document, &laid_out.canvas, &pages, options.lang)?;
    let outline = outline(&mut document, &laid_out.bookmarks, &pages);
    let metadata = xmp(&mut document, options);
    information(&mut document, options)?;
    let catalog = document.catalog_mut().map_err(assembly)?;
    catalog.set("Lang", Object::string_literal(options.lang.pick("zh-CN", "en")));
    catalog.set("PageLayout", "SinglePage");
    catalog.set("PageMode", if outline.is_some() { "UseOutlines" } else { "UseNone" });
    catalog.set("ViewerPreferences", dictionary! { "DisplayDocTitle" => true });
    catalog.set("Metadata", metadata);
    if let Some(outline) = outline {
        catalog.set("Outlines", outline);
    }
    let id = Object::String(options.id_seed.as_bytes()[..16].to_vec(), StringFormat::Hexadecimal);
    document.trailer.set("ID", vec![id.clone(), id]);
    document.version = "1.7".to_owned();
    document.compress();
    let mut bytes = Vec::new();
    document.save_modern(&mut bytes).map_err(assembly)?;
    Ok(bytes)
}

/// Text in UTF-16 with its mark, as PDF text strings are outside ASCII.
pub(super) fn text_string(text: &str) -> Object {
    if text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return Object::string_literal(text);
    }
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    Object::String(units.flat_map(u16::to_be_bytes).collect(), StringFormat::Hexadecimal)
}

pub(super) fn assembly(error: impl std::fmt::Display) -> PdfError {
    PdfError::Assembly(error.to_string())
}

/// Nested bookmarks, each with its place on the page.
fn outline(document: &mut Document, bookmarks: &[Bookmark], pages: &[ObjectId]) -> Option<ObjectId> {
    if bookmarks.is_empty() {
        return None;
    }
    let root = document.new_object_id();
    let ids: Vec<ObjectId> = bookmarks.iter().map(|_| document.new_object_id()).collect();
    let tree = OutlineTree::new(bookmarks);
    for (index, bookmark) in bookmarks.iter().enumerate() {
        let top = PAGE_HEIGHT - bookmark.y + 8.0;
        let place = vec![pages[bookmark.page].into(), "XYZ".into(), 0.into(), top.round().into(), Object::Null];
        let mut entry = dictionary! { "Title" => text_string(&bookmark.title), "Dest" => place };
        entry.set("Parent", tree.parents[index].map_or(root, |parent| ids[parent]));
        let siblings = tree.children(tree.parents[index]);
        let at = siblings.binary_search(&index).unwrap_or_default();
        if let Some(previous) = at.checked_sub(1).and_then(|at| siblings.get(at)) {
            entry.set("Prev", ids[*previous]);
        }
        if let Some(next) = siblings.get(at + 1) {
            entry.set("Next", ids[*next]);
        }
        set_children(&mut entry, tree.children(Some(index)), &ids, -1);
        document.set_object(ids[index], entry);
    }
    let mut entry = dictionary! { "Type" => "Outlines" };
    set_children(&mut entry, tree.children(None), &ids, 1);
    document.set_object(root, entry);
    Some(root)
}

/// First, last and count of the entries below one; `sign` is -1 where they are folded.
fn set_children(entry: &mut Dictionary, children: &[usize], ids: &[ObjectId], sign: i64) {
    if let (Some(first), Some(last)) = (children.first(), children.last()) {
        entry.set("First", ids[*first]);
        entry.set("Last", ids[*last]);
        entry.set("Count", sign * children.len() as i64);
    }
}

/// Which bookmark stands below which, by level.
struct OutlineTree {
    parents: Vec<Option<usize>>,
    top: Vec<usize>,
    below: Vec<Vec<usize>>,
}

impl OutlineTree {
    fn new(bookmarks: &[Bookmark]) -> Self {
        let mut tree = Self { parents: Vec::new(), top: Vec::new(), below: vec![Vec::new(); bookmarks.len()] };
        let mut open: Vec<usize> = Vec::new();
        for (index, bookmark) in bookmarks.iter().enumerate() {
            while open.last().is_some_and(|last| bookmarks[*last].level >= bookmark.level) {
                open.pop();
            }
            let parent = open.last().copied();
            tree.parents.push(parent);
            parent.map_or(&mut tree.top, |parent| &mut tree.below[parent]).push(index);
            open.push(index);
        }
        tree
    }

    fn children(&self, parent: Option<usize>) -> &[usize] {
        parent.map_or(&self.top, |parent| &self.below[parent])
    }
}

fn information(document: &mut Document, options: &PdfOptions) -> Result<(), PdfError> {
    let date = Object::string_literal(options.date.strftime("D:%Y%m%d%H%M%SZ").to_string());
    let information = dictionary! {
        "Title" => text_string(&options.title),
        "Author" => text_string(&options.author),
        "Subject" => text_string(&options.subject),
        "Creator" => text_string("jixian"),
        "Producer" => text_string(PRODUCER),
        "CreationDate" => date.clone(),
        "ModDate" => date,
    };
    let id = document.trailer.get(b"Info").and_then(Object::as_reference).map_err(assembly)?;
    document.set_object(id, information);
    Ok(())
}

/// The metadata packet. It claims no conformance: none has been verified.
fn xmp(document: &mut Document, options: &PdfOptions) -> ObjectId {
    let date = options.date.strftime("%Y-%m-%dT%H:%M:%SZ");
    let PdfOptions { title, author, subject, .. } = options;
    let (title, author, subject) = (escaped(title), escaped(author), escaped(subject));
    let language = options.lang.pick("zh-CN", "en");
    let packet = format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
         <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">\n\
         <dc:format>application/pdf</dc:format>\n\
         <dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{title}</rdf:li></rdf:Alt></dc:title>\n\
         <dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>\n\
         <dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">{subject}</rdf:li></rdf:Alt></dc:description>\n\
         <dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>\n\
         <xmp:CreateDate>{date}</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate>\n\
         <xmp:CreatorTool>jixian</xmp:CreatorTool><pdf:Producer>{PRODUCER}</pdf:Producer>\n\
         </rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>"
    );
    let mut stream = Stream::new(dictionary! { "Type" => "Metadata", "Subtype" => "XML" }, packet.into_bytes());
    // Plain, so that tools which do not read PDF find it.
    stream.allows_compression = false;
    document.add_object(stream)
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
