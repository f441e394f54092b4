//! A listener of this process: one thread a connection, over when it is dropped.

use std::{
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::LIFETIME;

/// How long a connection of a double may last, whatever its client does.
pub const CONNECTION: Duration = Duration::from_secs(30);

/// Answers connections of one port of 127.0.0.1.
pub struct Listener {
    pub addr: SocketAddr,
    ended: Arc<AtomicBool>,
    open: Open,
    thread: Option<JoinHandle<()>>,
}

type Open = Arc<Mutex<Vec<TcpStream>>>;

impl Listener {
    /// Listens on a free port and answers each connection in a thread of its own.
    pub fn start(answer: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        let addr = socket.local_addr().expect("a bound socket has an address");
        let ended = Arc::new(AtomicBool::new(false));
        let open = Open::default();
        let (is_ended, streams) = (ended.clone(), open.clone());
        let thread = thread::spawn(move || accept(&socket, &is_ended, &streams, &Arc::new(answer)));
        Self { addr, ended, open, thread: Some(thread) }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes `accept`.
        drop(TcpStream::connect(self.addr));
        for stream in self.open.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn accept<F: Fn(TcpStream) + Send + Sync + 'static>(socket: &TcpListener, ended: &AtomicBool, open: &Open, f: &Arc<F>) {
    let until = Instant::now() + LIFETIME;
    while let Ok((stream, _)) = socket.accept() {
        if ended.load(Ordering::SeqCst) || Instant::now() > until {
            return;
        }
        let _ = stream.set_read_timeout(Some(CONNECTION));
        let _ = stream.set_write_timeout(Some(CONNECTION));
        let _ = stream.set_nodelay(true);
        let Ok(copy) = stream.try_clone() else { continue };
        if let Ok(mut open) = open.lock() {
            // A descriptor is kept only of connections that still last.
            open.retain(|stream| stream.peer_addr().is_ok());
            open.push(copy);
        }
        let f = f.clone();
        thread::spawn(move || {
            let closing = stream.try_clone();
            f(stream);
            if let Ok(stream) = closing {
                let _ = stream.shutdown(Shutdown::Both);
            }
        });
    }
}
