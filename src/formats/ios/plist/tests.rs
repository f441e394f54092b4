//! Property lists as Darwin writes them, and as it never would.

use proptest::prelude::*;

use super::{MAX_BYTES, PlistError, Value, read};

/// Objects and the offset table behind them, the first being the root.
fn binary(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"bplist00".to_vec();
    let mut table = Vec::new();
    for object in objects {
        table.extend(u16::try_from(out.len()).unwrap().to_be_bytes());
        out.extend(object);
    }
    let at = out.len() as u64;
    out.extend(table);
    out.extend([0, 0, 0, 0, 0, 0, 2, 1]);
    out.extend((objects.len() as u64).to_be_bytes());
    out.extend(0_u64.to_be_bytes());
    out.extend(at.to_be_bytes());
    out
}

fn xml(body: &str) -> Result<Value, PlistError> {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
                \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">";
    read(format!("{head}\n{body}\n</plist>\n").as_bytes())
}

fn text(value: &str) -> Value {
    Value::String(value.to_owned())
}

#[test]
fn xml_and_binary_say_the_same() {
    let from_xml =
        xml("<dict><key>a</key><string>x &amp; &#xe9;</string><key>b</key><array><true/><false/><integer>-7</integer>\
         <integer>0x10</integer><real>1.5</real></array><key>c</key><data> AQID\n/w==</data>\
         <key>d</key><date>2001-01-01T00:00:10Z</date></dict>");
    let from_binary = read(&binary(&[
        vec![0xd4, 1, 2, 3, 4, 5, 6, 7, 8],
        b"\x51a".to_vec(),
        b"\x51b".to_vec(),
        b"\x51c".to_vec(),
        b"\x51d".to_vec(),
        vec![0x65, 0, b'x', 0, b' ', 0, b'&', 0, b' ', 0, 0xe9],
        vec![0xa5, 9, 10, 11, 12, 13],
        vec![0x44, 1, 2, 3, 0xff],
        [&[0x33][..], &10_f64.to_be_bytes()].concat(),
        vec![0x09],
        vec![0x08],
        [&[0x13][..], &(-7_i64).to_be_bytes()].concat(),
        vec![0x10, 16],
        [&[0x22][..], &1.5_f32.to_be_bytes()].concat(),
    ]));
    assert_eq!(from_xml, from_binary);
    let Ok(Value::Dictionary(pairs)) = from_xml else { panic!("{from_xml:?}") };
    assert_eq!(pairs["a"], text("x & é"));
    assert_eq!(pairs["d"], Value::Date("2001-01-01T00:00:10Z".to_owned()));
    assert_eq!(pairs["c"].as_data(), Some(&[1, 2, 3, 0xff][..]));
}

#[test]
fn of_a_key_that_is_there_twice_the_last_value_counts() {
    let value = xml("<dict><key>a</key><true/><key>a</key><false/></dict>").unwrap();
    assert_eq!(value.as_dictionary().unwrap()["a"], Value::Boolean(false));
}

#[test]
fn an_object_may_be_shared_but_may_not_contain_itself() {
    let shared = read(&binary(&[vec![0xa2, 1, 1], vec![0xa1, 2], vec![0x51, b'x']])).unwrap();
    assert_eq!(shared, Value::Array(vec![Value::Array(vec![text("x")]), Value::Array(vec![text("x")])]));
    assert_eq!(read(&binary(&[vec![0xa1, 1], vec![0xa1, 0]])), Err(PlistError::Cycle));
    assert_eq!(read(&binary(&[vec![0xa1, 0]])), Err(PlistError::Cycle));
}

#[test]
fn a_few_bytes_do_not_become_a_billion_values() {
    let mut objects: Vec<_> = (1..40_u8).map(|n| vec![0xa2, n, n]).collect();
    objects.push(vec![0x51, b'x']);
    assert_eq!(read(&binary(&objects)), Err(PlistError::TooMany));
    // Nor does one long text that is in many places.
    let long = [vec![0x5f, 0x11, 0x40, 0x00], vec![b'x'; 0x4000]].concat();
    let many = [vec![0xaf, 0x10, 200], vec![1; 200]].concat();
    assert_eq!(read(&binary(&[many, long])), Err(PlistError::TooMany));
}

#[test]
fn depth_is_bounded_in_both_forms() {
    let deep = format!("{}{}", "<array>".repeat(65), "</array>".repeat(65));
    assert_eq!(xml(&deep), Err(PlistError::TooDeep));
    let chain: Vec<_> = (1..=70_u8).map(|n| vec![0xa1, n]).chain([vec![0x08]]).collect();
    assert_eq!(read(&binary(&chain)), Err(PlistError::TooDeep));
    assert!(read(&binary(&chain[10..])).is_err());
    assert!(xml(&format!("{}{}", "<array>".repeat(64), "</array>".repeat(64))).is_ok());
}

#[test]
fn lengths_that_no_file_has_are_refused() {
    let huge = [vec![0x5f, 0x13], vec![0x7f; 8]].concat();
    for object in [huge, vec![0xaf, 0x12, 0xff, 0xff, 0xff, 0xff], vec![0xdf, 0x11, 0xff, 0xff], vec![0x4e], vec![0x00]]
    {
        assert!(
            matches!(read(&binary(std::slice::from_ref(&object))), Err(PlistError::Malformed { .. })),
            "{object:x?}"
        );
    }
    assert_eq!(read(&vec![b'<'; MAX_BYTES + 1]), Err(PlistError::TooLarge(MAX_BYTES + 1)));
}

#[test]
fn nothing_is_fetched_or_declared() {
    let bomb = "<!DOCTYPE plist [<!ENTITY a \"aaaa\">]><plist><string>&a;</string></plist>";
    assert!(matches!(read(bomb.as_bytes()), Err(PlistError::Malformed { .. })));
    assert!(matches!(xml("<string>&a;</string>"), Err(PlistError::Malformed { .. })));
}

#[test]
fn what_is_no_property_list_is_refused() {
    assert_eq!(read(b"{ a = b; }"), Err(PlistError::OtherForm));
    assert_eq!(read(b""), Err(PlistError::OtherForm));
    assert_eq!(read(b"\xff\xfe<\0"), Err(PlistError::OtherForm));
    for body in [
        "<dict><string>a</string></dict>",
        "<dict><key>a</key></dict>",
        "<key>a</key>",
        "<dict><key>a</key><key>b</key><true/></dict>",
        "<integer>1x</integer>",
        "<array>",
        "<true/><true/>",
        "<html/>",
        "stray",
        "<string><b/></string>",
        "<data>*</data>",
        "<date>yesterday</date>",
    ] {
        assert!(matches!(xml(body), Err(PlistError::Malformed { .. })), "{body}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
        let _ = read(&[b"bplist00".to_vec(), bytes.clone()].concat());
        let objects: Vec<Vec<u8>> = bytes.chunks(5).map(<[u8]>::to_vec).collect();
        let _ = read(&binary(&objects));
        let _ = read(&[b"<plist>".to_vec(), bytes].concat());
    }

    #[test]
    fn no_markup_panics(body in "(<(/?)(dict|array|key|string|data|integer|date|true/)>|[a-z &;]){0,30}") {
        let _ = xml(&body);
    }
}
