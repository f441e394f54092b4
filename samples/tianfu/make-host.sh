#!/usr/bin/env bash
# Makes the recorded host of the sample: a Debian system in a folder, set up as a county would, then collected from
# inside with the very collector. Needs root, debootstrap and a static or matching `jixian` binary.
#   ./make-host.sh ROOTFS path/to/jixian
set -euo pipefail
root=$1 binary=$2
here=$(cd "$(dirname "$0")" && pwd)

if [ ! -d "$root/etc" ]; then
  debootstrap --variant=minbase --include=openssh-server,sudo,libpam-pwquality,rsyslog,chrony,nftables,auditd,procps,iproute2,passwd,login,logrotate,kmod,openssl bookworm "$root"
fi

put() { mkdir -p "$(dirname "$root$1")"; cat >"$root$1"; }

put /etc/ssh/sshd_config.d/10-baseline.conf <<'CONF'
PermitRootLogin no
PermitEmptyPasswords no
MaxAuthTries 4
LoginGraceTime 60
ClientAliveInterval 300
ClientAliveCountMax 2
X11Forwarding no
AllowTcpForwarding no
AllowUsers auditor@10.0.0.0/24 sysadmin@10.0.0.0/24
LogLevel VERBOSE
Banner /etc/issue.net
HostbasedAuthentication no
IgnoreRhosts yes
PermitUserEnvironment no
MaxSessions 4
Ciphers aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr
MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com
KexAlgorithms curve25519-sha256,ecdh-sha2-nistp384
CONF
echo '仅限授权人员使用，所有操作均被记录。' | put /etc/issue.net
put /etc/security/pwquality.conf <<'CONF'
minlen = 12
minclass = 3
dictcheck = 1
enforce_for_root
retry = 3
CONF
put /etc/security/faillock.conf <<'CONF'
deny = 5
unlock_time = 900
even_deny_root
CONF
sed -i -E 's/^PASS_MAX_DAYS.*/PASS_MAX_DAYS 90/; s/^PASS_MIN_DAYS.*/PASS_MIN_DAYS 1/; s/^PASS_WARN_AGE.*/PASS_WARN_AGE 7/; s/^UMASK.*/UMASK 027/' "$root/etc/login.defs"
put /etc/pam.d/common-auth <<'CONF'
auth    required                        pam_faillock.so preauth
auth    [success=1 default=ignore]      pam_unix.so
auth    [default=die]                   pam_faillock.so authfail
auth    sufficient                      pam_faillock.so authsucc
auth    required                        pam_permit.so
CONF
put /etc/pam.d/common-account <<'CONF'
account required                        pam_faillock.so
account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so
account requisite                       pam_deny.so
account required                        pam_permit.so
CONF
put /etc/pam.d/common-password <<'CONF'
password requisite                      pam_pwquality.so retry=3
password required                       pam_pwhistory.so remember=5 enforce_for_root use_authtok
password [success=1 default=ignore]     pam_unix.so obscure use_authtok yescrypt
password requisite                      pam_deny.so
password required                       pam_permit.so
CONF
put /etc/profile.d/baseline.sh <<'CONF'
TMOUT=600
readonly TMOUT
export TMOUT
HISTSIZE=100
umask 027
CONF
put /etc/rsyslog.d/10-remote.conf <<'CONF'
*.* @@10.0.0.9:514
CONF
put /etc/logrotate.d/baseline <<'CONF'
/var/log/auth.log
/var/log/syslog
{
	weekly
	rotate 30
	missingok
	compress
}
CONF
rm -f "$root/etc/logrotate.d/rsyslog"
put /etc/audit/auditd.conf <<'CONF'
log_file = /var/log/audit/audit.log
max_log_file = 64
num_logs = 20
max_log_file_action = ROTATE
space_left = 256
space_left_action = SYSLOG
admin_space_left = 128
admin_space_left_action = SUSPEND
disk_full_action = SUSPEND
disk_error_action = SUSPEND
CONF
put /etc/sysctl.d/60-baseline.conf <<'CONF'
net.ipv4.conf.all.accept_redirects = 0
net.ipv4.conf.all.send_redirects = 0
net.ipv4.tcp_syncookies = 1
kernel.randomize_va_space = 2
fs.suid_dumpable = 0
CONF
put /etc/sudoers.d/10-sysadmin <<'CONF'
Defaults use_pty, logfile=/var/log/sudo.log
sysadmin ALL=(root) /usr/bin/systemctl, /usr/bin/journalctl
CONF
chmod 440 "$root/etc/sudoers.d/10-sysadmin"
chroot "$root" sh -c '
  for user in sysadmin auditor secadmin; do
    id -u "$user" >/dev/null 2>&1 || useradd -m -s /bin/bash "$user"
    chage -M 90 -m 1 -W 7 "$user"
    passwd -l "$user" >/dev/null
  done
  passwd -l root >/dev/null
  mkdir -p /run/sshd
  ssh-keygen -A >/dev/null'
chmod 600 "$root"/etc/ssh/sshd_config "$root"/etc/ssh/sshd_config.d/*.conf

cat >"$root/tmp/web-01.yaml" <<'YAML'
schema: jixian.inventory/v1
timezone: "+08:00"
systems:
  - {id: recorded, name: 记录用, level: 2, s: 2, a: 2, cii: "no", operator: 示例市政务服务局, extensions: []}
subsites:
  - {id: recorded, system: recorded, kind: web, name: 记录用, organisation: 示例市政务服务局, level: city, exposure: internal, profiles: [gbt-22239-2019-l2]}
assets:
  - {id: web-01, kind: host.linux, serves: [recorded], via: local}
YAML
install -m 755 "$binary" "$root/tmp/jixian"
rm -rf "$root/tmp/recorded"
mount --bind /proc "$root/proc"
mount --bind /sys "$root/sys"
trap 'umount "$root/proc" "$root/sys"' EXIT
# An own host name and no network but loopback: nothing of the machine that records gets in.
unshare --uts --net --mount-proc="$root/proc" --pid --fork -- sh -c "hostname web-01; ip link set lo up; chroot '$root' /tmp/jixian collect /tmp/web-01.yaml --out /tmp/recorded --operator 示例评估员"
rm -rf "$here/recorded/web-01"
mkdir -p "$here/recorded"
cp -r "$root/tmp/recorded" "$here/recorded/web-01"
