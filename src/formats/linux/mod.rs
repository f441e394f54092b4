//! Decoders of what a Linux host says: configuration files, listings and the output of fixed commands.
//!
//! Every reader is total: it takes any text, gives what it understood, and counts or names what it did not.

pub mod accounts;
pub mod audit;
pub mod boot;
pub mod conf;
pub mod cron;
pub mod disk;
pub mod firewall;
pub mod iptables;
pub mod keys;
pub mod logrotate;
pub mod logtime;
pub mod mac;
pub mod masks;
pub mod net;
pub mod nft;
pub mod os;
pub mod packages;
pub mod pam;
pub mod pam_walk;
pub mod services;
pub mod shadow;
pub mod shell;
pub mod sockets;
pub mod sshd;
pub mod stat;
pub mod sudoers;
pub mod sudoers_words;
pub mod syslog;
pub mod time;
pub mod versions;
