//! Products that we know by the names of their processes, packages and units: one table.

/// One product.
pub(super) struct Product {
    pub(super) name: &'static str,
    /// `antivirus` or `edr` for protection, otherwise the kind of an agent.
    pub(super) kind: &'static str,
    pub(super) processes: &'static [&'static str],
    pub(super) packages: &'static [&'static str],
}

const fn product(
    name: &'static str,
    kind: &'static str,
    processes: &'static [&'static str],
    packages: &'static [&'static str],
) -> Product {
    Product { name, kind, processes, packages }
}

/// Names are those of the makers; process names as they show in `ps`.
pub(super) const PRODUCTS: &[Product] = &[
    product("ClamAV", "antivirus", &["clamd", "clamonacc"], &["clamav-daemon", "clamav", "clamd"]),
    product("Sophos", "antivirus", &["savd", "sophosd"], &["sophos-av"]),
    product("Kaspersky", "antivirus", &["klnagent", "kesl"], &["kesl", "klnagent64"]),
    product("Trend Micro / 亚信安全", "edr", &["ds_agent", "ds_am", "tmxbc"], &["ds_agent"]),
    product("奇安信天擎", "edr", &["qaxsafed", "qaxtray", "cactiumd", "qax-agent"], &["qaxsafe", "cn.qianxin.qaxsafe"]),
    product("360 天擎", "edr", &["360safed", "s360safed", "360entclient"], &["360safe", "360epp"]),
    product(
        "深信服 EDR",
        "edr",
        &["sfavsrv", "edr_agent", "eps_services", "ipc_proxy", "abs_monitor"],
        &["edr-agent", "eps"],
    ),
    product("阿里云安骑士 / 云安全中心", "edr", &["AliYunDun", "AliYunDunMonitor", "aliyun-service-aegis"], &["aegis"]),
    product("腾讯主机安全", "edr", &["YDService", "YDLive"], &[]),
    product("华为主机安全", "edr", &["hostguard", "hostwatch"], &["hostguard"]),
    product("青藤万相", "edr", &["titanagent"], &["titanagent"]),
    product("安恒 EDR", "edr", &["edrservice", "dbappedr"], &["dbappsecurity-edr"]),
    product("绿盟 EDR", "edr", &["nsfocus_edr", "uesagent"], &[]),
    product("火绒", "antivirus", &["hipsdaemon", "huorong"], &["huorong"]),
    product("CrowdStrike Falcon", "edr", &["falcon-sensor"], &["falcon-sensor"]),
    product("Microsoft Defender", "edr", &["wdavdaemon", "mdatp"], &["mdatp"]),
    product("Elkeid", "intrusion", &["elkeid-agent"], &["elkeid-agent"]),
    product("Wazuh", "intrusion", &["wazuh-agentd", "wazuh-modulesd"], &["wazuh-agent"]),
    product("OSSEC", "intrusion", &["ossec-agentd", "ossec-syscheckd"], &["ossec-hids-agent", "ossec-hids"]),
    product("Falco", "intrusion", &["falco"], &["falco"]),
    product("Suricata", "intrusion", &["suricata", "Suricata-Main"], &["suricata"]),
    product("Snort", "intrusion", &["snort"], &["snort"]),
    product("fail2ban", "intrusion", &["fail2ban-server"], &["fail2ban", "fail2ban-server"]),
    product("AIDE", "integrity", &["aide"], &["aide", "aide-common"]),
    product("Tripwire", "integrity", &["tripwire"], &["tripwire"]),
    product("Samhain", "integrity", &["samhain"], &["samhain"]),
    product("fapolicyd", "allow_list", &["fapolicyd"], &["fapolicyd"]),
    product("KySec", "allow_list", &["kysec-daemon", "kysecd"], &["kysec-daemon", "kylin-security-server"]),
    product(
        "node_exporter",
        "monitoring",
        &["node_exporter", "prometheus-node-exporter"],
        &["prometheus-node-exporter", "golang-github-prometheus-node-exporter"],
    ),
    product("Zabbix", "monitoring", &["zabbix_agentd", "zabbix_agent2"], &["zabbix-agent", "zabbix-agent2"]),
    product("Telegraf", "monitoring", &["telegraf"], &["telegraf"]),
    product("collectd", "monitoring", &["collectd"], &["collectd", "collectd-core"]),
    product("Nagios NRPE", "monitoring", &["nrpe"], &["nagios-nrpe-server", "nrpe"]),
    product("net-snmp", "monitoring", &["snmpd"], &["snmpd", "net-snmp"]),
    product("Netdata", "monitoring", &["netdata"], &["netdata"]),
    product("Filebeat", "log_forwarding", &["filebeat"], &["filebeat"]),
    product("Auditbeat", "log_forwarding", &["auditbeat"], &["auditbeat"]),
    product("Fluentd", "log_forwarding", &["td-agent", "fluentd"], &["td-agent", "fluent-package"]),
    product("Fluent Bit", "log_forwarding", &["fluent-bit", "td-agent-bit"], &["fluent-bit", "td-agent-bit"]),
    product("Vector", "log_forwarding", &["vector"], &["vector"]),
    product("Promtail", "log_forwarding", &["promtail"], &["promtail"]),
    product("Logtail", "log_forwarding", &["ilogtail", "loongcollector"], &["ilogtail"]),
    product("Splunk forwarder", "log_forwarding", &["splunkd"], &["splunkforwarder"]),
    product("restic", "backup", &["restic"], &["restic"]),
    product("BorgBackup", "backup", &["borg"], &["borgbackup", "borgmatic"]),
    product("Bacula", "backup", &["bacula-fd"], &["bacula-fd", "bacula-client"]),
    product("Bareos", "backup", &["bareos-fd"], &["bareos-filedaemon"]),
    product("Commvault", "backup", &["cvd", "cvlaunchd"], &[]),
    product("NetBackup", "backup", &["vnetd", "bpcd"], &["VRTSnbclt"]),
    product("Veeam", "backup", &["veeamservice"], &["veeam"]),
    product("爱数", "backup", &["anyshare_client", "abclient"], &[]),
    product("鼎甲", "backup", &["dbackup3-agent"], &["dbackup3-agent"]),
    product("keepalived", "high_availability", &["keepalived"], &["keepalived"]),
    product("Pacemaker", "high_availability", &["pacemakerd"], &["pacemaker"]),
    product("Corosync", "high_availability", &["corosync"], &["corosync"]),
    product("DRBD", "high_availability", &["drbd"], &["drbd-utils"]),
    product("HAProxy", "high_availability", &["haproxy"], &["haproxy"]),
    product("TeamViewer", "remote_control", &["teamviewerd"], &["teamviewer"]),
    product("AnyDesk", "remote_control", &["anydesk"], &["anydesk"]),
    product("向日葵", "remote_control", &["oray_rundaemon", "sunloginclient"], &["sunloginclient"]),
    product("ToDesk", "remote_control", &["ToDesk_Service", "ToDesk"], &["todesk"]),
    product("RustDesk", "remote_control", &["rustdesk"], &["rustdesk"]),
    product("frp", "remote_control", &["frpc"], &["frp"]),
    product(
        "VNC",
        "remote_control",
        &["Xvnc", "x11vnc", "vncserver-x11"],
        &["tigervnc-server", "x11vnc", "tightvncserver"],
    ),
    product("xrdp", "remote_control", &["xrdp"], &["xrdp"]),
    product("Ansible pull", "management", &["ansible-pull"], &[]),
    product("Salt", "management", &["salt-minion"], &["salt-minion"]),
    product("Puppet", "management", &["puppet"], &["puppet-agent", "puppet"]),
    product("Chef", "management", &["chef-client"], &["chef"]),
    product("cloud-init", "management", &[], &["cloud-init"]),
];

/// Products that protect against malware.
pub(super) fn protects(product: &Product) -> bool {
    matches!(product.kind, "antivirus" | "edr")
}
