#!/usr/bin/env bash
# Makes the recorded TLS endpoint and the nmap scan of the sample: a server on loopback with a certificate of a private
# authority, collected and scanned for real. Needs openssl, nmap and iproute2.
#   ./make-endpoint.sh path/to/jixian
set -euo pipefail
binary=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
servers=()
trap 'kill "${servers[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

name=city.sczwfw.example.gov.cn
openssl req -utf8 -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/C=CN/O=示例市/CN=示例根证书" -keyout ca.key -out ca.pem 2>/dev/null
openssl req -utf8 -newkey rsa:2048 -nodes -subj "/C=CN/O=示例市政务服务局/CN=$name" -keyout server.key -out server.csr 2>/dev/null
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 390 -sha256 -out server.pem \
  -extfile <(printf 'subjectAltName=DNS:%s,DNS:county.sczwfw.example.gov.cn\nextendedKeyUsage=serverAuth\n' "$name") 2>/dev/null

openssl s_server -accept 127.0.0.1:18443 -cert server.pem -key server.key -cert_chain ca.pem -www -quiet &
servers+=($!)
python3 -m http.server --bind 127.0.0.1 18080 >/dev/null 2>&1 &
servers+=($!)
python3 - <<'PY' &
import socket, time
s = socket.create_server(("127.0.0.1", 6379))
s.settimeout(60)
end = time.time() + 60
while time.time() < end:
    try:
        c, _ = s.accept(); c.settimeout(1)
        try:
            c.recv(100); c.sendall(b"-NOAUTH Authentication required.\r\n")
        except OSError:
            pass
        c.close()
    except OSError:
        break
PY
servers+=($!)
sleep 1

cat >inventory.yaml <<YAML
schema: jixian.inventory/v1
timezone: "+08:00"
systems:
  - {id: recorded, name: 记录用, level: 2, s: 2, a: 2, cii: "no", operator: 示例市政务服务局, extensions: []}
subsites:
  - {id: recorded, system: recorded, kind: web, name: 记录用, organisation: 示例市政务服务局, level: city, exposure: internal, profiles: [gbt-22239-2019-l2]}
assets:
  - {id: city-tls, kind: tls.endpoint, serves: [recorded], address: "127.0.0.1:18443", sni: $name, intrusive: true}
YAML
"$binary" collect inventory.yaml --out recorded --operator 示例评估员
rm -rf "$here/recorded/city-tls"
mkdir -p "$here/recorded" "$here/scans"
cp -r recorded "$here/recorded/city-tls"

nmap -n -Pn -sT -sV --version-light -p 22,80,443,3306,5432,6379,18080,18443 127.0.0.1 -oX dmz.xml >/dev/null
cp dmz.xml "$here/scans/dmz.xml"
