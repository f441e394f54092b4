//! Writes the structure tree: what each piece of content is, for readers aloud and for text extraction.

use lopdf::{Dictionary, Document, Object, ObjectId, dictionary};

use crate::{
    model::Lang,
    report::pdf::{
        PdfError,
        canvas::{Canvas, Kid, Node, ROOT},
        finish::{assembly, text_string},
    },
};

/// Adds the tree, the parent tree and the link annotations' places in them.
pub(super) fn write(document: &mut Document, canvas: &Canvas, pages: &[ObjectId], lang: Lang) -> Result<(), PdfError> {
    let tree = document.new_object_id();
    let ids: Vec<ObjectId> = canvas.nodes.iter().map(|_| document.new_object_id()).collect();
    let mut writer = Writer { document, canvas, pages, lang, tree, ids, links: Vec::new(), link_parents: Vec::new() };
    writer.annotations()?;
    for (index, node) in canvas.nodes.iter().enumerate() {
        writer.element(index, node)?;
    }
    writer.trees()
}

struct Writer<'a> {
    document: &'a mut Document,
    canvas: &'a Canvas,
    pages: &'a [ObjectId],
    lang: Lang,
    tree: ObjectId,
    ids: Vec<ObjectId>,
    /// Annotation objects of each page.
    links: Vec<Vec<ObjectId>>,
    /// The element of each annotation, in the order of their keys.
    link_parents: Vec<ObjectId>,
}

impl Writer<'_> {
    /// Makes every annotation an object of its own.
    fn annotations(&mut self) -> Result<(), PdfError> {
        for page in self.pages {
            let list = self.page(*page)?.get(b"Annots").and_then(Object::as_array).cloned().unwrap_or_default();
            let ids: Vec<ObjectId> = list.into_iter().map(|annotation| self.document.add_object(annotation)).collect();
            let page = self.page(*page)?;
            if ids.is_empty() {
                page.remove(b"Annots");
            } else {
                page.set("Annots", ids.iter().map(|id| Object::Reference(*id)).collect::<Vec<_>>());
                page.set("Tabs", "S");
            }
            self.links.push(ids);
        }
        Ok(())
    }

    fn page(&mut self, id: ObjectId) -> Result<&mut Dictionary, PdfError> {
        self.document.get_dictionary_mut(id).map_err(assembly)
    }

    fn element(&mut self, index: usize, node: &Node) -> Result<(), PdfError> {
        let parent = if index == ROOT { self.tree } else { self.ids[node.parent] };
        let home = node.kids.iter().find_map(|kid| match kid {
            Kid::Content { page, .. } => Some(*page),
            _ => None,
        });
        let mut kids = Vec::with_capacity(node.kids.len());
        for kid in &node.kids {
            kids.push(self.kid(index, *kid, home)?);
        }
        let mut element = dictionary! { "S" => node.tag, "P" => parent };
        if let Some(page) = home {
            element.set("Pg", self.pages[page]);
        }
        match kids.len() {
            0 => {}
            1 => element.set("K", kids.remove(0)),
            _ => element.set("K", kids),
        }
        if !node.alt.is_empty() {
            element.set("Alt", text_string(&node.alt));
        }
        if let Some(attributes) = table_attributes(node) {
            element.set("A", attributes);
        }
        self.document.set_object(self.ids[index], element);
        Ok(())
    }

    fn kid(&mut self, node: usize, kid: Kid, home: Option<usize>) -> Result<Object, PdfError> {
        Ok(match kid {
            Kid::Node(child) => self.ids[child].into(),
            Kid::Content { page, mcid } if Some(page) == home => i64::from(mcid).into(),
            Kid::Content { page, mcid } => {
                dictionary! { "Type" => "MCR", "Pg" => self.pages[page], "MCID" => i64::from(mcid) }.into()
            }
            Kid::Link { page, index } => {
                let annotation = self.links[page].get(index).copied();
                let annotation = annotation.ok_or_else(|| assembly("a link has no annotation"))?;
                let key = (self.pages.len() + self.link_parents.len()) as i64;
                self.link_parents.push(self.ids[node]);
                let contents = text_string(self.lang.pick("链接", "link"));
                let dictionary = self.document.get_dictionary_mut(annotation).map_err(assembly)?;
                dictionary.set("StructParent", key);
                dictionary.set("F", 4);
                dictionary.set("Contents", contents);
                dictionary! { "Type" => "OBJR", "Pg" => self.pages[page], "Obj" => annotation }.into()
            }
        })
    }

    /// The parent tree (from content to element) and the root of the structure tree.
    fn trees(mut self) -> Result<(), PdfError> {
        let mut numbers = Vec::new();
        for (index, page) in self.canvas.pages.iter().enumerate() {
            let parents: Vec<Object> = page.marks.iter().map(|node| self.ids[*node].into()).collect();
            let parents = self.document.add_object(parents);
            numbers.extend([Object::from(index as i64), parents.into()]);
            let id = self.pages[index];
            self.page(id)?.set("StructParents", index as i64);
        }
        for (index, parent) in self.link_parents.iter().enumerate() {
            numbers.extend([Object::from((self.pages.len() + index) as i64), (*parent).into()]);
        }
        let next_key = (self.pages.len() + self.link_parents.len()) as i64;
        let parent_tree = self.document.add_object(dictionary! { "Nums" => numbers });
        let root = dictionary! {
            "Type" => "StructTreeRoot",
            "K" => self.ids[ROOT],
            "ParentTree" => parent_tree,
            "ParentTreeNextKey" => next_key,
        };
        self.document.set_object(self.tree, root);
        let catalog = self.document.catalog_mut().map_err(assembly)?;
        catalog.set("StructTreeRoot", self.tree);
        catalog.set("MarkInfo", dictionary! { "Marked" => true });
        Ok(())
    }
}

fn table_attributes(node: &Node) -> Option<Dictionary> {
    if node.scope.is_none() && node.span < 2 {
        return None;
    }
    let mut attributes = dictionary! { "O" => "Table" };
    if let Some(scope) = node.scope {
        attributes.set("Scope", scope);
    }
    if node.span > 1 {
        attributes.set("ColSpan", node.span as i64);
    }
    Some(attributes)
}
