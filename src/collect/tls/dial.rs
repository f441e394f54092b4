//! The way to an address: straight, or through the tunnel of a proxy. What a proxy says is never an answer of the target.

use std::{
    io::{self, Read, Write},
    net::{IpAddr, SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::Target;
use crate::formats::http_connect::{Answer, answer, request};

/// A proxy that did not make the connection, in its words.
#[derive(Debug, thiserror::Error)]
#[error("proxy: {0}")]
pub(super) struct ProxyRefused(pub String);

/// Why a connection was not made, where it was the proxy that did not make it.
pub(super) fn refusal(error: &io::Error) -> Option<&ProxyRefused> {
    error.get_ref()?.downcast_ref()
}

/// Connects, for who waits on other connections as well.
pub(super) async fn dial(target: &Target, address: SocketAddr) -> io::Result<tokio::net::TcpStream> {
    let Some(proxy) = target.proxy else { return tokio::net::TcpStream::connect(address).await };
    let mut stream = tokio::net::TcpStream::connect(proxy).await.map_err(no_proxy)?;
    stream.write_all(&request(address)).await.map_err(no_proxy)?;
    let mut seen = Vec::new();
    while let Answer::More = verdict(&seen)? {
        // Byte by byte: what comes after the empty line is the target's already.
        let mut byte = [0];
        if stream.read(&mut byte).await.map_err(no_proxy)? == 0 {
            return Err(hung_up());
        }
        seen.extend(byte);
    }
    Ok(stream)
}

/// Connects, for who waits on nothing else.
pub(super) fn dial_and_wait(target: &Target, ip: IpAddr, patience: Duration) -> io::Result<TcpStream> {
    let address = SocketAddr::new(ip, target.port);
    let Some(proxy) = target.proxy else { return connected(TcpStream::connect_timeout(&address, patience)?) };
    let deadline = Instant::now() + patience;
    let mut stream = TcpStream::connect_timeout(&proxy, patience).map_err(no_proxy)?;
    stream.set_write_timeout(Some(patience))?;
    stream.write_all(&request(address)).map_err(no_proxy)?;
    let mut seen = Vec::new();
    while let Answer::More = verdict(&seen)? {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(no_proxy(io::ErrorKind::TimedOut.into()));
        }
        stream.set_read_timeout(Some(left))?;
        let mut byte = [0];
        if stream.read(&mut byte).map_err(no_proxy)? == 0 {
            return Err(hung_up());
        }
        seen.extend(byte);
    }
    connected(stream)
}

/// A flight goes out in several writes; held back for an acknowledgement, each would cost the server's patience.
fn connected(stream: TcpStream) -> io::Result<TcpStream> {
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn verdict(seen: &[u8]) -> io::Result<Answer> {
    match answer(seen) {
        Answer::Refused { words } => Err(io::Error::other(ProxyRefused(words))),
        other => Ok(other),
    }
}

fn no_proxy(error: io::Error) -> io::Error {
    io::Error::other(ProxyRefused(error.to_string()))
}

fn hung_up() -> io::Error {
    io::Error::other(ProxyRefused("hung up".to_owned()))
}
