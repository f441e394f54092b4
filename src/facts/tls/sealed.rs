//! What the sealed flights of a server with RFC 8998 said, each opened again from the recorded bytes.

use super::{answers::why_unsettled, collected::Collected};
use crate::{
    formats::tls::{
        exchange::{Answer, End, Exchange},
        sealed::{Opened, QUESTION, SealedError, open},
    },
    model::UnreadStatus,
};

/// What one sealed flight brought; an error where any record of it does not open, or not all of it came.
pub(super) type Sealed = Result<Opened, UnreadStatus>;

/// The flights that were asked for. Who refuses the question has none, which is an answer.
pub(super) fn sealed(collected: &Collected) -> Vec<Sealed> {
    let asked = collected.all().filter(|exchange| is_sealed(exchange));
    asked
        .filter_map(|exchange| match exchange.answer() {
            Answer::ServerHello(_) => Some(opened(exchange)),
            // Our share was of the only group that we offered.
            Answer::HelloRetryRequest(_) => Some(Err(UnreadStatus::Error)),
            _ if collected.settled(exchange) => None,
            _ => Some(Err(why_unsettled(exchange))),
        })
        .collect()
}

fn opened(exchange: &Exchange) -> Sealed {
    open(&exchange.sent, &exchange.ephemeral, &exchange.received).map_err(|error| match (error, &exchange.end) {
        (SealedError::Unfinished, End::Timeout) => UnreadStatus::Timeout,
        (SealedError::Unfinished, End::Limit) => UnreadStatus::TooLarge,
        _ => UnreadStatus::Error,
    })
}

/// What comes back under seal is read by its key, and never as if it were in clear.
pub(super) fn is_sealed(exchange: &Exchange) -> bool {
    exchange.name == QUESTION
}
