//! Assessment and policy become a decision. Knows no output format.

mod decide;
mod input;
mod of_assessment;
mod policy;
mod reason;

pub use decide::{Decision, decide};
pub use input::{
    CatalogueOf, Counts, Expiring, ExpiringKind, Failing, GateFinding, GateInput, GateProfile, HighRiskCount, Signature,
};
pub use of_assessment::{Vouched, finding_ids};
pub use policy::{Conclusion, FailOn, GateScope, HighRiskState, NewOnly, Policy, Signed};
pub use reason::{GateCode, GateReason};

#[cfg(test)]
mod tests;
