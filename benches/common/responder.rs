//! A server that answers hellos from memory: what a machine can ask of ten thousand endpoints is then its own work.

use std::{net::SocketAddr, thread};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Builder,
};

/// Suites that it takes, all of TLS 1.2, by rank.
const SUITES: [u16; 6] = [0xc02f, 0xc030, 0xcca8, 0xc013, 0x009c, 0x002f];

/// Starts it on a port of its own; it lives as long as the process.
pub fn start() -> SocketAddr {
    let (tell, told) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
            tell.send(listener.local_addr().expect("it is bound")).expect("somebody waits");
            loop {
                if let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream));
                }
            }
        });
    });
    told.recv().expect("it has started")
}

async fn serve(mut stream: TcpStream) {
    let mut bytes = Vec::new();
    while !is_whole(&bytes) {
        if stream.read_buf(&mut bytes).await.map_or(true, |count| count == 0) {
            return;
        }
    }
    let _ = stream.write_all(&answer(&bytes)).await;
}

fn is_whole(bytes: &[u8]) -> bool {
    match bytes {
        [0x16, _, _, high, low, rest @ ..] => rest.len() >= usize::from(u16::from_be_bytes([*high, *low])),
        _ => bytes.len() > 5,
    }
}

/// A hello of TLS 1.2 with the first of our suites that was offered; an alert where there is none, or another version.
fn answer(hello: &[u8]) -> Vec<u8> {
    let offered = (hello.get(9..11) == Some(&[3, 3]) && !is_1_3(hello)).then(|| suites(hello)).flatten();
    let Some(offered) = offered else { return b"\x15\x03\x03\x00\x02\x02\x46".to_vec() };
    match SUITES.iter().find(|suite| offered.contains(suite)) {
        Some(suite) => {
            let mut out = b"\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03".to_vec();
            out.extend([7; 32]);
            out.push(0);
            out.extend(suite.to_be_bytes());
            out.push(0);
            out
        }
        None => b"\x15\x03\x03\x00\x02\x02\x28".to_vec(),
    }
}

fn suites(hello: &[u8]) -> Option<Vec<u16>> {
    let after = 44 + usize::from(*hello.get(43)?);
    let length = usize::from(u16::from_be_bytes([*hello.get(after)?, *hello.get(after + 1)?]));
    let list = hello.get(after + 2..after + 2 + length)?;
    Some(list.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect())
}

/// Whether supported_versions names TLS 1.3 and nothing else.
fn is_1_3(hello: &[u8]) -> bool {
    hello.windows(7).any(|bytes| bytes == [0, 43, 0, 3, 2, 3, 4])
}
