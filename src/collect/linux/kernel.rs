//! Jobs on network, services, kernel, mandatory access control, boot chain, crypto and disks.

use super::{lists, walk};
use crate::{
    collect::{Hint, Job},
    formats::linux::masks,
};

/// How firewalld says that it is not there to ask.
const NOT_RUNNING: &[Hint] =
    &[Hint::Stderr("FirewallD is not running"), Hint::Stdout("FirewallD is not running"), Hint::Rc(252)];
/// How systemd's tools say that systemd is not the init of this host.
const NO_SYSTEMD: &[Hint] = &[
    Hint::Stderr("not been booted with systemd"),
    Hint::Stderr("Failed to connect to bus"),
    Hint::Stderr("Failed to get D-Bus connection"),
];

pub(super) const JOBS: &[Job] = &[
    Job::argv("net.sockets", &["ss", "-Htulpn"]),
    Job::glob("net.proc", &["/proc/net/tcp", "/proc/net/tcp6", "/proc/net/udp", "/proc/net/udp6"]),
    Job::argv("net.addresses", &["ip", "addr", "show"]),
    Job::argv("net.routes", &["ip", "route", "show"]),
    Job::file("net.resolv", "/etc/resolv.conf"),
    Job::glob("net.inetd", &["/etc/inetd.conf", "/etc/xinetd.d/*"]),
    Job::argv("firewall.nft", &["nft", "-j", "list", "ruleset"]),
    Job::argv("firewall.iptables", &["iptables-save"]),
    Job::argv("firewall.ip6tables", &["ip6tables-save"]),
    Job::argv("firewall.firewalld", &["firewall-cmd", "--list-all-zones"]).absent_when(NOT_RUNNING),
    Job::argv("firewall.ufw", &["ufw", "status", "verbose"]),
    Job::glob("firewall.wrappers", &["/etc/hosts.allow", "/etc/hosts.deny"]),
    Job::argv(
        "services.unit_files",
        &["systemctl", "list-unit-files", "--no-pager", "--no-legend", "--type=service,socket,timer"],
    )
    .absent_when(NO_SYSTEMD),
    Job::argv(
        "services.units",
        &["systemctl", "list-units", "--all", "--plain", "--no-pager", "--no-legend", "--type=service,socket,timer"],
    )
    .absent_when(NO_SYSTEMD),
    Job::builtin("services.sysv", lists::sysv),
    Job::builtin("services.processes", walk::processes),
    Job::builtin("kernel.sysctl", walk::sysctl),
    Job::glob(
        "kernel.sysctl_files",
        &["/etc/sysctl.conf", "/etc/sysctl.d/*.conf", "/usr/lib/sysctl.d/*.conf", "/run/sysctl.d/*.conf"],
    ),
    Job::file("kernel.modules", "/proc/modules"),
    Job::glob(
        "kernel.modprobe",
        &["/etc/modprobe.d/*.conf", "/run/modprobe.d/*.conf", "/usr/lib/modprobe.d/*.conf", "/lib/modprobe.d/*.conf"],
    ),
    Job::glob(
        "kernel.coredump",
        &["/etc/systemd/coredump.conf", "/etc/systemd/coredump.conf.d/*.conf", "/usr/lib/systemd/coredump.conf"],
    ),
    Job::file("mac.lsm", "/sys/kernel/security/lsm"),
    Job::argv("mac.sestatus", &["sestatus"]),
    Job::file("mac.selinux_enforce", "/sys/fs/selinux/enforce"),
    Job::file("mac.selinux_config", "/etc/selinux/config"),
    Job::file("mac.apparmor_enabled", "/sys/module/apparmor/parameters/enabled"),
    Job::file("mac.apparmor_profiles", "/sys/kernel/security/apparmor/profiles"),
    Job::argv("mac.kysec", &["getstatus"]),
    Job::glob(
        "boot.grub",
        &[
            "/boot/grub/grub.cfg",
            "/boot/grub/custom.cfg",
            "/boot/grub2/grub.cfg",
            "/boot/grub2/user.cfg",
            "/boot/grub2/custom.cfg",
            "/boot/efi/EFI/centos/grub.cfg",
            "/boot/efi/EFI/centos/user.cfg",
            "/boot/efi/EFI/redhat/grub.cfg",
            "/boot/efi/EFI/redhat/user.cfg",
            "/boot/efi/EFI/openEuler/grub.cfg",
            "/boot/efi/EFI/openEuler/user.cfg",
            "/boot/efi/EFI/kylin/grub.cfg",
            "/boot/efi/EFI/kylin/user.cfg",
        ],
    )
    .redacted(masks::grub),
    Job::glob(
        "boot.rescue",
        &[
            "/etc/systemd/system/rescue.service",
            "/etc/systemd/system/emergency.service",
            "/usr/lib/systemd/system/rescue.service",
            "/usr/lib/systemd/system/emergency.service",
            "/lib/systemd/system/rescue.service",
            "/lib/systemd/system/emergency.service",
        ],
    ),
    Job::argv("trust.secure_boot", &["mokutil", "--sb-state"])
        .ok_rc(&[1, 255])
        .absent_when(&[Hint::Stderr("EFI variables are not supported")]),
    Job::builtin("trust.firmware", walk::firmware),
    Job::file("trust.ima_count", "/sys/kernel/security/ima/runtime_measurements_count"),
    Job::file("trust.lockdown", "/sys/kernel/security/lockdown"),
    Job::argv("crypto.openssl", &["openssl", "version"]),
    Job::glob(
        "crypto.openssl_config",
        &["/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf", "/etc/crypto-policies/back-ends/opensslcnf.config"],
    ),
    Job::glob("crypto.policy", &["/etc/crypto-policies/state/current", "/etc/crypto-policies/config"]),
    Job::file("crypto.fips", "/proc/sys/crypto/fips_enabled"),
    Job::file("crypto.kernel", "/proc/crypto"),
    Job::file("disk.mounts", "/proc/self/mounts").redacted(masks::secrets),
    Job::file("disk.fstab", "/etc/fstab").redacted(masks::secrets),
    Job::file("disk.swaps", "/proc/swaps"),
    Job::argv("disk.devices", &["lsblk", "-J", "-o", "NAME,TYPE,FSTYPE,MOUNTPOINT"]),
    Job::file("disk.crypttab", "/etc/crypttab").redacted(masks::secrets),
];
