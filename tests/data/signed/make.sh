#!/usr/bin/env bash
# Makes the signatures and signed messages that tests verify, with OpenSSL 3. The keys are thrown away.
#     tests/data/signed/make.sh
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf 'what was signed' > content.txt
: > signatures.txt

key() { # name, arguments of genpkey
  local name=$1
  shift
  openssl genpkey -quiet "$@" -out "$work/$name.key" 2>/dev/null || openssl genpkey "$@" -out "$work/$name.key" 2>/dev/null
}
dsa() { # name, bits of both primes
  openssl genpkey -genparam -algorithm DSA -pkeyopt "dsa_paramgen_bits:$2" -pkeyopt "dsa_paramgen_q_bits:$3" \
    -out "$work/$1.parameters" 2>/dev/null
  key "$1" -paramfile "$work/$1.parameters"
}
hex() { od -An -v -tx1 | tr -d ' \n'; }
line() { # algorithm, hash, key; the signature is in $work/signature
  printf '%s %s %s %s %s\n' "$1" "$2" "$3" "$(openssl pkey -in "$work/$3.key" -pubout -outform DER | hex)" \
    "$(hex < "$work/signature")" >> signatures.txt
}
sign() { # algorithm, hash, key, options of dgst
  local algorithm=$1 hash=$2 key=$3
  shift 3
  openssl dgst "-$hash" -sign "$work/$key.key" "$@" -out "$work/signature" content.txt
  line "$algorithm" "$hash" "$key"
}

for bits in 512 1024 2048 4096 8192; do key "rsa-$bits" -algorithm RSA -pkeyopt "rsa_keygen_bits:$bits"; done
key rsa-2047 -algorithm RSA -pkeyopt rsa_keygen_bits:2047
key rsa-1025 -algorithm RSA -pkeyopt rsa_keygen_bits:1025
key rsa-e3 -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:3
for curve in P-256 P-384 P-521 SM2; do key "$curve" -algorithm EC -pkeyopt "ec_paramgen_curve:$curve"; done
key secp256k1 -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1
key ed25519 -algorithm ED25519
dsa dsa-1024 1024 160
dsa dsa-2048-224 2048 224
dsa dsa-2048 2048 256
dsa dsa-3072 3072 256

for hash in md5 sha1 sha224 sha256 sha384 sha512; do
  sign rsa "$hash" rsa-2048
  sign ecdsa "$hash" P-256
  sign ecdsa "$hash" P-384
  sign ecdsa "$hash" P-521
done
for hash in md5 sha1 sha256; do sign rsa "$hash" rsa-512; done
for bits in 1024 2047 4096 8192 e3; do sign rsa sha256 "rsa-$bits"; done
for hash in sha1 sha224 sha256 sha384 sha512; do
  sign pss "$hash" rsa-2048 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest
done
sign pss sha256 rsa-1024 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest
sign pss sha256 rsa-1025 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest
sign pss-salt-17 sha256 rsa-2048 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:17
for hash in sha1 sha224 sha256; do
  for key in dsa-1024 dsa-2048-224 dsa-2048 dsa-3072; do sign dsa "$hash" "$key"; done
done
sign ecdsa sha256 secp256k1
sign sm2 sm3 SM2 -sigopt distid:1234567812345678
openssl pkeyutl -sign -inkey "$work/ed25519.key" -rawin -in content.txt -out "$work/signature"
line ed25519 sha512 ed25519

certificate() { # key, name
  openssl req -x509 -new -key "$work/$1.key" -subj "/CN=$2" -days 36500 -out "$work/$1.pem" 2>/dev/null
}
certificate rsa-2048 first
certificate P-256 second
certificate dsa-2048 third
cms() { # name, options
  local name=$1
  shift
  openssl cms -sign -binary -in content.txt -outform DER "$@" -out "$name.der"
}
rsa=(-signer "$work/rsa-2048.pem" -inkey "$work/rsa-2048.key")
ec=(-signer "$work/P-256.pem" -inkey "$work/P-256.key")
cms detached "${rsa[@]}"
cms inside -nodetach "${ec[@]}"
cms no-attributes -noattr "${rsa[@]}"
cms by-key-id -keyid "${ec[@]}" -md sha512
cms open-ended -nodetach -stream "${rsa[@]}"
cms two-signers -nodetach "${rsa[@]}" "${ec[@]}"
cms pss "${rsa[@]}" -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:-1
cms dsa -noattr -signer "$work/dsa-2048.pem" -inkey "$work/dsa-2048.key"
cms no-certificate -nocerts "${rsa[@]}"
openssl smime -sign -binary -in content.txt -outform DER "${rsa[@]}" -md sha1 -out pkcs7.der 2>/dev/null

# An app for Android 5.0 and newer, signed by all schemes with a rotated key and a source stamp, and by scheme 1 alone.
bare=$work/bare.apk
cp ../../../samples/tianfu/packages/tianfu-dept.apk "$bare"
for name in first second; do
  key=$([ "$name" = first ] && echo rsa-2048 || echo P-256)
  openssl pkcs8 -topk8 -nocrypt -in "$work/$key.key" -outform DER -out "$work/$name.pk8"
done
first=(--key "$work/first.pk8" --cert "$work/rsa-2048.pem")
second=(--key "$work/second.pk8" --cert "$work/P-256.pem")
apksigner rotate --out "$work/lineage" --old-signer "${first[@]}" --new-signer "${second[@]}"
apksigner sign --min-sdk-version 21 --v1-signer-name CERT --v4-signing-enabled true --lineage "$work/lineage" \
  "${first[@]}" --next-signer "${second[@]}" --stamp-signer "${first[@]}" --out app.apk "$bare"
apksigner sign --min-sdk-version 21 --v1-signer-name CERT --v2-signing-enabled false --v3-signing-enabled false \
  --v4-signing-enabled false "${first[@]}" --out app-v1.apk "$bare"
