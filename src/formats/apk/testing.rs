//! Trees for tests, written as text: what a compiler would make of it, without the compiler.

pub mod binary;

use std::{cell::RefCell, collections::BTreeMap};

use super::{
    Manifest, assembled, attributes,
    element::{ANDROID, Attribute, Element, Reference, Value},
    oddities::Oddities,
    resources::Table,
};
use crate::model::DecodeFailure;

/// Resources by name (`bool/backup`), one value a configuration.
#[derive(Debug, Default)]
pub struct Named(pub BTreeMap<&'static str, Vec<Value>>);

impl Table for Named {
    fn values(&self, reference: &Reference) -> Option<Vec<Value>> {
        self.0.get(&*reference.name).cloned()
    }
}

/// The element that this text is.
pub fn element(text: &str) -> Element {
    let document = roxmltree::Document::parse(text).unwrap();
    node(document.root_element())
}

fn node(of: roxmltree::Node<'_, '_>) -> Element {
    Element {
        name: of.tag_name().name().into(),
        attributes: of.attributes().map(attribute).collect(),
        children: of.children().filter(roxmltree::Node::is_element).map(node).collect(),
        text: of.children().filter_map(|child| child.text().filter(|_| child.is_text())).collect(),
    }
}

fn attribute(of: roxmltree::Attribute<'_, '_>) -> Attribute {
    let namespace = of.namespace().unwrap_or_default();
    let id = if namespace == ANDROID { attributes::id(of.name()) } else { 0 };
    assert!(namespace != ANDROID || id != 0, "no number for {}", of.name());
    Attribute { namespace: namespace.into(), name: of.name().into(), id, value: value(of.value()) }
}

/// `@type/name`, a flag, a number, else text.
pub fn value(text: &str) -> Value {
    match (text.strip_prefix('@'), text) {
        (Some(name), _) => Value::Reference(Reference { id: 0, name: name.into() }),
        (_, "true") => Value::Boolean(true),
        (_, "false") => Value::Boolean(false),
        (_, text) => text.parse().map_or_else(|_| Value::Text(text.into()), Value::Integer),
    }
}

/// A manifest of `cn.example.app` with this target SDK, what is inside beside and within the application, and files.
#[derive(Debug, Default)]
pub struct Sample {
    pub target: u32,
    pub min: u32,
    pub beside: &'static str,
    /// Attributes of the application.
    pub application: &'static str,
    pub within: &'static str,
    pub resources: Vec<(&'static str, Vec<Value>)>,
    pub files: Vec<(&'static str, &'static str)>,
}

impl Sample {
    pub fn read(&self) -> Manifest {
        self.try_read().unwrap()
    }

    pub fn try_read(&self) -> Result<Manifest, DecodeFailure> {
        let text = format!(
            r#"<manifest xmlns:android="{ANDROID}" package="cn.example.app" android:versionCode="7">
                <uses-sdk android:minSdkVersion="{}" android:targetSdkVersion="{}"/>{}
                <application {}>{}</application>
            </manifest>"#,
            self.min.max(1),
            self.target,
            self.beside,
            self.application,
            self.within
        );
        let table = Named(self.resources.iter().cloned().collect());
        let files: RefCell<BTreeMap<_, _>> = RefCell::new(self.files.iter().copied().collect());
        let mut file = |path: &str| files.borrow().get(path).map(|text| text.as_bytes().to_vec());
        let read = |bytes: &[u8], _: &str| Some(element(std::str::from_utf8(bytes).unwrap()));
        assembled(&element(&text), Some(&table), &mut file, &read, &Oddities::default())
    }
}
