//! Server processes: bounded by `timeout`, found listening before anybody asks them, stopped by their own id.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use super::{LIFETIME, truth::Nginx};

const START: Duration = Duration::from_secs(20);
const DEFAULTS: &str = "ssl_protocols TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on; ssl_session_tickets on;
  ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:\
ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;";

/// A running program; dropped, it is over.
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    fn start(log: PathBuf, program: &OsStr, args: &[&str]) -> Self {
        let file = File::create(&log).expect("the folder of this run is writable");
        let child = Command::new("timeout")
            .args(["--kill-after=2", &LIFETIME.as_secs().to_string()])
            .arg(program)
            .args(args)
            // What a machine's own configuration forbids is what these servers are for.
            .env("OPENSSL_CONF", "/dev/null")
            .stdin(Stdio::null())
            .stderr(file.try_clone().expect("a descriptor is left"))
            .stdout(file)
            .spawn()
            .unwrap_or_else(|error| panic!("`timeout` (coreutils) does not start: {error}"));
        Self { child, log }
    }

    /// What it has written so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn is_over(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }

    /// Waits until `found` finds in the log what it looks for; none when the program ended before.
    fn wait<T>(&mut self, found: impl Fn(&str) -> Option<T>) -> Option<T> {
        let until = Instant::now() + START;
        while Instant::now() < until {
            let over = self.is_over();
            if let Some(it) = found(&self.log()) {
                return Some(it);
            }
            if over {
                return None;
            }
            thread::sleep(Duration::from_millis(3));
        }
        None
    }

    fn ready<T>(&mut self, what: &str, found: impl Fn(&str) -> Option<T>) -> T {
        match self.wait(found) {
            Some(it) => it,
            None => panic!("{what} does not start. `./test` installs what the peers need.\n{}", self.log()),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // `timeout` hands the signal on; killed itself, it would leave its program behind.
        if !self.is_over()
            && let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
        {
            let _ = kill_process(pid, Signal::TERM);
        }
        let _ = self.child.wait();
    }
}

/// One nginx for all of these.
pub fn nginx(folder: &Path, pki: &Path, servers: &[(&str, &Nginx)]) -> (Process, BTreeMap<String, SocketAddr>) {
    // Between choosing a port and nginx taking it, somebody else may; then the next ports.
    for attempt in 0.. {
        let ports = free_ports(servers.len());
        let path = folder.join("nginx.conf");
        let blocks: String = servers.iter().zip(&ports).map(|((_, server), port)| block(server, *port, pki)).collect();
        let text = format!(
            "daemon off; master_process off; pid {0}/nginx.pid; error_log stderr;\nevents {{ worker_connections 4096; }}\n\
             http {{\n  access_log off; client_body_temp_path {0}/t1; proxy_temp_path {0}/t2; fastcgi_temp_path {0}/t3;\n  \
             uwsgi_temp_path {0}/t4; scgi_temp_path {0}/t5; default_type text/plain;\n  {DEFAULTS}\n{blocks}}}\n",
            folder.display()
        );
        fs::write(&path, text.replace("{pki}", &pki.display().to_string()))
            .expect("the folder of this run is writable");
        let args = ["-e", "stderr", "-p", &folder.display().to_string(), "-c", &path.display().to_string()];
        let mut process = Process::start(folder.join("nginx.log"), &sbin("nginx"), &args);
        let addrs: Vec<SocketAddr> = ports.iter().map(|port| (Ipv4Addr::LOCALHOST, *port).into()).collect();
        let listens = process.wait(|_| addrs.iter().all(|addr| TcpStream::connect(addr).is_ok()).then_some(()));
        if listens.is_some() && !process.is_over() {
            let ids = servers.iter().map(|(id, _)| (*id).to_owned());
            return (process, ids.zip(addrs).collect());
        }
        let log = process.log();
        assert!(
            attempt < 3 && log.contains("bind()"),
            "nginx does not start. `./test` installs what the peers need.\n{log}"
        );
    }
    unreachable!("the loop returns or panics")
}

fn block(server: &Nginx, port: u16, pki: &Path) -> String {
    let pair = |name: &String| {
        let pki = pki.display();
        format!("ssl_certificate {pki}/{name}.chain.pem; ssl_certificate_key {pki}/{name}.key; ")
    };
    let pairs = |names: &[String]| names.iter().map(pair).collect::<String>();
    let body = "location / { return 200 \"peer\\n\"; }";
    let listen = format!("listen 127.0.0.1:{port} {}", server.listen);
    let mut text = format!(
        "  server {{ {listen} default_server; server_name _; {}\n    {}\n    {body} }}\n",
        pairs(&server.certificates),
        server.directives.trim(),
    );
    if let Some(named) = &server.named {
        text +=
            &format!("  server {{ {listen}; server_name {}; {} {body} }}\n", named.name, pairs(&named.certificates));
    }
    text
}

/// `openssl s_server` with these arguments. It serves one connection at a time.
pub fn openssl(folder: &Path, pki: &Path, id: &str, args: &str) -> (Process, SocketAddr) {
    let args = args.replace("{pki}", &pki.display().to_string());
    let mut all = vec!["s_server", "-accept", "127.0.0.1:0"];
    all.extend(args.split_whitespace());
    let mut process = Process::start(folder.join(format!("{id}.log")), OsStr::new("openssl"), &all);
    let addr = process.ready(&format!("openssl s_server ({id})"), |log| {
        let line = log.lines().find_map(|line| line.strip_prefix("ACCEPT "))?;
        line.trim().parse().ok()
    });
    (process, addr)
}

/// An HTTP proxy that connects to these ports and to no other.
pub fn tinyproxy(folder: &Path, ports: &[u16]) -> (Process, SocketAddr) {
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, free_ports(1)[0]));
    let allowed: String = ports.iter().map(|port| format!("ConnectPort {port}\n")).collect();
    let path = folder.join("tinyproxy.conf");
    let text = format!("Port {}\nListen 127.0.0.1\nTimeout 30\nLogLevel Connect\n{allowed}", addr.port());
    fs::write(&path, text).expect("the folder of this run is writable");
    let args = ["-d", "-c", &path.display().to_string()];
    let mut process = Process::start(folder.join("tinyproxy.log"), OsStr::new("tinyproxy"), &args);
    process.ready("tinyproxy", |_| TcpStream::connect(addr).is_ok().then_some(()));
    (process, addr)
}

/// A script of this folder that serves many, and says each one's port.
pub fn script(folder: &Path, name: &str, configs: &[serde_json::Value]) -> (Process, BTreeMap<String, SocketAddr>) {
    let config = folder.join(format!("{name}.json"));
    fs::write(&config, serde_json::to_vec(configs).expect("a value is JSON"))
        .expect("the folder of this run is writable");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/peers/{name}.py"));
    let args = ["-B", &script.display().to_string(), &config.display().to_string()];
    let mut process = Process::start(folder.join(format!("{name}.log")), python().as_os_str(), &args);
    let ports = process.ready(name, |log| {
        log.contains("ready\n").then(|| {
            let pairs = log.lines().filter_map(|line| line.split_once(' '));
            let addr = |port: &str| Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse().ok()?)));
            pairs.filter_map(|(id, port)| Some((id.to_owned(), addr(port)?))).collect()
        })
    });
    (process, ports)
}

/// The interpreter with the packages of `requirements.txt`.
pub fn python() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tls-peers/bin/python")
}

/// The folder with every key and certificate; made when there is none of today by this script.
pub fn pki() -> &'static Path {
    static PKI: OnceLock<PathBuf> = OnceLock::new();
    PKI.get_or_init(|| {
        let day = jiff::Timestamp::now().as_second() / 86_400;
        let all = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/target/tls-peers-pki"));
        let made = all.join(format!("pki-{day}-{:016x}", hash(include_bytes!("pki.sh"))));
        if !made.exists() {
            make_pki(all, &made);
        }
        made
    })
}

fn make_pki(all: &Path, made: &Path) {
    fs::create_dir_all(all).expect("the target folder is writable");
    let half = tempfile::tempdir_in(all).expect("the target folder is writable").keep();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/pki.sh");
    let output = Command::new("bash").arg(script).arg(&half).output().expect("bash starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Another test may have been quicker; its certificates are as good.
    if fs::rename(&half, made).is_err() {
        let _ = fs::remove_dir_all(&half);
    }
    // Those of earlier days; nothing that runs now still uses them after a day.
    for entry in fs::read_dir(all).into_iter().flatten().flatten() {
        let old = entry
            .metadata()
            .and_then(|data| data.modified())
            .is_ok_and(|time| time.elapsed().is_ok_and(|age| age > Duration::from_secs(2 * 86_400)));
        if old && entry.file_name().to_string_lossy().starts_with("pki-") {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

fn free_ports(count: usize) -> Vec<u16> {
    let bind = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    let held: Vec<TcpListener> = (0..count).map(|_| bind()).collect();
    held.iter().map(|socket| socket.local_addr().expect("a bound socket has an address").port()).collect()
}

/// Debian keeps servers where the path of a user does not lead.
fn sbin(program: &str) -> std::ffi::OsString {
    let path = Path::new("/usr/sbin").join(program);
    if path.exists() { path.into() } else { program.into() }
}
