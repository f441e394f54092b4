#!/usr/bin/env python3
"""Writes src/formats/tls/suite_table.rs, the table of cipher suites.

    scripts/tls-suites.py [--check] [tls-ciphersuites.txt]

Numbers and names come from the list in the crate tls-parser 0.12.2 (MIT or Apache-2.0), which its authors extract from
the IANA registry "TLS Cipher Suites"; without an argument it is taken from the local cargo registry (`cargo info
tls-parser@0.12.2` brings it there). Only numbers and names are taken: all properties follow from the name and from the
rules below, because that list counts ChaCha20 as 128 bits and gives no versions. What IANA does not list stands in EXTRA.
"""

import glob
import os
import re
import sys

CRATE = "registry/src/*/tls-parser-0.12.2/scripts/tls-ciphersuites.txt"
OUT = os.path.join(os.path.dirname(__file__), "../src/formats/tls/suite_table.rs")

# Registered at IANA after that list was made, or never registered and met all the same.
EXTRA = [
    # RFC 9189 (TLS 1.2) and RFC 9367 (TLS 1.3), IANA.
    (0xC100, "TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC"),
    (0xC101, "TLS_GOSTR341112_256_WITH_MAGMA_CTR_OMAC"),
    (0xC102, "TLS_GOSTR341112_256_WITH_28147_CNT_IMIT"),
    (0xC103, "TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_L"),
    (0xC104, "TLS_GOSTR341112_256_WITH_MAGMA_MGM_L"),
    (0xC105, "TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_S"),
    (0xC106, "TLS_GOSTR341112_256_WITH_MAGMA_MGM_S"),
    # draft-chudov-cryptopro-cptls.
    (0x0080, "TLS_GOSTR341094_WITH_28147_CNT_IMIT"),
    (0x0081, "TLS_GOSTR341001_WITH_28147_CNT_IMIT"),
    (0x0082, "TLS_GOSTR341094_WITH_NULL_GOSTR3411"),
    (0x0083, "TLS_GOSTR341001_WITH_NULL_GOSTR3411"),
    # draft-agl-tls-chacha20poly1305-04: other numbers and another nonce than RFC 7905.
    (0xCC13, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256_OLD"),
    (0xCC14, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256_OLD"),
    (0xCC15, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256_OLD"),
    # Netscape's FIPS suites for SSLv3, with both pairs of numbers.
    (0xFEFE, "SSL_RSA_FIPS_WITH_DES_CBC_SHA"),
    (0xFEFF, "SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA"),
    (0xFFE0, "SSL_RSA_OLDFIPS_WITH_3DES_EDE_CBC_SHA"),
    (0xFFE1, "SSL_RSA_OLDFIPS_WITH_DES_CBC_SHA"),
    # SSLv3 (RFC 6101 A.6): the third number was given to Kerberos later.
    (0x001C, "SSL_FORTEZZA_KEA_WITH_NULL_SHA"),
    (0x001D, "SSL_FORTEZZA_KEA_WITH_FORTEZZA_CBC_SHA"),
    # TLCP 1.1: GB/T 38636-2020 6.4.5.2.1, and GM/T 0024-2014 for SM1 and SHA1.
    (0xE001, "ECDHE_SM1_SM3"),
    (0xE003, "ECC_SM1_SM3"),
    (0xE005, "IBSDH_SM1_SM3"),
    (0xE007, "IBC_SM1_SM3"),
    (0xE009, "RSA_SM1_SM3"),
    (0xE00A, "RSA_SM1_SHA1"),
    (0xE011, "ECDHE_SM4_CBC_SM3"),
    (0xE013, "ECC_SM4_CBC_SM3"),
    (0xE015, "IBSDH_SM4_CBC_SM3"),
    (0xE017, "IBC_SM4_CBC_SM3"),
    (0xE019, "RSA_SM4_CBC_SM3"),
    (0xE01A, "RSA_SM4_CBC_SHA1"),
    (0xE01C, "RSA_SM4_CBC_SHA256"),
    (0xE051, "ECDHE_SM4_GCM_SM3"),
    (0xE053, "ECC_SM4_GCM_SM3"),
    (0xE055, "IBSDH_SM4_GCM_SM3"),
    (0xE057, "IBC_SM4_GCM_SM3"),
    (0xE059, "RSA_SM4_GCM_SM3"),
    (0xE05A, "RSA_SM4_GCM_SHA256"),
]

# Key exchange and authentication by the part of the name before WITH.
KX = {
    "NULL": ("Null", "Null"), "RSA": ("Rsa", "Rsa"), "RSA_FIPS": ("Rsa", "Rsa"), "RSA_OLDFIPS": ("Rsa", "Rsa"),
    "DH_DSS": ("Dh", "Dss"), "DH_RSA": ("Dh", "Rsa"), "DHE_DSS": ("Dhe", "Dss"), "DHE_RSA": ("Dhe", "Rsa"),
    "DH_anon": ("Dhe", "Anon"), "KRB5": ("Krb5", "Krb5"), "FORTEZZA_KEA": ("Kea", "Kea"),
    "ECDH_ECDSA": ("Ecdh", "Ecdsa"), "ECDH_RSA": ("Ecdh", "Rsa"), "ECDHE_ECDSA": ("Ecdhe", "Ecdsa"),
    "ECDHE_RSA": ("Ecdhe", "Rsa"), "ECDH_anon": ("Ecdhe", "Anon"),
    "PSK": ("Psk", "Psk"), "DHE_PSK": ("DhePsk", "Psk"), "PSK_DHE": ("DhePsk", "Psk"), "RSA_PSK": ("RsaPsk", "Rsa"),
    "ECDHE_PSK": ("EcdhePsk", "Psk"), "ECCPWD": ("Eccpwd", "Eccpwd"),
    "SRP_SHA": ("Srp", "Srp"), "SRP_SHA_RSA": ("Srp", "Rsa"), "SRP_SHA_DSS": ("Srp", "Dss"),
    "GOSTR341112_256": ("Gost", "Gost"), "GOSTR341094": ("Gost", "Gost"), "GOSTR341001": ("Gost", "Gost"),
}
TLCP_KX = {
    "ECDHE": ("Ecdhe", "Sm2"), "ECC": ("Ecc", "Sm2"), "IBSDH": ("Ibsdh", "Sm9"), "IBC": ("Ibc", "Sm9"),
    "RSA": ("Rsa", "Rsa"),
}
BITS = {
    "NULL": 0, "RC4_40": 40, "RC4_56": 56, "RC4_128": 128, "RC2_CBC_40": 40, "RC2_CBC_56": 56, "DES40_CBC": 40,
    "DES_CBC_40": 40, "DES_CBC": 56, "IDEA_CBC": 128, "SEED_CBC": 128, "FORTEZZA_CBC": 80,
    # Meet in the middle: three keys of 56 bits are worth 112 (NIST SP 800-57 part 1, 5.6.1).
    "3DES_EDE_CBC": 112,
    "CHACHA20_POLY1305": 256, "AEGIS_256": 256, "AEGIS_128L": 128,
    "SM1": 128, "SM4_CBC": 128, "SM4_GCM": 128, "SM4_CCM": 128,
    "KUZNYECHIK_CTR": 256, "MAGMA_CTR": 256, "28147_CNT": 256, "KUZNYECHIK_MGM": 256, "MAGMA_MGM": 256,
}
HASHES = {"MD5": "Md5", "SHA": "Sha1", "SHA1": "Sha1", "SHA256": "Sha256", "SHA384": "Sha384", "SHA512": "Sha512",
          "SM3": "Sm3", "OMAC": "Omac", "IMIT": "Imit", "GOSTR3411": "Gost94"}


def split_hash(rest):
    """AES_128_CBC_SHA256 -> AES_128_CBC, SHA256; CCM suites may have no hash in the name."""
    match = re.fullmatch(r"(.*)_(MD5|SHA|SHA1|SHA256|SHA384|SHA512|SM3|OMAC|IMIT|GOSTR3411|NULL)", rest)
    return match.groups() if match else (rest, None)


def aead(enc):
    return any(mode in enc for mode in ("GCM", "CCM", "POLY1305", "MGM", "AEGIS"))


def row(number, name):
    bare = name.removesuffix("_OLD")
    if 0xE000 <= number < 0xE100:
        kx_name, rest = bare.split("_", 1)
        kx, auth = TLCP_KX[kx_name]
        enc, digest = split_hash(rest)
        low = high = "Tlcp11"
    elif "_WITH_" not in bare:
        kx, auth = "Any", "Any"
        enc, digest = split_hash(bare.removeprefix("TLS_"))
        enc = "NULL" if enc in ("SHA256", "SHA384") else enc
        low = high = "Tls13"
    else:
        front, rest = re.sub(r"^(TLS|SSL)_", "", bare).split("_WITH_")
        kx, auth = KX[re.sub(r"_EXPORT(1024)?$", "", front)]
        enc, digest = split_hash(rest)
        if re.search(r"_MGM_[LS]$", enc):
            enc, low, high = enc[:-2], "Tls13", "Tls13"
            kx, auth = "Any", "Any"
        else:
            low, high = versions(number, front, enc, digest, kx)
    bits = BITS.get(enc)
    if bits is None:
        size = re.search(r"_(128|256)_", enc + "_")
        bits = int(size.group(1)) if size else sys.exit(f"no bits known of {enc} in {name}")
    # RFC 6209, 6367 and 7251 onward: a suite of TLS 1.2 uses the hash of its name for the PRF, SHA-256 where there is none.
    if digest == "NULL":
        mac, prf = "Null", "Default"
    elif aead(enc):
        mac = "Aead"
        prf = HASHES.get(digest) or ("Streebog" if "MGM" in enc else "Sha256")
    else:
        mac = HASHES[digest]
        prf = "Default" if mac in ("Md5", "Sha1") and low != "Tlcp11" else mac
        prf = {"Omac": "Streebog", "Imit": "Streebog" if number == 0xC102 else "Gost94"}.get(prf, prf)
        if low == "Tlcp11" and mac == "Sha1":
            prf = "Sha1"
    return number, name, kx, auth, enc, bits, mac, prf, low, high


def versions(number, front, enc, digest, kx):
    """The first and the last version in which the standards let a suite be chosen."""
    if number in (0xC100, 0xC101, 0xC102) or aead(enc) or kx == "Eccpwd":
        return "Tls12", "Tls12"
    if number in (0x001C, 0x001D) or number >= 0xFE00:
        return "Ssl3", "Ssl3" if number < 0xFE00 else "Tls10"
    if digest in ("SHA256", "SHA384"):
        # RFC 5487 3 and RFC 5489 3.2 let the PSK suites run over older versions, with the PRF of that version.
        return ("Tls10" if "PSK" in front and "ARIA" not in enc else "Tls12"), "Tls12"
    if "EXPORT" in front:
        return "Ssl3", "Tls10"  # RFC 4346 A.5
    if enc in ("DES_CBC", "IDEA_CBC"):
        return "Ssl3", "Tls11"  # RFC 5469
    return "Ssl3", "Tls12"


def main():
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    home = os.environ.get("CARGO_HOME", os.path.expanduser("~/.cargo"))
    source = arguments[0] if arguments else (glob.glob(os.path.join(home, CRATE)) or sys.exit("fetch tls-parser 0.12.2"))[0]
    with open(source, encoding="ascii") as lines:
        listed = [line.split(":")[:2] for line in lines if line.strip()]
    known = {int(number, 16): name for number, name in listed if not name.endswith("_SCSV")}
    for number, name in EXTRA:
        assert number not in known, f"{number:04x} is in the list by now"
        known[number] = name
    rows = [row(number, name) for number, name in sorted(known.items())]
    text = HEAD + "".join(
        f'    s(0x{n:04x}, "{name}", K::{kx}, A::{auth}, "{enc}", {bits}, M::{mac}, P::{prf}, V::{low}, V::{high}),\n'
        for n, name, kx, auth, enc, bits, mac, prf, low, high in rows
    ) + "];\n"
    if "--check" in sys.argv:
        with open(OUT, encoding="utf-8") as file:
            sys.exit(0 if file.read() == text else "suite_table.rs is not what this script makes")
    with open(OUT, "w", encoding="utf-8") as file:
        file.write(text)


HEAD = """//! All cipher suites, sorted by number. Made by `scripts/tls-suites.py` from the IANA registry; edit that.

use super::{
    suites::{Auth as A, Kx as K, Mac as M, Prf as P, Suite},
    version::Version as V,
};

#[expect(clippy::too_many_arguments, reason = "a row of a table")]
const fn s(
    id: u16,
    name: &'static str,
    kx: K,
    auth: A,
    enc: &'static str,
    bits: u16,
    mac: M,
    prf: P,
    min: V,
    max: V,
) -> Suite {
    Suite { id, name, kx, auth, enc, bits, mac, prf, min, max }
}

#[rustfmt::skip]
pub(super) static SUITES: &[Suite] = &[
"""

if __name__ == "__main__":
    main()
