//! Mandatory access control, boot chain, crypto, kernel modules, disks and core dumps.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{Fact, Tri};

/// Mandatory access control.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Mac {
    /// `enforcing`, `permissive`, `disabled`, or `none` where the kernel has it not loaded and no tool is there.
    pub selinux: Fact<String>,
    /// What `/etc/selinux/config` asks for at the next boot; `""` where there is none.
    pub selinux_configured: Fact<String>,
    /// `SELINUXTYPE`; `""` where there is none.
    pub selinux_policy: Fact<String>,
    /// `enabled`, `disabled` or `none`.
    pub apparmor: Fact<String>,
    pub apparmor_enforced: Fact<i64>,
    pub apparmor_complain: Fact<i64>,
    /// Kylin's own: `enabled`, `softmode`, `disabled` or `none`.
    pub kysec: Fact<String>,
    /// Modules that the kernel says are active.
    pub lsm: Fact<Vec<String>>,
    /// One of the three enforces.
    pub enforcing: Fact<bool>,
}

/// Kernel modules.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Modules {
    pub loaded: Fact<Vec<String>>,
    /// Modules that cannot be loaded by name: `install NAME /bin/false` (or true).
    pub disabled: Fact<Vec<String>>,
    /// Modules that are not loaded by alias only.
    pub blacklisted: Fact<Vec<String>>,
    /// No module can be loaded any more (`kernel.modules_disabled`).
    pub locked: Fact<bool>,
}

/// Boot loader and kernel command line.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Boot {
    /// `grub2`, `systemd-boot`, `other`, or `none` where no loader of ours is there (containers, direct boot).
    pub loader: Fact<String>,
    /// The loader asks for a password before its entries can be edited.
    pub password: Fact<bool>,
    /// `uefi` or `bios`.
    pub firmware: Fact<String>,
    /// Words of the kernel's command line.
    pub cmdline: Fact<Vec<String>>,
    /// Single-user mode asks for root's password (sulogin).
    pub rescue_password: Fact<bool>,
    /// Ctrl-Alt-Del does nothing (masked).
    pub ctrl_alt_del_masked: Fact<bool>,
}

/// Roots of trust.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Trust {
    pub secure_boot: Fact<Tri>,
    /// `none`, `1.2`, `2.0` or `tcm`.
    pub tpm: Fact<String>,
    /// PCR banks, such as `sha256`, `sm3_256`.
    pub pcr_banks: Fact<Vec<String>>,
    /// The kernel's integrity measurement is there and has measured something beyond the boot aggregate.
    pub ima: Fact<bool>,
    pub ima_measurements: Fact<i64>,
    /// IMA appraisal is asked for on the command line.
    pub ima_appraise: Fact<bool>,
    /// The kernel's lockdown: `none`, `integrity`, `confidentiality`, or `""` where it has none.
    pub lockdown: Fact<String>,
}

/// Algorithms and policies of the system.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Crypto {
    /// System-wide policy of the RHEL family; `none` where there is no such thing.
    pub policy: Fact<String>,
    pub fips: Fact<bool>,
    pub openssl_version: Fact<String>,
    /// `MinProtocol` of openssl.cnf; `""` where not set.
    pub openssl_min_protocol: Fact<String>,
    /// SM algorithms that the kernel offers: `sm2`, `sm3`, `sm4`.
    pub kernel_sm: Fact<Vec<String>>,
}

/// Core dumps.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CoreDumps {
    /// A hard limit of 0 for everybody stands in limits.conf.
    pub hard_limit_zero: Fact<bool>,
    /// `fs.suid_dumpable`.
    pub suid_dumpable: Fact<i64>,
    pub pattern: Fact<String>,
    /// `Storage` of coredump.conf; `""` where systemd-coredump is not there.
    pub systemd_storage: Fact<String>,
    /// No process of a user leaves one: hard limit 0, or systemd-coredump with storage `none`, or a pattern that discards.
    pub disabled: Fact<bool>,
}

/// One mounted file system.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Mount {
    pub target: String,
    pub source: String,
    pub fstype: String,
    pub options: Vec<String>,
}

/// Storage.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Disk {
    /// A block device of type crypt is in use.
    pub encrypted: Fact<bool>,
    /// Mount points that lie on an encrypted device.
    pub encrypted_mounts: Fact<Vec<String>>,
    pub swap: Fact<Vec<Swap>>,
    /// Names in crypttab.
    pub crypttab: Fact<Vec<String>>,
}

/// Swap space.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Swap {
    pub name: String,
    pub kind: String,
    pub bytes: i64,
}
