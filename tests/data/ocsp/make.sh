#!/usr/bin/env bash
# Makes the OCSP responses of this folder with OpenSSL 3.0, all names invented and all keys thrown away: make.sh
# Responses hold for ten years from the day they were made; tests look at a day within.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
export OPENSSL_CONF=/dev/null
ext() { printf '%s\n' "$@"; }
key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/$1.key"; }
# issue NAME SUBJECT ISSUER SERIAL EXTENSION...
issue() {
  local name=$1 subject=$2 issuer=$3 serial=$4
  shift 4
  key "$name"
  openssl req -new -key "$work/$name.key" -subj "$subject" -out "$work/$name.csr"
  local by=(-CA "$work/$issuer.pem" -CAkey "$work/$issuer.key")
  [ "$issuer" = "$name" ] && by=(-signkey "$work/$name.key")
  openssl x509 -req -in "$work/$name.csr" "${by[@]}" -set_serial "$serial" -days 3650 -sha256 \
    -extfile <(ext "$@") -out "$work/$name.pem"
  openssl x509 -in "$work/$name.pem" -outform DER -out "$name.der"
}
ca='basicConstraints=critical,CA:true'
answers='extendedKeyUsage=OCSPSigning'
issue issuer '/CN=ocsp test issuer' issuer 1 "$ca"
issue namesake '/CN=ocsp test issuer' namesake 1 "$ca"
issue leaf '/CN=leaf.example' issuer 0x7b0102 'subjectAltName=DNS:leaf.example'
issue other '/CN=other.example' issuer 0x7b0103 'subjectAltName=DNS:other.example'
issue delegate '/CN=ocsp test delegate' issuer 2 "$answers"
issue no_purpose '/CN=ocsp test no purpose' issuer 3 'extendedKeyUsage=serverAuth'
issue stranger '/CN=ocsp test delegate' namesake 2 "$answers"
rm namesake.der delegate.der no_purpose.der stranger.der

# answer NAME CERTIFICATE SIGNER STATE ARGUMENT...: one response about a certificate.
answer() {
  local name=$1 about=$2 signer=$3 state=$4
  shift 4
  local serial
  serial=$(openssl x509 -in "$work/$about.pem" -noout -serial)
  # Fields: state, end, when it was revoked and why, serial, file, subject.
  case $state in
    good) printf 'V\t361231000000Z\t\t%s\tunknown\t/CN=x\n' "${serial#serial=}" ;;
    revoked) printf 'R\t361231000000Z\t261101120000Z,keyCompromise\t%s\tunknown\t/CN=x\n' "${serial#serial=}" ;;
    unknown) ;;
  esac >"$work/index"
  openssl ocsp -index "$work/index" -CA "$work/issuer.pem" -issuer "$work/issuer.pem" -cert "$work/$about.pem" \
    -rsigner "$work/$signer.pem" -rkey "$work/$signer.key" -ndays 3650 -respout "$name.der" "$@" >/dev/null
}
answer good leaf delegate good
answer good_by_issuer leaf issuer good -resp_key_id
answer revoked leaf delegate revoked
answer unknown leaf delegate unknown
answer other_certificate other delegate good
answer by_no_purpose leaf no_purpose good
answer by_stranger leaf stranger good
answer without_certificate leaf delegate good -resp_no_certs
# OCSPResponseStatus tryLater.
printf '\x30\x03\x0a\x01\x03' >try_later.der
# OpenSSL itself takes the first three, and refuses the two that nobody authorised.
verify() { openssl ocsp -no_nonce -respin "$1.der" -issuer "$work/issuer.pem" -cert "$work/leaf.pem" -CAfile "$work/issuer.pem" 2>&1; }
for name in good good_by_issuer revoked; do verify "$name" | grep 'Response verify OK' >/dev/null; done
for name in by_no_purpose by_stranger; do
  if verify "$name" | grep 'Response verify OK' >/dev/null; then exit 1; fi
done
