//! Pages inside the app: what they may do, and what they are loaded from.

use crate::formats::code::rule::{Rule, When, call};

/// X5 and UC hand every setting on to the view of the platform.
pub(super) const OUTSIDE: &[&str] = &["com.tencent.smtt.", "com.tencent.tbs.", "com.uc.webview."];

const SETTINGS: &[&str] =
    &["android.webkit.WebSettings", "com.tencent.smtt.sdk.WebSettings", "com.uc.webview.export.WebSettings"];
const VIEW: &[&str] = &["android.webkit.WebView", "com.tencent.smtt.sdk.WebView", "com.uc.webview.export.WebView"];
const COOKIES: &[&str] = &["android.webkit.CookieManager", "com.tencent.smtt.sdk.CookieManager"];
const PERMISSION: &[&str] =
    &["android.webkit.PermissionRequest", "com.tencent.smtt.export.external.interfaces.PermissionRequest"];
pub(super) const SSL_ERROR: &[&str] = &[
    "android.webkit.SslErrorHandler",
    "com.tencent.smtt.export.external.interfaces.SslErrorHandler",
    "com.uc.webview.export.SslErrorHandler",
];

const YES: When = When::Number(0, 1);
const NO: When = When::Number(0, 0);
const BRIDGES: &[&str] = &["MASTG-TEST-0033"];
const FILES: &[&str] = &["MASTG-TEST-0252", "MASTG-TEST-0032"];
const CLEARTEXT: &[&str] = &["MASTG-TEST-0233"];

pub(super) const RULES: &[Rule] = &[
    call("javascript_enabled", SETTINGS, "setJavaScriptEnabled").telling().when(YES).tests(&["MASTG-TEST-0031"]),
    call("file_access", SETTINGS, "setAllowFileAccess").when(YES).tests(FILES),
    call("content_access", SETTINGS, "setAllowContentAccess").when(YES).tests(&["MASTG-TEST-0250"]),
    call("file_access_from_file_urls", SETTINGS, "setAllowFileAccessFromFileURLs").when(YES).tests(FILES),
    call("universal_access_from_file_urls", SETTINGS, "setAllowUniversalAccessFromFileURLs").when(YES).tests(FILES),
    call("javascript_interface", VIEW, "addJavascriptInterface").telling().tests(BRIDGES),
    // MIXED_CONTENT_ALWAYS_ALLOW
    call("mixed_content_allowed", SETTINGS, "setMixedContentMode").when(NO).tests(&["MASTG-TEST-0019"]),
    call("web_contents_debugging", VIEW, "setWebContentsDebuggingEnabled")
        .telling()
        .when(YES)
        .tests(&["MASTG-TEST-0227"]),
    call("save_password", SETTINGS, "setSavePassword").when(YES).tests(&["MASTG-TEST-0037"]),
    call("safe_browsing_disabled", SETTINGS, "setSafeBrowsingEnabled").when(NO).tests(&["MASTG-TEST-0027"]),
    call("third_party_cookies", COOKIES, "setAcceptThirdPartyCookies").when(When::Number(1, 1)),
    call("web_permission_granted", PERMISSION, "grant").tests(&["MASTG-TEST-0027"]),
    call("cleartext_load", VIEW, "loadUrl").when(When::Text(0, is_cleartext)).tests(CLEARTEXT),
    call("cleartext_load", VIEW, "postUrl").when(When::Text(0, is_cleartext)).tests(CLEARTEXT),
    call("cleartext_load", VIEW, "loadDataWithBaseURL").telling().when(When::Text(0, is_cleartext)).tests(CLEARTEXT),
    call("file_load", VIEW, "loadUrl").when(When::Text(0, is_file)).tests(FILES),
    call("file_load", VIEW, "loadDataWithBaseURL").telling().when(When::Text(0, is_file)).tests(FILES),
    call("asset_load", VIEW, "loadUrl").when(When::Text(0, is_asset)),
    call("asset_load", VIEW, "loadDataWithBaseURL").telling().when(When::Text(0, is_asset)),
    call("ssl_error_proceeds", SSL_ERROR, "proceed")
        .when(When::Caller("onReceivedSslError"))
        .tests(&["MASTG-TEST-0284"]),
];

fn is_cleartext(url: &str) -> bool {
    begins(url, "http://")
}

fn is_file(url: &str) -> bool {
    begins(url, "file:") && !is_asset(url)
}

/// What comes with the package and cannot be changed by others.
fn is_asset(url: &str) -> bool {
    begins(url, "file:///android_asset/") || begins(url, "file:///android_res/")
}

fn begins(url: &str, prefix: &str) -> bool {
    url.trim_start().get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
