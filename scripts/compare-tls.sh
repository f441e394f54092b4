#!/usr/bin/env bash
# Other TLS scanners against the test peers: compare-tls.sh FOLDER [PEER..]
# Leaves in FOLDER each tool's own output (PEER.TOOL.txt) and table.md: what each took, and what each says of the peer where
# that can be read off by machine. Which of it is wrong is told by `tests/peers/truth.yaml`, whose words stand in the column.
# testssl.sh takes minutes a server: `TESTSSL=0` leaves it out.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -ge 1 ] || { sed -n '2,5s/^# //p' "$0" >&2; exit 2; }
mkdir -p "$1/count"
out=$(cd "$1" && pwd)
shift
peers=("$@")
((${#peers[@]})) || peers=(good_rsa all_suites expired rsa1024 sha1 no_intermediate ssl3 heartbleed deflate ssl2 tlcp dual tls13_sm)
venv=target/tls-peers/bin
limit=${LIMIT:-240}

# The peers end after five minutes, so each tool has its own.
serve() {
  exec {wake}> >(exec ${TLS_PEERS:-cargo run --quiet --example tls-peers --} "$out/count" "$1" >"$out/ports")
  for _ in $(seq 600); do
    grep -q '^ready$' "$out/ports" 2>/dev/null && return
    sleep 0.1
  done
  echo "the peers did not start" >&2
  exit 1
}

tool() { # NAME HOST:PORT PKI
  # Who can be told of a root is told of ours: that nobody knows it is no fault of the server.
  local host=${2%:*} port=${2#*:}
  case $1 in
    sslscan) sslscan --no-colour --show-certificate --sni-name=peer.test "$2" ;;
    sslyze) "$venv/sslyze" --sni=peer.test --certinfo_ca_file="$3/root.pem" "$2" ;;
    nmap) nmap -Pn -p "$port" --script +ssl-enum-ciphers,+ssl-cert,+sslv2,+ssl-heartbleed,+ssl-dh-params "$host" ;;
    testssl) testssl --color 0 --warnings off --quiet --ip one --connect-timeout 5 --openssl-timeout 5 --add-ca "$3/root.pem" "$2" ;;
  esac
}

# What a tool's output says, in as few words as the table has room for.
said() { # NAME FILE
  case $1 in
    sslscan) awk '/^(SSLv|TLSv)[0-9.]+ +enabled/ {v = v " " $1} /^(Preferred|Accepted)/ {n++} /vulnerable to heartbleed/ && !/not/ {h = ", Heartbleed"}
      /Compression enabled/ {h = h ", compression"} END {print (v ? v : " no version") ", " n + 0 " suites" h}' "$2" ;;
    sslyze) awk '/server accepted the following/ {n++} /^ +(TLS|SSL)_[A-Z0-9a-z_]+  +[0-9]+ / {s++} /could not find a TLS|discarding|CONNECTIVITY/ && /ERROR|discard|could not/ {e = ", scan discarded"}
      /VULNERABLE/ && !/OK/ {h = ", VULNERABLE"} /Supplied CA.*FAILED/ {f = ", chain refused"} END {print n + 0 " versions, " s + 0 " suites" e h f}' "$2" ;;
    nmap) awk '/TLSv[0-9.]+:|SSLv3:/ {gsub(/[|_: ]/, ""); v = v " " $0} /(TLS|SSL)_[A-Z0-9a-z_]+ .*- [A-F]/ {n++} /least strength/ {g = $NF}
      /State: VULNERABLE/ {h = ", VULNERABLE"} /SSLv2 supported/ {v = v " SSLv2"} /DEFLATE/ {h = h ", DEFLATE"}
      END {print (v ? v : " nothing") ", " n + 0 " suites" (g ? ", grade " g : "") h}' "$2" ;;
    testssl) awk '/Overall Grade/ {g = $NF} /doesn.t seem to be a TLS|cannot connect|Fatal/ {e = ", aborted"} /VULNERABLE \(NOT ok\)/ {h++}
      END {print (g ? "grade " g : "no grade") e (h ? ", " h " VULNERABLE" : "")}' "$2" ;;
  esac
}

tools=(sslscan sslyze nmap)
[ "${TESTSSL:-1}" = 0 ] || tools+=(testssl)
{
  echo "| peer | tool | says | wall s | CPU s | connections |"
  echo "|---|---|---|---|---|---|"
} >"$out/table.md"
TIMEFORMAT='%R %U %S'
export -f tool
export venv
for peer in "${peers[@]}"; do
  for tool in "${tools[@]}"; do
    rm -f "$out/ports"
    serve "$peer"
    addr=$(awk -v id="$peer" '$1 == id {print $2}' "$out/ports")
    pki=$(awk '$1 == "pki" {print $2}' "$out/ports")
    file=$out/$peer.$tool.txt
    { time timeout "$limit" bash -c 'tool "$@"' - "$tool" "$addr" "$pki" >"$file" 2>&1 </dev/null || echo "exit $?" >>"$file"; } 2>"$out/time"
    read -r wall user system < <(tail -n 1 "$out/time")
    count=$(cat "$out/count/$peer")
    exec {wake}>&-
    grep -q '^exit 124$' "$file" && late=" (ended after $limit s)" || late=""
    echo "| $peer | $tool |$(said "$tool" "$file" | sed 's/^ */ /')$late | $wall | $(awk "BEGIN {print $user + $system}") | $count |" | tee -a "$out/table.md"
  done
done
rm -f "$out/time" "$out/ports"
