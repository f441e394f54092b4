//! Protocols that begin in clear and go over to TLS when they are asked to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A protocol that can go over to TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StartTls {
    Ftp,
    Imap,
    Ldap,
    Mysql,
    Pop3,
    Postgres,
    Rdp,
    Smtp,
    Xmpp,
}

impl StartTls {
    pub const ALL: [Self; 9] =
        [Self::Ftp, Self::Imap, Self::Ldap, Self::Mysql, Self::Pop3, Self::Postgres, Self::Rdp, Self::Smtp, Self::Xmpp];

    /// As an inventory writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ftp => "ftp",
            Self::Imap => "imap",
            Self::Ldap => "ldap",
            Self::Mysql => "mysql",
            Self::Pop3 => "pop3",
            Self::Postgres => "postgres",
            Self::Rdp => "rdp",
            Self::Smtp => "smtp",
            Self::Xmpp => "xmpp",
        }
    }

    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.code() == code)
    }
}
