//! A 100 MB nmap XML of 65,536 hosts, decoded as in production: by a bounded child, fed by its parent.
//!
//! `cargo bench --bench nmap` prints speed and the peak memory of both processes. Targets: 80 MB/s, 64 MB.
#![expect(clippy::disallowed_methods, reason = "a benchmark writes its input and runs the binary")]

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::Path,
    process::{Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use jixian::{
    collect::{ChildDecoder, child},
    model::Decoder,
};

const HOSTS: u32 = 65_536;
const SIZE: u64 = 100_000_000;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    if args.get(1).is_some_and(|arg| arg == child::SUBCOMMAND) {
        return if child::serve("nmap-xml").is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let path = std::env::temp_dir().join(format!("jixian-bench-{}.xml", std::process::id()));
    for (name, shape) in [("services", Shape::Services), ("scripts", Shape::Scripts), ("scattered", Shape::Scattered)] {
        let size = generate(&path, shape);
        alone(name, &path, size);
        together(name, &path, size);
    }
    let _ = fs::remove_file(&path);
    ExitCode::SUCCESS
}

#[derive(Clone, Copy, PartialEq)]
enum Shape {
    /// The same few services everywhere, each probed.
    Services,
    /// Most of the bytes are script output.
    Scripts,
    /// Ports as if by chance, so that no two neighbours are alike.
    Scattered,
}

/// The child by itself: the file is its standard input.
fn alone(name: &str, path: &Path, size: u64) {
    let begun = Instant::now();
    let mut child = Command::new(std::env::current_exe().expect("a bench has a path"))
        .args([child::SUBCOMMAND, "nmap-xml"])
        .stdin(File::open(path).expect("it was just written"))
        .stdout(Stdio::null())
        .spawn()
        .expect("this binary runs");
    let mut peak = 0;
    while child.try_wait().expect("it is our child").is_none() {
        peak = peak.max(peak_of(&child.id().to_string()));
        std::thread::sleep(Duration::from_millis(2));
    }
    report(name, "child", size, begun.elapsed(), peak);
}

/// Parent and child as in production; the memory is the parent's.
fn together(name: &str, path: &Path, size: u64) {
    let decoder = ChildDecoder::of_this_binary().expect("a bench has a path");
    let begun = Instant::now();
    let mut file = File::open(path).expect("it was just written");
    let facts = decoder.decode_stream("nmap-xml", &mut file).expect("it is a right file");
    let took = begun.elapsed();
    assert_eq!(facts["hosts_total"], HOSTS);
    report(name, "parent and child", size, took, peak_of("self"));
}

fn report(name: &str, who: &str, size: u64, took: Duration, peak: u64) {
    let speed = size as f64 / 1e6 / took.as_secs_f64();
    let mut out = std::io::stdout().lock();
    let _ = writeln!(
        out,
        "{name:10} {who:18} {:6.0} ms {speed:6.0} MB/s  peak {:5.1} MB",
        took.as_secs_f64() * 1e3,
        peak as f64 / 1e3
    );
}

/// Peak resident memory in kB.
fn peak_of(process: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0)
}

fn generate(path: &Path, shape: Shape) -> u64 {
    let mut out = BufWriter::new(File::create(path).expect("the folder of temporary files takes files"));
    let per_host = (SIZE / u64::from(HOSTS)) as usize;
    let mut chance = 0x9e37_79b9_u32;
    let head = r#"<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE nmaprun><nmaprun scanner="nmap" args="nmap -sV 10.0.0.0/16" start="1763712000" version="7.93">"#;
    out.write_all(head.as_bytes()).expect("there is room");
    for n in 0..HOSTS {
        let mut host = format!(
            "<host starttime=\"1763712000\" endtime=\"1763712001\"><status state=\"up\" reason=\"syn-ack\" reason_ttl=\"64\"/>\n<address addr=\"10.0.{}.{}\" addrtype=\"ipv4\"/>\n<hostnames><hostname name=\"h{n}.example.gov.cn\" type=\"PTR\"/></hostnames>\n<ports><extraports state=\"closed\" count=\"990\"/>",
            n >> 8,
            n & 255
        );
        let mut port = 0;
        while host.len() + 60 < per_host {
            port += 1;
            chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let number = if shape == Shape::Scattered { 1 + (chance >> 16) % 60_000 } else { 80 + port };
            let _ = write!(
                host,
                "<port protocol=\"tcp\" portid=\"{number}\"><state state=\"open\" reason=\"syn-ack\" reason_ttl=\"64\"/><service name=\"http\" product=\"nginx\" version=\"1.22.1\" method=\"probed\" conf=\"10\"><cpe>cpe:/a:igor_sysoev:nginx:1.22.1</cpe></service>"
            );
            if shape == Shape::Scripts {
                let _ = write!(host, "<script id=\"http-title\" output=\"{}\"/>", "Title &amp; more &#xa;".repeat(40));
            }
            host.push_str("</port>\n");
        }
        host.push_str("</ports></host>\n");
        out.write_all(host.as_bytes()).expect("there is room");
    }
    let tail = format!(
        "<runstats><finished time=\"1763712100\" exit=\"success\"/><hosts up=\"{HOSTS}\" down=\"0\" total=\"{HOSTS}\"/></runstats></nmaprun>\n"
    );
    out.write_all(tail.as_bytes()).expect("there is room");
    out.flush().expect("there is room");
    fs::metadata(path).expect("it was just written").len()
}
