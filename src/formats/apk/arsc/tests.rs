//! Tables of our own making, in every way that values are stored, and tampered with.

use proptest::prelude::*;

use super::ResourceTable;
use crate::formats::apk::{
    element::{Reference, Value},
    oddities::Oddities,
    resources::Table,
    testing::binary::{Form, Values, arsc},
};

const FORMS: [Form; 4] = [Form::Plain, Form::Sparse, Form::Offsets16, Form::Compact];

fn value(bytes: &[u8], id: u32) -> (Option<Vec<Value>>, Vec<String>) {
    let oddities = Oddities::default();
    let table = ResourceTable::read(bytes, &oddities);
    let values = table.and_then(|table| table.values(&Reference { id, name: "".into() }));
    (values, oddities.list().into_iter().map(|oddity| oddity.kind).collect())
}

#[test]
fn a_value_is_found_in_each_of_the_four_forms() {
    for form in FORMS {
        let bytes = arsc(&["网"], &[(form, &[Some((0x12, 1)), None, Some((0x03, 0)), Some((0x01, 0x7f01_0000))])]);
        let none: Vec<String> = Vec::new();
        assert_eq!(value(&bytes, 0x7f01_0000), (Some(vec![Value::Boolean(true)]), none.clone()), "{form:?}");
        assert_eq!(value(&bytes, 0x7f01_0001), (Some(vec![]), none.clone()), "{form:?}");
        assert_eq!(value(&bytes, 0x7f01_0002), (Some(vec![Value::Text("网".into())]), none.clone()), "{form:?}");
        let to = Value::Reference(Reference { id: 0x7f01_0000, name: "".into() });
        assert_eq!(value(&bytes, 0x7f01_0003), (Some(vec![to]), none.clone()), "{form:?}");
        assert_eq!(value(&bytes, 0x7f01_0004), (Some(vec![]), none.clone()), "{form:?}");
        assert_eq!(value(&bytes, 0x7f02_0000), (None, none), "{form:?}");
    }
}

#[test]
fn every_configuration_is_asked_and_the_same_is_said_once() {
    let bytes = arsc(
        &[],
        &[(Form::Plain, &[Some((0x12, 1))]), (Form::Sparse, &[Some((0x12, 0))]), (Form::Plain, &[Some((0x12, 1))])],
    );
    assert_eq!(value(&bytes, 0x7f01_0000).0, Some(vec![Value::Boolean(true), Value::Boolean(false)]));
}

#[test]
fn more_values_than_can_be_told_apart_are_none() {
    let values: Vec<[Option<(u8, u32)>; 1]> = (0..70).map(|number| [Some((0x10, number))]).collect();
    let chunks: Vec<(Form, Values<'_>)> = values.iter().map(|v| (Form::Plain, &v[..])).collect();
    assert_eq!(value(&arsc(&[], &chunks), 0x7f01_0000).0, None);
}

#[test]
fn what_no_compiler_writes_is_noted() {
    let whole = arsc(&["a"], &[(Form::Plain, &[Some((0x12, 1))])]);
    let mut packages = whole.clone();
    packages[8] = 9;
    assert_eq!(value(&packages, 0x7f01_0000).1, ["package_count"]);
    let trailing = [whole.clone(), vec![0; 8]].concat();
    assert_eq!(value(&trailing, 0x7f01_0000).1, ["table_size"]);
    let cut = &whole[..whole.len() - 8];
    assert_eq!(value(cut, 0x7f01_0000).1, ["table_size", "truncated"]);
    assert_eq!(value(b"no table", 0x7f01_0000).0, None);
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = value(&bytes, 0x7f01_0000);
    }

    #[test]
    fn a_damaged_table_never_panics(
        form in proptest::sample::select(&FORMS[..]),
        at in any::<proptest::sample::Index>(),
        with in proptest::collection::vec(any::<u8>(), 1..8),
        entry in 0_u32..4,
    ) {
        let mut bytes = arsc(&["网"], &[(form, &[Some((0x12, 1)), None, Some((0x03, 0))])]);
        let at = at.index(bytes.len());
        let end = (at + with.len()).min(bytes.len());
        bytes.splice(at..end, with);
        let _ = value(&bytes, 0x7f01_0000 + entry);
    }
}
