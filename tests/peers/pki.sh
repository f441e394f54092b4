#!/usr/bin/env bash
# Makes every key and certificate of the TLS test peers: pki.sh FOLDER
# All names are invented (peer.test); the keys protect nothing and are made afresh.
# For each certificate: NAME.pem (that one alone), NAME.key, and NAME.chain.pem (what a server sends).
set -euo pipefail
mkdir -p "$1"
cd "$1"
exec 3>&2 >pki.log 2>&1
set -E
trap 'tail -n 25 pki.log >&3' ERR
# The machine's own openssl.cnf may forbid what these peers exist to show.
export OPENSSL_CONF=/dev/null
distid=distid:1234567812345678
# Which index `openssl ca` writes; ca.cnf reads it.
export AUTHORITY=none

mkdir issued

cat >ca.cnf <<'CNF'
[any]
database = $ENV::AUTHORITY.index
new_certs_dir = issued
policy = policy
unique_subject = no
rand_serial = yes
default_md = sha256
email_in_dn = no
[policy]
commonName = supplied
organizationName = optional
countryName = optional
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[leaf]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:peer.test,DNS:localhost
[other_name]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:other.test
[no_san]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth
[responder]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = yes
[sm2_sign]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature,nonRepudiation
extendedKeyUsage = serverAuth
subjectAltName = DNS:peer.test,DNS:localhost
[sm2_enc]
basicConstraints = critical,CA:false
keyUsage = critical,keyEncipherment,dataEncipherment,keyAgreement
extendedKeyUsage = serverAuth
subjectAltName = DNS:peer.test,DNS:localhost
[sm2_enc_other]
basicConstraints = critical,CA:false
keyUsage = critical,keyEncipherment,dataEncipherment,keyAgreement
extendedKeyUsage = serverAuth
subjectAltName = DNS:other.test
CNF

day() { date -u -d "$1 days" +%Y%m%d%H%M%SZ; }

# key NAME ALGORITHM...
key() { local name=$1; shift; openssl genpkey -quiet -out "$name.key" "$@" 2>&1 || openssl genpkey -out "$name.key" "$@"; }

# request NAME COMMON_NAME: a request for NAME.key.
request() {
  local sm=()
  case $1 in sm2*) sm=(-sm3 -sigopt "$distid") ;; esac
  openssl req -new -config ca.cnf -key "$1.key" -subj "/C=CN/O=Peers of jixian/CN=$2" -out "$1.csr" "${sm[@]}"
}

# sign AUTHORITY NAME EXTENSIONS FROM_DAY TO_DAY [option of `openssl ca`...]: NAME.csr becomes NAME.pem.
sign() {
  local authority=$1 name=$2 extensions=$3 from=$4 to=$5
  shift 5
  local sm=() issuer=(-cert "$authority.pem")
  case $authority in sm2*) sm=(-md sm3 -sigopt "$distid" -vfyopt "$distid") ;; esac
  [ "$authority" = "$name" ] && issuer=(-selfsign)
  : >>"$authority.index"
  AUTHORITY=$authority openssl ca -batch -notext -config ca.cnf -name any -in "$name.csr" -out "$name.pem" \
    "${issuer[@]}" -keyfile "$authority.key" -extensions "$extensions" \
    -startdate "$(day "$from")" -enddate "$(day "$to")" "${sm[@]}" "$@"
}

# leaf NAME KEY EXTENSIONS COMMON_NAME FROM TO [option...]: signed by the intermediate, which is sent along.
leaf() {
  local name=$1 of=$2 extensions=$3 common=$4 from=$5 to=$6
  shift 6
  [ "$name" = "$of" ] || cp "$of.key" "$name.key"
  request "$name" "$common"
  sign intermediate "$name" "$extensions" "$from" "$to" "$@"
  cat "$name.pem" intermediate.pem >"$name.chain.pem"
}

authority() { # NAME COMMON_NAME ISSUER
  request "$1" "$2"
  sign "$3" "$1" authority -400 3650
}

# Keys take the most of the time: at once.
key root -algorithm RSA -pkeyopt rsa_keygen_bits:2048 &
pids=($!)
key good_rsa -algorithm RSA -pkeyopt rsa_keygen_bits:2048 &
pids+=($!)
key intermediate -algorithm RSA -pkeyopt rsa_keygen_bits:2048
for pid in "${pids[@]}"; do wait "$pid"; done
key rsa1024 -algorithm RSA -pkeyopt rsa_keygen_bits:1024
for name in good_ecdsa stranger ocsp; do key "$name" -algorithm EC -pkeyopt ec_paramgen_curve:P-256; done
key ed25519 -algorithm ED25519
for name in sm2_root sm2_sign sm2_enc; do key "$name" -algorithm SM2; done

authority root "jixian peers root" root
authority intermediate "jixian peers intermediate" root
authority stranger "jixian peers stranger root" stranger

leaf good_rsa good_rsa leaf peer.test -1 89
leaf good_ecdsa good_ecdsa leaf peer.test -1 89
leaf ed25519 ed25519 leaf peer.test -1 89
leaf expired good_rsa leaf peer.test -120 -30
leaf not_yet_valid good_rsa leaf peer.test 30 120
leaf other_name good_rsa other_name other.test -1 89
leaf no_san good_rsa no_san peer.test -1 89
leaf rsa1024 rsa1024 leaf peer.test -1 89
leaf sha1 good_rsa leaf peer.test -1 89 -md sha1
leaf md5 good_rsa leaf peer.test -1 89 -md md5
leaf long_lived good_rsa leaf peer.test -1 3649

# By nobody, and by a root that no store has.
cp good_rsa.key self_signed.key
request self_signed peer.test
sign self_signed self_signed leaf -1 89
cp self_signed.pem self_signed.chain.pem
cp good_rsa.key untrusted.key
request untrusted peer.test
sign stranger untrusted leaf -1 89
cat untrusted.pem stranger.pem >untrusted.chain.pem
# The same members in another order and one more than needed; and none but the first.
cat good_rsa.pem root.pem intermediate.pem >wrong_order.chain.pem
cp good_rsa.pem alone.chain.pem
cp good_rsa.key alone.key
cp good_rsa.key wrong_order.key

# SM2: a root, and the two certificates of a TLCP server. One pair does not belong together.
authority sm2_root "jixian peers SM2 root" sm2_root
request sm2_sign peer.test
sign sm2_root sm2_sign sm2_sign -1 89
request sm2_enc peer.test
sign sm2_root sm2_enc sm2_enc -1 89
cp sm2_enc.key sm2_enc_other.key
request sm2_enc_other other.test
sign sm2_root sm2_enc_other sm2_enc_other -1 89

# A staple for good_rsa, and one that says it was revoked.
request ocsp "jixian peers OCSP"
sign intermediate ocsp responder -1 89
echo 'unique_subject = no' >staple.index.attr
for status in good revoked; do
  case $status in
    good) cp intermediate.index staple.index ;;
    # Fields: state, end, when it was revoked, serial, file, subject.
    revoked) sed -E "s/^V\t([^\t]*)\t\t/R\t\1\t$(date -u -d '-2 days' +%y%m%d%H%M%SZ)\t/" intermediate.index >staple.index ;;
  esac
  openssl ocsp -index staple.index -CA intermediate.pem -rsigner ocsp.pem -rkey ocsp.key \
    -issuer intermediate.pem -cert good_rsa.pem -ndays 7 -respout "staple_$status.der"
done

openssl genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out dh2048.pem
# Group 2 of RFC 2409, 1024 bits, as found in old servers.
cat >dh1024.pem <<'PEM'
-----BEGIN DH PARAMETERS-----
MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJR
Sgh5jjQE3e+VGbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL
/1y29Aa37e44a/taiZ+lrp8kEXxLH+ZJKGZR7OZTgf//////////AgEC
-----END DH PARAMETERS-----
PEM

# A test must not run on half of it.
for name in root intermediate good_rsa good_ecdsa; do
  openssl verify -CAfile root.pem -untrusted intermediate.pem "$name.pem"
done
for name in sm2_sign sm2_enc; do openssl verify -vfyopt "$distid" -CAfile sm2_root.pem "$name.pem"; done
rm -r ./*.csr ./*.index* issued
