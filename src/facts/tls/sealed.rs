//! What the sealed flights of a server with RFC 8998 said, each opened again from the recorded bytes.

use crate::{
    formats::tls::{
        exchange::{Answer, End, Exchange},
        sealed::{Opened, SealedError, open},
    },
    model::UnreadStatus,
};

/// What one sealed flight brought; an error where any record of it does not open, or not all of it came.
pub(super) type Sealed = Result<Opened, UnreadStatus>;

/// The flights that were asked for, where the server sent one.
pub(super) fn sealed<'a>(exchanges: impl Iterator<Item = &'a Exchange>) -> Vec<Sealed> {
    let asked = exchanges.filter(|exchange| is_sealed(exchange));
    let answered = asked.filter(|exchange| matches!(exchange.answer(), Answer::ServerHello(_)));
    answered
        .map(|exchange| {
            let opened = open(&exchange.sent, &exchange.ephemeral, &exchange.received);
            opened.map_err(|error| match (error, &exchange.end) {
                (SealedError::Unfinished, End::Timeout) => UnreadStatus::Timeout,
                (SealedError::Unfinished, End::Limit) => UnreadStatus::TooLarge,
                _ => UnreadStatus::Error,
            })
        })
        .collect()
}

/// What comes back under seal is read by its key, and never as if it were in clear.
pub(super) fn is_sealed(exchange: &Exchange) -> bool {
    !exchange.ephemeral.is_empty()
}
