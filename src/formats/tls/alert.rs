//! Alerts: RFC 8446 section 6, those of older versions, and those of TLCP (GB/T 38636-2020, 6.4.4).

use serde::{Deserialize, Serialize};

/// An alert in clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// 1 warning, 2 fatal.
    pub level: u8,
    pub description: u8,
    /// The version in its record; 0x0101 is spoken by TLCP only.
    pub record_version: u16,
}

impl Alert {
    /// The connection ends with it: fatal, or a goodbye, or a level that nobody defined.
    pub fn ends(&self) -> bool {
        self.level != 1 || self.description == 0
    }

    /// `handshake_failure` and the like.
    pub fn name(&self) -> &'static str {
        name(self.description)
    }
}

/// The registered name of an alert; `unknown` where there is none.
pub fn name(description: u8) -> &'static str {
    NAMES.binary_search_by_key(&description, |row| row.0).map_or("unknown", |row| NAMES[row].1)
}

/// The IANA registry "TLS Alerts", sorted; 200 on are those of GB/T 38636-2020.
const NAMES: &[(u8, &str)] = &[
    (0, "close_notify"),
    (10, "unexpected_message"),
    (20, "bad_record_mac"),
    (21, "decryption_failed"),
    (22, "record_overflow"),
    (30, "decompression_failure"),
    (40, "handshake_failure"),
    (41, "no_certificate"),
    (42, "bad_certificate"),
    (43, "unsupported_certificate"),
    (44, "certificate_revoked"),
    (45, "certificate_expired"),
    (46, "certificate_unknown"),
    (47, "illegal_parameter"),
    (48, "unknown_ca"),
    (49, "access_denied"),
    (50, "decode_error"),
    (51, "decrypt_error"),
    (52, "too_many_cids_requested"),
    (60, "export_restriction"),
    (70, "protocol_version"),
    (71, "insufficient_security"),
    (80, "internal_error"),
    (86, "inappropriate_fallback"),
    (90, "user_canceled"),
    (100, "no_renegotiation"),
    (109, "missing_extension"),
    (110, "unsupported_extension"),
    (111, "certificate_unobtainable"),
    (112, "unrecognized_name"),
    (113, "bad_certificate_status_response"),
    (114, "bad_certificate_hash_value"),
    (115, "unknown_psk_identity"),
    (116, "certificate_required"),
    (117, "general_error"),
    (120, "no_application_protocol"),
    (121, "ech_required"),
    (200, "unsupported_site2site"),
    (201, "no_area"),
    (202, "unsupported_areatype"),
    (203, "bad_ibcparam"),
    (204, "unsupported_ibcparam"),
    (205, "identity_need"),
];

#[cfg(test)]
mod tests {
    use super::{Alert, NAMES, name};

    #[test]
    fn every_number_finds_its_name() {
        assert!(NAMES.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(name(40), "handshake_failure");
        assert_eq!(name(121), "ech_required");
        assert_eq!(name(3), "unknown");
    }

    #[test]
    fn a_warning_ends_nothing() {
        let alert = |level, description| Alert { level, description, record_version: 0x0303 };
        assert!(!alert(1, 112).ends());
        assert!(alert(1, 0).ends());
        assert!(alert(2, 112).ends());
        assert!(alert(0, 112).ends());
    }
}
