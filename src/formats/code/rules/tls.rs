//! Who is trusted at the other end of a connection.

use super::webview::SSL_ERROR;
use crate::formats::code::rule::{Rule, Shape, When, body, call, read};

/// Libraries that offer what accepts everything; who takes it is what counts.
pub(super) const OUTSIDE: &[&str] = &["org.apache.http.conn.ssl.", "cz.msebera.android.httpclient.conn.ssl."];

const TRUST_MANAGER: &[&str] = &["javax.net.ssl.X509TrustManager", "javax.net.ssl.X509ExtendedTrustManager"];
const VERIFIER: &[&str] = &["javax.net.ssl.HostnameVerifier"];
/// Its `verify` throws or returns nothing.
const APACHE_VERIFIER: &[&str] = &[
    "org.apache.http.conn.ssl.X509HostnameVerifier",
    "org.apache.http.conn.ssl.AbstractVerifier",
    "cz.msebera.android.httpclient.conn.ssl.X509HostnameVerifier",
    "cz.msebera.android.httpclient.conn.ssl.AbstractVerifier",
];
const APACHE_FACTORY: &[&str] = &[
    "org.apache.http.conn.ssl.SSLSocketFactory",
    "org.apache.http.conn.ssl.SSLConnectionSocketFactory",
    "cz.msebera.android.httpclient.conn.ssl.SSLSocketFactory",
    "cz.msebera.android.httpclient.conn.ssl.SSLConnectionSocketFactory",
];
const ALLOW_ALL: &[&str] = &[
    "org.apache.http.conn.ssl.AllowAllHostnameVerifier",
    "org.apache.http.conn.ssl.NoopHostnameVerifier",
    "cz.msebera.android.httpclient.conn.ssl.AllowAllHostnameVerifier",
    "cz.msebera.android.httpclient.conn.ssl.NoopHostnameVerifier",
];
const HTTPS: &[&str] = &["javax.net.ssl.HttpsURLConnection"];
const CERTIFICATE_FACTORY: &[&str] = &["android.net.SSLCertificateSocketFactory"];
const CONTEXT: &[&str] = &["javax.net.ssl.SSLContext"];

const TRUST: &[&str] = &["MASTG-TEST-0282"];
const HOSTNAME: &[&str] = &["MASTG-TEST-0283"];

pub(super) const RULES: &[Rule] = &[
    body("trust_manager_accepts_all", TRUST_MANAGER, "checkServerTrusted", Shape::NeverRejects).tests(TRUST),
    body("trust_manager_checks_dates_only", TRUST_MANAGER, "checkServerTrusted", Shape::ChecksDatesOnly).tests(TRUST),
    body("hostname_verifier_accepts_all", VERIFIER, "verify", Shape::ReturnsTrue).tests(HOSTNAME),
    body("hostname_verifier_accepts_all", APACHE_VERIFIER, "verify", Shape::NeverRejects).tests(HOSTNAME),
    call("allow_all_hostname_verifier", ALLOW_ALL, "<init>").tests(HOSTNAME),
    read("allow_all_hostname_verifier", ALLOW_ALL, "INSTANCE").tests(HOSTNAME),
    read("allow_all_hostname_verifier", APACHE_FACTORY, "ALLOW_ALL_HOSTNAME_VERIFIER").tests(HOSTNAME),
    call("default_hostname_verifier_replaced", HTTPS, "setDefaultHostnameVerifier").tests(HOSTNAME),
    call("default_socket_factory_replaced", HTTPS, "setDefaultSSLSocketFactory").tests(TRUST),
    call("insecure_socket_factory", CERTIFICATE_FACTORY, "getInsecure").tests(TRUST),
    call("outdated_protocol", CONTEXT, "getInstance").when(When::Text(0, is_outdated)).tests(&["MASTG-TEST-0217"]),
    call("ssl_error_proceed", SSL_ERROR, "proceed").tests(&["MASTG-TEST-0284"]),
];

fn is_outdated(protocol: &str) -> bool {
    ["SSL", "SSLv2", "SSLv3", "TLSv1", "TLSv1.1"].iter().any(|old| protocol.eq_ignore_ascii_case(old))
}
