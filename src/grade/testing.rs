//! Servers to grade, for the tests of the models of an endpoint.

use super::endpoint::{
    Certificate, Chain, Endpoint, Heartbeat, Key, Protocol, Protocols, Renegotiation, Signature, Sm, Target,
};
use crate::{
    facts::tls::{ChainStatus, ProtocolStatus, Role, Service, Suite},
    model::{Fact, Tri, UnreadStatus},
};

pub fn unread<T>() -> Fact<T> {
    Fact::unread(UnreadStatus::NotTested, "x")
}

/// A suite from its registered name; its properties as the table of `facts` has them.
pub fn suite(name: &str) -> Suite {
    let (start, rest) = name.split_once("_WITH_").unwrap_or(("TLS_any_any", name.trim_start_matches("TLS_")));
    let parts: Vec<_> = start.trim_start_matches("TLS_").split('_').filter(|part| *part != "EXPORT").collect();
    let kx = match parts.as_slice() {
        ["DH", "anon"] => "DHE",
        ["ECDH", "anon"] => "ECDHE",
        ["ECC" | "ECDHE", ..] | [_, _] | [_] => parts[0],
        _ => "any",
    };
    let auth = parts.last().copied().unwrap_or("any");
    let (enc, mac) = rest.rsplit_once('_').unwrap();
    let aead = ["GCM", "CCM", "POLY1305"].iter().any(|mode| enc.ends_with(mode));
    let bits = match enc {
        _ if enc.contains("256") || enc.contains("CHACHA20") => 256,
        _ if enc.starts_with("3DES") => 112,
        _ if enc.contains("40") => 40,
        "NULL" => 0,
        "DES_CBC" => 56,
        _ => 128,
    };
    Suite {
        id: "0x0000".to_owned(),
        name: name.to_owned(),
        kx: kx.to_owned(),
        auth: auth.to_owned(),
        enc: enc.to_owned(),
        bits,
        mac: if aead { "AEAD".to_owned() } else { mac.replace("SHA", "SHA1").replace("SHA1256", "SHA256") },
        fs: ["ECDHE", "DHE", "any"].contains(&kx),
        aead,
        weak: Vec::new(),
    }
}

pub fn speaks(suites: &[&str]) -> Protocol {
    Protocol {
        status: Fact::Known(ProtocolStatus::Accepted),
        suites: Fact::Known(suites.iter().map(|name| suite(name)).collect()),
    }
}

pub fn refused() -> Protocol {
    Protocol { status: Fact::Known(ProtocolStatus::Refused), suites: Fact::Known(Vec::new()) }
}

pub fn certificate(role: Role, algorithm: &str, bits: i64, hash: &str) -> Certificate {
    Certificate {
        role,
        key: Key { algorithm: algorithm.to_owned(), bits },
        signature: Signature { algorithm: algorithm.to_owned(), hash: hash.to_owned() },
        days_left: Fact::Known(90),
        name_matches: Tri::Yes,
        chain: Chain { status: Fact::Known(ChainStatus::Trusted) },
        ocsp: unread(),
        key_proven: Tri::Yes,
    }
}

pub const ECDHE_128: &str = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
pub const ECDHE_256: &str = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
pub const RSA_128: &str = "TLS_RSA_WITH_AES_128_GCM_SHA256";
pub const CBC: &str = "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA";
pub const TRIPLE_DES: &str = "TLS_RSA_WITH_3DES_EDE_CBC_SHA";
pub const RC4: &str = "TLS_RSA_WITH_RC4_128_SHA";
pub const MODERN: [&str; 2] = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"];

/// TLS 1.2 and 1.3 with RSA of 2048 bits, and nothing to say against it.
pub fn good() -> Endpoint {
    Endpoint {
        endpoint: Target { starttls: "none".to_owned() },
        service: Fact::Known(Service::Tls),
        protocols: Protocols {
            ssl2: refused(),
            ssl3: refused(),
            tls1_0: refused(),
            tls1_1: refused(),
            tls1_2: speaks(&[ECDHE_128, ECDHE_256]),
            tls1_3: speaks(&MODERN),
            tlcp: refused(),
        },
        dh_bits: Fact::Known(0),
        certificates: Fact::Known(vec![certificate(Role::Server, "rsa", 2048, "sha256")]),
        client_auth: Tri::No,
        compression: Tri::No,
        renegotiation: Renegotiation { secure: Tri::Yes },
        heartbeat: Heartbeat { heartbleed: Tri::No },
        ccs_injection: Tri::No,
        robot: Tri::No,
        ticketbleed: Tri::No,
        sm: Sm { ske_signature_ok: Tri::Unknown },
    }
}

/// TLCP alone, with everything in order.
pub fn tlcp() -> Endpoint {
    let none = refused();
    let mut tlcp = suite("TLS_ECC_SM2_WITH_SM4_GCM_SM3");
    "ECC".clone_into(&mut tlcp.kx);
    let mut cbc = Suite { mac: "SM3".to_owned(), enc: "SM4_CBC".to_owned(), aead: false, ..tlcp.clone() };
    "ECC_SM4_CBC_SM3".clone_into(&mut cbc.name);
    Endpoint {
        service: Fact::Known(Service::Tlcp),
        protocols: Protocols {
            ssl2: none.clone(),
            ssl3: none.clone(),
            tls1_0: none.clone(),
            tls1_1: none.clone(),
            tls1_2: none.clone(),
            tls1_3: none,
            tlcp: Protocol { status: Fact::Known(ProtocolStatus::Accepted), suites: Fact::Known(vec![tlcp, cbc]) },
        },
        certificates: Fact::Known(
            [Role::TlcpSign, Role::TlcpEnc].map(|role| certificate(role, "sm2", 256, "sm3")).to_vec(),
        ),
        sm: Sm { ske_signature_ok: Tri::Yes },
        ..good()
    }
}

/// Both at one port.
pub fn dual() -> Endpoint {
    let (tls, tlcp) = (good(), tlcp());
    let certificates = [tls.certificates.known().unwrap().clone(), tlcp.certificates.known().unwrap().clone()].concat();
    Endpoint {
        service: Fact::Known(Service::Both),
        protocols: Protocols { tlcp: tlcp.protocols.tlcp, ..tls.protocols },
        certificates: Fact::Known(certificates),
        sm: tlcp.sm,
        ..good()
    }
}
