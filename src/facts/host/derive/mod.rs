//! From the items of a part to the facts of a host, one group after the other.

mod access;
mod accounts;
mod audit;
mod base;
mod files;
mod integrity;
mod items;
mod logs;
mod network;
mod pam;
mod password;
mod products;
mod software;
mod ssh;
mod system;

use std::collections::BTreeMap;

use self::items::Items;
use super::Host;
use crate::facts::{Artifacts, FactDocument};

/// Derives the facts of a Linux host. Needs no date, no clock and no other input than the items.
pub fn derive(artifacts: &dyn Artifacts) -> FactDocument {
    let (host, sources) = typed(artifacts);
    // Plain structs of strings, numbers, lists and maps with text keys always serialise.
    let value = serde_json::to_value(&host).unwrap_or_default();
    FactDocument::new("host", value, sources)
}

/// The same as [`derive`], before it becomes JSON: the facts, and which items each group rests on.
pub fn typed(artifacts: &dyn Artifacts) -> (Host, BTreeMap<String, Vec<String>>) {
    let items = Items::new(artifacts);
    let host = host(&items);
    let sources = items.sources();
    (host, sources)
}

fn host(items: &Items<'_>) -> Host {
    let release = system::release(items.group("os"));
    let os = system::facts(items.group("os"), &release);
    let accounts = accounts::accounts(items.group("accounts"));
    let groups = accounts::groups(items.group("groups"));
    let sshd = ssh::effective(items.group("sshd"));
    let stacks = pam::Stacks::read(items.group("pam"), &sshd);
    let password_policy = password::password_policy(items.group("password_policy"), &stacks);
    let lockout = pam::lockout(&stacks);
    let (idle_timeout, idle) = access::idle(items.group("idle_timeout"));
    let login_umask = access::login_defs_umask(items.group("umask"));
    let sudo = access::sudo(items.group("sudo"));
    let sysctl = integrity::sysctl(items.group("sysctl"));
    let services = network::services(items.group("services"));
    let cron = access::cron(items.group("cron"));
    let agents = software::agents(items.group("agents"));
    let (files, files_absent) = files::fixed(items.group("files"));
    let ssh_banner = sshd.as_ref().map(|map| map.get("banner").cloned().unwrap_or_else(|| "none".to_owned()));
    for group in ["lockout", "pam", "password_policy"] {
        items.group(group).status("pam.stacks");
        items.status("pam.settings");
    }
    Host {
        privileged: base::privileged(items.group("privileged")),
        identity: accounts::identity(items.group("identity"), &accounts, &groups),
        pam: pam::facts(&stacks, &lockout, &password_policy),
        umask: access::umask(items.group("umask"), &pam::umask(&stacks, &login_umask)),
        shell: access::shell(items.group("shell")),
        authorized_keys: ssh::authorized_keys(items.group("authorized_keys"), &sshd),
        sshd: ssh::facts(items.group("sshd"), &sshd),
        sudoers: access::sudoers(items.group("sudoers"), &sudo),
        listeners: network::listeners(items.group("listeners")),
        net: network::net(items.group("net"), &integrity::parameter(&sysctl, "net.ipv6.conf.all.disable_ipv6")),
        firewall: network::firewall(items.group("firewall")),
        tcp_wrappers: access::tcp_wrappers(items.group("tcp_wrappers")),
        audit: audit::facts(items.group("audit")),
        logs: logs::facts(items.group("logs")),
        time: logs::time(items.group("time")),
        suid: files::suid(items.group("suid")),
        world_writable: files::world_writable(items.group("world_writable")),
        unowned: files::unowned(items.group("unowned")),
        homes: files::homes(items.group("homes")),
        trust_files: files::trust_files(items.group("trust_files")),
        mac: integrity::mac(items.group("mac")),
        modules: integrity::modules(items.group("modules"), &sysctl),
        boot: integrity::boot(items.group("boot")),
        trust: integrity::trust(items.group("trust")),
        crypto: integrity::crypto(items.group("crypto")),
        core_dumps: integrity::core_dumps(items.group("core_dumps"), &sysctl),
        mounts: integrity::mounts(items.group("mounts")),
        disk: integrity::disk(items.group("disk")),
        package_manager: base::manager(items.group("package_manager")).map(str::to_owned),
        packages: software::packages(items.group("packages")),
        updates: software::updates(items.group("updates"), &os.kernel),
        malware: software::malware(items.group("malware")),
        backup: software::backup(items.group("backup"), &agents, &cron.jobs, &services),
        containers: software::containers(items.group("containers"), &groups),
        banners: access::banners(items.group("banners"), ssh_banner, &system::telling_words(&release)),
        os,
        accounts,
        groups,
        password_policy,
        lockout,
        idle_timeout,
        idle,
        sudo,
        services,
        files,
        files_absent,
        sysctl,
        cron,
        agents,
    }
}
