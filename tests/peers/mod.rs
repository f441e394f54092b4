//! Real TLS and TLCP servers on loopback, one for each row of `truth.yaml`, and what is true of them.
//!
//! `Peer::start("weak_dh")` starts one; `Peer::start_all` starts many in few processes. A peer that is dropped is over, and
//! should the test die before, its process ends by itself after `LIFETIME`.

#![expect(clippy::disallowed_methods, reason = "tests start servers")]
#![allow(dead_code, reason = "each target uses some of it")]

pub mod doubles;
pub mod hello;
mod listener;
pub mod process;
pub mod starttls;
pub mod truth;

use std::{
    collections::BTreeMap,
    io::Write as _,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    sync::Arc,
    time::Duration,
};

pub use listener::Listener;
use process::Process;
pub use process::pki;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use truth::{Nginx, Row, Server, table};

/// No server of a test lives longer.
pub const LIFETIME: Duration = Duration::from_secs(300);

/// A server that listens, until the last peer of its process is dropped.
#[derive(Clone)]
pub struct Peer {
    pub addr: SocketAddr,
    pub truth: &'static Row,
    _running: Vec<Arc<Running>>,
}

enum Running {
    Process { _process: Process, _folder: Arc<TempDir> },
    Here { _listener: Listener },
    Held { _connection: (TcpListener, TcpStream) },
}

impl Peer {
    /// Starts the server of this row alone.
    pub fn start(id: &str) -> Self {
        Self::start_all(&[id]).remove(0)
    }

    /// Starts the servers of these rows, in as few processes as they allow; in the order asked for.
    pub fn start_all(ids: &[&str]) -> Vec<Self> {
        let mut fleet = Fleet::default();
        let rows: Vec<&'static Row> = ids.iter().map(|id| table().row(id)).collect();
        let backends = rows.iter().filter_map(|row| match &row.server {
            Server::Starttls(server) => server.backend.as_deref().map(|id| table().row(id)),
            _ => None,
        });
        let all: BTreeMap<&str, &'static Row> =
            backends.chain(rows.iter().copied()).map(|row| (row.id.as_str(), row)).collect();
        fleet.start(&all.into_values().collect::<Vec<_>>());
        rows.iter().map(|row| fleet.peer(row)).collect()
    }

    /// Starts every row of the table; those on ::1 where the machine has it.
    pub fn start_table() -> Vec<Self> {
        let ipv6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
        let (able, left): (Vec<&Row>, Vec<&Row>) = table().peers.iter().partition(|row| ipv6 || !row.is_ipv6());
        for row in left {
            // Past the harness, which keeps the output of tests that pass to itself.
            let _ =
                std::io::stderr().write_all(format!("\nNOT TESTED `{}`: this machine has no ::1\n", row.id).as_bytes());
        }
        Self::start_all(&able.iter().map(|row| row.id.as_str()).collect::<Vec<_>>())
    }

    /// A certificate of the table as DER.
    pub fn certificate(name: &str) -> Vec<u8> {
        let path = pki().join(format!("{name}.pem"));
        let pem = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        x509_parser::pem::parse_x509_pem(&pem).expect("pki.sh writes PEM").1.contents
    }
}

/// Rows being started, and what of them runs.
#[derive(Default)]
struct Fleet(BTreeMap<String, (SocketAddr, Vec<Arc<Running>>)>);

impl Fleet {
    fn start(&mut self, rows: &[&'static Row]) {
        let folder = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        let mut nginx: Vec<(&str, &Nginx)> = Vec::new();
        let mut scripts: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for row in rows {
            match &row.server {
                Server::Nginx(server) => nginx.push((&row.id, server)),
                Server::Tlslite(config) => scripts.entry("tlslite_server").or_default().push(config_of(row, config)),
                Server::Tlcp(config) => scripts.entry("tlcp_server").or_default().push(config_of(row, config)),
                Server::Openssl(args) => {
                    let (process, addr) = process::openssl(folder.path(), pki(), &row.id, args);
                    self.add_process(process, &folder, [(row.id.clone(), addr)]);
                }
                Server::Double(double) => {
                    let listener = double.start(Peer::certificate("good_rsa"));
                    self.add(&row.id, listener.addr, vec![Arc::new(Running::Here { _listener: listener })]);
                }
                Server::ClosedPort => {
                    let (connection, addr) = held_port();
                    self.add(&row.id, addr, vec![Arc::new(Running::Held { _connection: connection })]);
                }
                Server::Starttls(_) => {}
            }
        }
        if !nginx.is_empty() {
            let (process, ports) = process::nginx(folder.path(), pki(), &nginx);
            self.add_process(process, &folder, ports);
        }
        for (name, configs) in scripts {
            let (process, ports) = process::script(folder.path(), name, &configs);
            self.add_process(process, &folder, ports);
        }
        // Last, for they hand over to others.
        for row in rows {
            if let Server::Starttls(server) = &row.server {
                let backend = server.backend.as_ref().map(|id| self.0[id].clone());
                let listener = starttls::start(server.protocol, server.manner, backend.as_ref().map(|(addr, _)| *addr));
                let mut running = backend.map_or_else(Vec::new, |(_, running)| running);
                let addr = listener.addr;
                running.insert(0, Arc::new(Running::Here { _listener: listener }));
                self.add(&row.id, addr, running);
            }
        }
    }

    fn add(&mut self, id: &str, addr: SocketAddr, running: Vec<Arc<Running>>) {
        self.0.insert(id.to_owned(), (addr, running));
    }

    fn add_process(
        &mut self,
        process: Process,
        folder: &Arc<TempDir>,
        ports: impl IntoIterator<Item = (String, SocketAddr)>,
    ) {
        let running = Arc::new(Running::Process { _process: process, _folder: folder.clone() });
        for (id, addr) in ports {
            self.add(&id, addr, vec![running.clone()]);
        }
    }

    fn peer(&self, row: &'static Row) -> Peer {
        let (addr, running) = self.0.get(&row.id).unwrap_or_else(|| panic!("`{}` did not start", row.id));
        Peer { addr: *addr, truth: row, _running: running.clone() }
    }
}

/// What the scripts read: the row's own words, with names of certificates as paths.
fn config_of(row: &Row, config: &Map<String, Value>) -> Value {
    let mut config = config.clone();
    config.insert("id".to_owned(), json!(row.id));
    config.insert("folder".to_owned(), json!(pki()));
    if let Some(name) = config.remove("certificate").as_ref().and_then(Value::as_str) {
        let path = |kind: &str| json!(Path::new(pki()).join(format!("{name}.{kind}")));
        config.insert("chain".to_owned(), path("chain.pem"));
        config.insert("key".to_owned(), path("key"));
    }
    Value::Object(config)
}

/// A port that refuses connections and that nobody else gets: the near end of a connection elsewhere.
fn held_port() -> ((TcpListener, TcpStream), SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    let far = listener.local_addr().expect("a bound socket has an address");
    let near = TcpStream::connect(far).expect("our own listener accepts");
    let addr = near.local_addr().expect("a connected socket has an address");
    ((listener, near), addr)
}
