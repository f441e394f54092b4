//! The first flight of a server in clear, read in the order of its parts: what facts ask an exchange for.

use super::{
    certificate::Certificates,
    certificate_request::CertificateRequest,
    certificate_status::CertificateStatus,
    record::{Reader, message},
    server_hello::ServerHello,
    server_key_exchange::ServerKeyExchange,
    suites::suite,
};

/// What a server sent up to its ServerHelloDone. In TLS 1.3 there is a hello and no more: the rest is encrypted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flight {
    /// The last hello; a HelloRetryRequest where nothing followed it.
    pub hello: Option<ServerHello>,
    pub certificates: Option<Certificates>,
    pub status: Option<CertificateStatus>,
    pub key_exchange: Option<ServerKeyExchange>,
    pub certificate_request: Option<CertificateRequest>,
    /// ServerHelloDone came.
    pub done: bool,
    /// Types of messages that came and did not parse, or in a form that no suite of ours has.
    pub damaged: Vec<u8>,
}

impl Flight {
    /// Reads what came.
    pub fn of(reader: &Reader) -> Self {
        let mut flight = Self { done: reader.has_server_hello_done(), ..Self::default() };
        if let Some(found) = reader.find(message::SERVER_HELLO) {
            flight.hello = flight.note(found.kind, ServerHello::parse(found.record_version, &found.body).ok());
        }
        let version = flight.hello.as_ref().and_then(ServerHello::selected_version);
        let suite = flight.hello.as_ref().and_then(|hello| suite(hello.suite));
        for found in reader.messages() {
            let (kind, body) = (found.kind, found.body.as_slice());
            match kind {
                message::CERTIFICATE => flight.certificates = flight.note(kind, Certificates::parse(body).ok()),
                message::CERTIFICATE_STATUS => flight.status = flight.note(kind, CertificateStatus::parse(body).ok()),
                message::SERVER_KEY_EXCHANGE => {
                    let read = version
                        .zip(suite)
                        .and_then(|(version, suite)| ServerKeyExchange::parse(version, suite, body).ok());
                    flight.key_exchange = flight.note(kind, read);
                }
                message::CERTIFICATE_REQUEST => {
                    let read = version.and_then(|version| CertificateRequest::parse(version, body).ok());
                    flight.certificate_request = flight.note(kind, read);
                }
                _ => {}
            }
        }
        flight
    }

    /// The server asked for a certificate, readable or not.
    pub fn client_auth(&self) -> bool {
        self.certificate_request.is_some() || self.damaged.contains(&message::CERTIFICATE_REQUEST)
    }

    fn note<T>(&mut self, kind: u8, read: Option<T>) -> Option<T> {
        if read.is_none() && !self.damaged.contains(&kind) {
            self.damaged.push(kind);
        }
        read
    }
}

#[cfg(test)]
#[path = "flight_tests.rs"]
mod tests;
