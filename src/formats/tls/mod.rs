//! The wire formats of SSL 2.0 to TLS 1.3 and TLCP 1.1: what a probe sends and what comes back. No I/O, no clock.
//!
//! `client_hello` writes what is sent, `record::Reader` takes what comes back while it comes, and
//! `exchange::Exchange` is the evidence of both, which facts read again through `Exchange::answer`.

pub mod alert;
mod bytes;
pub mod certificate;
pub mod certificate_request;
pub mod certificate_status;
pub mod client_hello;
pub mod dh_primes;
pub mod exchange;
pub mod extension;
pub mod flaws;
pub mod flight;
pub mod groups;
mod probe;
pub mod record;
pub mod schemes;
pub mod sct;
pub mod sealed;
pub mod server_hello;
pub mod server_key_exchange;
pub mod ssl2;
pub mod starttls;
mod suite_table;
pub mod suites;
pub mod version;

pub use bytes::{Malformed, TooLong, from_hex, hex};
pub use probe::{
    AGAIN, Alert, Answer, EXCHANGES, GREASE, Outcome, Probe, RENEGOTIATED, RESOLVE, RESUMED_1_3, RESUMED_ID,
    RESUMED_TICKET, Renegotiated, Resolved, Resumed, SESSION, SESSION_1_2, SESSION_1_3, SESSION_1_3_ECDSA,
    SESSION_1_3_EDDSA, SESSION_1_3_RSA, SESSION_NO_NAME, Unsealed, answer, item_of,
};
