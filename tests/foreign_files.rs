//! Foreign files through the real child process: what it bounds, what it answers, and that the parent lives on.

use std::{
    fs::{self, File},
    io::Read,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use jixian::{
    collect::ChildDecoder,
    model::{DecodeFailure, Decoder},
};

fn decoder() -> ChildDecoder {
    ChildDecoder::new(PathBuf::from(env!("CARGO_BIN_EXE_jixian")))
}

fn sample(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn a_scan_that_nmap_made_just_now_reads_back() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let folder = tempfile::tempdir().expect("a folder");
    let ran = Command::new("nmap")
        .args(["-Pn", "-n", "-p", &port.to_string(), "-oX", "scan.xml", "127.0.0.1"])
        .current_dir(folder.path())
        .output();
    // `./test` installs nmap; where somebody runs this test alone without it, the recorded run stands in.
    let xml = match ran {
        Ok(output) if output.status.success() => fs::read(folder.path().join("scan.xml")).expect("nmap wrote it"),
        _ => fs::read(sample("tests/data/nmap/loopback.xml")).expect("it is in the repository"),
    };
    let scan = decoder().decode("nmap-xml", &xml).expect("nmap's own file is right");
    assert_eq!(scan["scan"]["complete"], "yes");
    assert_eq!(scan["open_count"], 1);
    assert_eq!(scan["open"][0]["addrs"], "127.0.0.1");
}

#[test]
fn a_package_reads_the_same_as_a_stream_and_as_a_file() {
    let path = sample("samples/tianfu/packages/tianfu-dept.apk");
    let streamed = decoder().decode("app-package", &fs::read(&path).expect("the sample")).expect("a right package");
    let read = decoder().decode_file("app-package", File::open(&path).expect("the sample")).expect("a right package");
    assert_eq!(streamed, read);
    assert_eq!(streamed["manifest"]["package"], "cn.example.tianfu.dept");
}

#[test]
fn a_bomb_is_refused_before_it_goes_off() {
    let mut bomb = String::from("<?xml version=\"1.0\"?><!DOCTYPE nmaprun [<!ENTITY a0 \"aaaaaaaaaa\">");
    for n in 1..30 {
        bomb.push_str(&format!("<!ENTITY a{n} \"&a{0};&a{0};&a{0};&a{0};\">", n - 1));
    }
    bomb.push_str("]><nmaprun args=\"&a29;\"/>");
    let failure = decoder().decode("nmap-xml", bomb.as_bytes()).expect_err("a bomb");
    assert!(matches!(failure, DecodeFailure::Malformed { .. }), "{failure}");
}

#[test]
fn a_file_that_needs_more_memory_than_the_child_has_ends_the_child_only() {
    // One attribute without end: a reader has to hold a tag whole.
    let endless = b"<nmaprun args=\"".chain(std::io::repeat(b'a').take(1500 << 20));
    let begun = Instant::now();
    let failure = decoder().decode_stream("nmap-xml", &mut { endless }).expect_err("over every bound");
    assert!(matches!(failure, DecodeFailure::Crashed { .. } | DecodeFailure::Budget { .. }), "{failure}");
    assert!(begun.elapsed() < Duration::from_secs(60));
    let scan = decoder().decode("nmap-xml", b"<nmaprun/>").expect("the next file is decoded");
    assert_eq!(scan["scan"]["complete"], "no");
}

#[test]
fn what_is_no_package_says_why() {
    for (bytes, why) in [(&b""[..], "empty"), (b"hello, this is no archive", "no zip archive")] {
        match decoder().decode("app-package", bytes) {
            Err(DecodeFailure::Malformed { what, .. }) => assert!(what.contains(why), "{what}"),
            other => panic!("{other:?}"),
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let hollow = File::create_new(folder.path().join("hollow.apk")).expect("a file");
    hollow.set_len(2 << 30).expect("a hollow file takes no room");
    let file = File::open(folder.path().join("hollow.apk")).expect("it was just made");
    let failure = decoder().decode_file("app-package", file).expect_err("2 GB of nothing");
    assert!(failure.to_string().contains("no zip archive"), "{failure}");
}

#[test]
fn an_unknown_format_is_named() {
    let failure = decoder().decode("no-such-format", b"").expect_err("there is none");
    assert_eq!(failure, DecodeFailure::NoSuchFormat { format: "no-such-format".to_owned() });
}

#[test]
fn an_input_that_ends_in_an_error_is_no_shorter_file() {
    struct Breaks;
    impl Read for Breaks {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("object sha256:12 is damaged"))
        }
    }
    let mut input = b"<nmaprun>".chain(Breaks);
    let failure = decoder().decode_stream("nmap-xml", &mut input).expect_err("damaged");
    assert!(failure.to_string().contains("damaged"), "{failure}");
}
