//! The state machine over the tags of one file.

use std::{io::BufRead, net::IpAddr};

use quick_xml::{
    Error, Reader,
    errors::IllFormedError,
    events::{BytesStart, Event},
};

use super::{DETAIL, Document, Host, Port, Scan, Script, open::Gathered, tags::Tag};
use crate::model::{DecodeFailure, Digest, Fact, Tri, UnreadStatus};

pub(super) const OVER_BUDGET: &str = "over the budget of bytes";

/// nmap nests about eight deep.
const MAX_DEPTH: usize = 64;

pub(super) fn document(input: impl BufRead) -> Result<Document, DecodeFailure> {
    let mut reader = Reader::from_reader(input);
    let mut state = State::default();
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let offset = reader.buffer_position();
        let event = match reader.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(e) if breaks_off(&e) => break,
            Err(Error::Io(e)) if e.to_string() == OVER_BUDGET => {
                return Err(DecodeFailure::Budget { what: OVER_BUDGET.to_owned() });
            }
            Err(e) => return Err(DecodeFailure::Malformed { offset: reader.error_position(), what: e.to_string() }),
        };
        match event {
            Event::Start(start) => state.open(&start, offset)?,
            Event::Empty(start) => {
                state.open(&start, offset)?;
                state.close();
            }
            Event::End(_) => state.close(),
            Event::Text(text) => state.text(&text),
            Event::DocType(doctype) => doctype_is_a_name(&doctype, offset)?,
            Event::GeneralRef(reference) => state.reference(&reference, offset)?,
            Event::CData(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    state.document(reader.buffer_position())
}

/// The input ended in the middle of something.
fn breaks_off(error: &Error) -> bool {
    matches!(error, Error::Syntax(_) | Error::IllFormed(IllFormedError::MissingEndTag(_)))
}

/// nmap writes `<!DOCTYPE nmaprun>`. A document type that declares or fetches anything is an attack.
fn doctype_is_a_name(doctype: &str, offset: u64) -> Result<(), DecodeFailure> {
    if doctype.trim() == "nmaprun" {
        return Ok(());
    }
    Err(DecodeFailure::Malformed { offset, what: "the document type declares more than the name nmaprun".to_owned() })
}

/// What is being read. Depth is counted so that a tag means something only in its place.
#[derive(Default)]
struct State {
    path: Vec<Element>,
    scan: Option<Scan>,
    /// The root was closed, and the run said that it ended well.
    closed: bool,
    success: bool,
    finished_at: String,
    counted: Option<(i64, i64)>,
    host: Option<HostBeingRead>,
    hosts: Vec<Host>,
    detail: usize,
    seen: i64,
    up: i64,
    open: Gathered,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Element {
    Run,
    Host,
    Ports,
    Port,
    Service,
    Cpe,
    Os,
    Hostnames,
    Other,
}

struct HostBeingRead {
    addr: Option<IpAddr>,
    host: Host,
    port: Option<Port>,
    cpe: String,
    accuracy: i64,
}

impl State {
    fn open(&mut self, start: &BytesStart<'_>, offset: u64) -> Result<(), DecodeFailure> {
        let tag = Tag::new(start, offset);
        if self.path.len() >= MAX_DEPTH {
            return Err(DecodeFailure::Budget { what: format!("tags nested over {MAX_DEPTH} deep") });
        }
        let parent = self.path.last().copied();
        let name = start.name();
        let element = match (parent, name.as_ref()) {
            (None, "nmaprun") if self.scan.is_none() => {
                self.scan = Some(scan(&tag)?);
                Element::Run
            }
            (None, other) => return Err(tag.malformed(&format!("`{}` is not the XML of nmap", head(other)))),
            (Some(Element::Run), "host") => {
                self.host = Some(HostBeingRead::new());
                Element::Host
            }
            (Some(Element::Run), "runstats") => Element::Run,
            (Some(Element::Run), "finished") => {
                self.finished(&tag)?;
                Element::Other
            }
            (Some(Element::Run), "hosts") => {
                self.counted(&tag)?;
                Element::Other
            }
            (Some(parent), name) => match &mut self.host {
                Some(host) => host.open(parent, name, &tag, self.detail < DETAIL)?,
                None => Element::Other,
            },
        };
        self.path.push(element);
        Ok(())
    }

    fn close(&mut self) {
        match self.path.pop() {
            Some(Element::Run) if self.path.is_empty() => self.closed = true,
            Some(Element::Host) => self.host_done(),
            Some(Element::Port) => {
                if let Some(host) = &mut self.host {
                    self.detail += host.port_done(&mut self.open, self.detail < DETAIL);
                }
            }
            Some(Element::Cpe) => {
                if let Some(host) = &mut self.host {
                    host.cpe_done();
                }
            }
            _ => {}
        }
    }

    fn host_done(&mut self) {
        let Some(read) = self.host.take() else { return };
        self.seen += 1;
        self.up += i64::from(read.host.up == Tri::Yes);
        self.detail += 1;
        if self.detail <= DETAIL {
            self.hosts.push(read.host);
        } else {
            self.hosts = Vec::new();
        }
    }

    fn text(&mut self, text: &str) {
        if let (Some(Element::Cpe), Some(host)) = (self.path.last(), &mut self.host) {
            host.cpe.push_str(text);
        }
    }

    /// Only what XML itself defines; an entity of the file's own is an attack.
    fn reference(&mut self, name: &str, offset: u64) -> Result<(), DecodeFailure> {
        let text = format!("&{name};");
        match quick_xml::escape::unescape(&text) {
            Ok(resolved) => {
                self.text(&resolved);
                Ok(())
            }
            Err(e) => Err(DecodeFailure::Malformed { offset, what: e.to_string() }),
        }
    }

    fn finished(&mut self, tag: &Tag<'_>) -> Result<(), DecodeFailure> {
        let [time, exit] = tag.values(["time", "exit"])?;
        self.finished_at = timestamp(&time);
        // Old versions say nothing and write this tag only at a good end.
        self.success = exit == "success" || exit.is_empty();
        Ok(())
    }

    fn counted(&mut self, tag: &Tag<'_>) -> Result<(), DecodeFailure> {
        let [up, total] = tag.values(["up", "total"])?;
        self.counted = up.parse().ok().zip(total.parse().ok());
        Ok(())
    }

    fn document(mut self, offset: u64) -> Result<Document, DecodeFailure> {
        if let Some(host) = &mut self.host {
            // The file broke off inside this host: what was read of it counts.
            self.detail += host.port_done(&mut self.open, self.detail < DETAIL);
            self.host_done();
        }
        let Some(mut scan) = self.scan else {
            return Err(DecodeFailure::Malformed { offset, what: "not the XML of nmap: it holds no tag".to_owned() });
        };
        let complete = self.closed && self.success;
        scan.complete = complete.into();
        scan.end = self.finished_at;
        let (hosts_up, hosts_total) = match self.counted {
            Some(counted) if complete => counted,
            _ => (self.up, self.seen),
        };
        let hosts = if self.detail > DETAIL {
            Fact::unread(UnreadStatus::TooLarge, "nmap.xml")
        } else {
            Fact::Known(self.hosts)
        };
        let open_count = self.open.count;
        Ok(Document { scan, hosts, hosts_up, hosts_total, open: self.open.list(), open_count })
    }
}

fn scan(tag: &Tag<'_>) -> Result<Scan, DecodeFailure> {
    let [scanner, version, args, start] = tag.values(["scanner", "version", "args", "start"])?;
    Ok(Scan {
        scanner: scanner.into_owned(),
        version: version.into_owned(),
        args: args.into_owned(),
        start: timestamp(&start),
        end: String::new(),
        vantage: Fact::unread(UnreadStatus::NotTested, "inventory"),
        complete: Tri::No,
    })
}

fn timestamp(seconds: &str) -> String {
    let time = seconds.parse().ok().and_then(|s| jiff::Timestamp::from_second(s).ok());
    time.map_or_else(String::new, |t| t.to_string())
}

fn head(text: &str) -> String {
    text.chars().take(40).collect()
}

impl HostBeingRead {
    fn new() -> Self {
        let os = Fact::unread(UnreadStatus::NotTested, "nmap.xml");
        let host = Host { addr: String::new(), names: Vec::new(), up: Tri::Unknown, os, ports: Vec::new() };
        Self { addr: None, host, port: None, cpe: String::new(), accuracy: -1 }
    }

    fn open(&mut self, parent: Element, name: &str, tag: &Tag<'_>, detail: bool) -> Result<Element, DecodeFailure> {
        Ok(match (parent, name) {
            (Element::Host, "status") => {
                self.host.up = match &*tag.value("state")? {
                    "up" => Tri::Yes,
                    "down" => Tri::No,
                    _ => Tri::Unknown,
                };
                Element::Other
            }
            (Element::Host, "address") => {
                self.address(tag)?;
                Element::Other
            }
            (Element::Host, "hostnames") => Element::Hostnames,
            (Element::Hostnames, "hostname") if detail => {
                self.host.names.push(tag.value("name")?.into_owned());
                Element::Other
            }
            (Element::Host, "ports") => Element::Ports,
            (Element::Ports, "port") => {
                self.port = Some(port(tag, detail)?);
                Element::Port
            }
            (Element::Port, "state") => {
                let state = tag.value("state")?.into_owned();
                self.with_port(|port| port.state = state);
                Element::Other
            }
            (Element::Port, "service") => {
                self.service(tag, detail)?;
                if detail { Element::Service } else { Element::Other }
            }
            (Element::Port, "script") if detail => {
                let [id, output] = tag.values(["id", "output"])?;
                let bytes = i64::try_from(output.len()).unwrap_or(i64::MAX);
                let script = Script { id: id.into_owned(), sha256: Digest::of(output.as_bytes()), bytes };
                self.with_port(|port| port.scripts.push(script));
                Element::Other
            }
            (Element::Service, "cpe") => Element::Cpe,
            (Element::Host, "os") => Element::Os,
            (Element::Os, "osmatch") => {
                self.os(tag)?;
                Element::Other
            }
            _ => Element::Other,
        })
    }

    fn with_port(&mut self, f: impl FnOnce(&mut Port)) {
        if let Some(port) = &mut self.port {
            f(port);
        }
    }

    /// The first address of the network counts; the hardware's does not.
    fn address(&mut self, tag: &Tag<'_>) -> Result<(), DecodeFailure> {
        let [addr, kind] = tag.values(["addr", "addrtype"])?;
        if kind == "mac" || self.addr.is_some() {
            return Ok(());
        }
        let addr: IpAddr = addr.parse().map_err(|_| tag.malformed("an address that is none"))?;
        self.addr = Some(addr);
        self.host.addr = addr.to_string();
        Ok(())
    }

    fn service(&mut self, tag: &Tag<'_>, detail: bool) -> Result<(), DecodeFailure> {
        let [name, product, version, method, tunnel] =
            tag.values(["name", "product", "version", "method", "tunnel"])?;
        let service = if tunnel == "ssl" { format!("ssl/{name}") } else { name.into_owned() };
        self.with_port(|port| {
            port.service = service;
            if detail && method == "probed" {
                port.probed = true;
                port.product = Fact::Known(product.into_owned());
                port.version = Fact::Known(version.into_owned());
            }
        });
        Ok(())
    }

    fn os(&mut self, tag: &Tag<'_>) -> Result<(), DecodeFailure> {
        let [name, accuracy] = tag.values(["name", "accuracy"])?;
        let accuracy = accuracy.parse().unwrap_or(0);
        if accuracy > self.accuracy {
            self.accuracy = accuracy;
            self.host.os = Fact::Known(name.into_owned());
        }
        Ok(())
    }

    fn cpe_done(&mut self) {
        let cpe = std::mem::take(&mut self.cpe);
        self.with_port(|port| port.cpe.push(cpe));
    }

    /// Files the port that was read; says how much detail it took.
    fn port_done(&mut self, open: &mut Gathered, detail: bool) -> usize {
        let Some(port) = self.port.take() else { return 0 };
        if let (Some(addr), "open") = (self.addr, port.state.as_str()) {
            open.add(&port.proto, port.port, &port.service, addr);
        }
        if detail {
            self.host.ports.push(port);
        }
        1
    }
}

/// Of a port over the budget of detail nothing is made but what `open` needs.
fn port(tag: &Tag<'_>, detail: bool) -> Result<Port, DecodeFailure> {
    let [proto, number] = tag.values(["protocol", "portid"])?;
    let not_tested = || match detail {
        true => Fact::unread(UnreadStatus::NotTested, "nmap.xml"),
        false => Fact::Known(String::new()),
    };
    Ok(Port {
        proto: proto.into_owned(),
        port: number.parse().map_err(|_| tag.malformed("a port number that is none"))?,
        state: String::new(),
        service: String::new(),
        probed: false,
        product: not_tested(),
        version: not_tested(),
        cpe: Vec::new(),
        scripts: Vec::new(),
    })
}
