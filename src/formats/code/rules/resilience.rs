//! What the app does for its own protection. That it is there says nothing of how well it works.

use crate::formats::code::rule::{Rule, When, call, defines, text};

const WINDOW: &[&str] = &["android.view.Window"];
const VIEW: &[&str] = &["android.view.View"];
const ACTIVITY: &[&str] = &["android.app.Activity"];
const DEBUG: &[&str] = &["android.os.Debug"];
const PACKAGES: &[&str] = &["android.content.pm.PackageManager"];
const KEYGUARD: &[&str] = &["android.app.KeyguardManager"];
const PROMPT: &[&str] = &["android.hardware.biometrics.BiometricPrompt"];
const PROMPT_X: &[&str] = &["androidx.biometric.BiometricPrompt"];
const FINGERPRINT: &[&str] =
    &["android.hardware.fingerprint.FingerprintManager", "androidx.core.hardware.fingerprint.FingerprintManagerCompat"];
const BIOMETRICS: &[&str] = &["android.hardware.biometrics.BiometricManager", "androidx.biometric.BiometricManager"];
const SAFETY_NET: &[&str] =
    &["com.google.android.gms.safetynet.SafetyNetClient", "com.google.android.gms.safetynet.SafetyNetApi"];
const PLAY_INTEGRITY: &[&str] = &["com.google.android.play.core.integrity.IntegrityManagerFactory"];
const HMS_SAFETY: &[&str] = &["com.huawei.hms.support.api.safetydetect.SafetyDetectClient"];
const PINNER: &[&str] = &["okhttp3.CertificatePinner$Builder"];

/// FLAG_SECURE
const SECURE: When = When::Bits(0, 0x2000);
/// GET_SIGNATURES and GET_SIGNING_CERTIFICATES
const SIGNATURES: When = When::Bits(1, 0x0800_0040);
const YES: When = When::Number(0, 1);

const SCREENSHOTS: &[&str] = &["MASTG-TEST-0010"];
const OVERLAYS: &[&str] = &["MASTG-TEST-0035"];
const ROOT: &[&str] = &["MASTG-TEST-0045"];
const DEBUGGING: &[&str] = &["MASTG-TEST-0046"];
const INTEGRITY: &[&str] = &["MASTG-TEST-0050"];
const TOOLS: &[&str] = &["MASTG-TEST-0048"];
const BIOMETRIC: &[&str] = &["MASTG-TEST-0018"];
const LOCK: &[&str] = &["MASTG-TEST-0247"];

pub(super) const RULES: &[Rule] = &[
    call("screenshot_protection", WINDOW, "setFlags").when(SECURE).tests(SCREENSHOTS),
    call("screenshot_protection", WINDOW, "addFlags").when(SECURE).tests(SCREENSHOTS),
    call("screenshot_protection", &["android.view.SurfaceView"], "setSecure").when(YES).tests(SCREENSHOTS),
    call("screenshot_protection", ACTIVITY, "setRecentsScreenshotEnabled")
        .telling()
        .when(When::Number(0, 0))
        .tests(SCREENSHOTS),
    call("tapjacking_protection", VIEW, "setFilterTouchesWhenObscured").telling().when(YES).tests(OVERLAYS),
    call("tapjacking_protection", WINDOW, "setHideOverlayWindows").when(YES).tests(OVERLAYS),
    defines("root_detection", &["com.scottyab.rootbeer."]).tests(ROOT),
    text("root_detection", &["/system/xbin/su", "/system/bin/su", "/sbin/su", "/su/bin/su", "/data/local/xbin/su"])
        .tests(ROOT),
    text("root_detection", &["/system/app/Superuser.apk", "com.topjohnwu.magisk", "eu.chainfire.supersu", "test-keys"])
        .tests(ROOT),
    text("hook_detection", &["de.robv.android.xposed*", "com.saurik.substrate*", "frida-*", "libfrida*"]).tests(TOOLS),
    call("debugger_detection", DEBUG, "isDebuggerConnected").tests(DEBUGGING),
    call("debugger_detection", DEBUG, "waitingForDebugger").tests(DEBUGGING),
    text("debugger_detection", &["TracerPid*"]).tests(DEBUGGING),
    text("emulator_detection", &["goldfish", "ranchu", "/dev/qemu_pipe", "/dev/socket/qemud", "ro.kernel.qemu"])
        .tests(&["MASTG-TEST-0049"]),
    text("emulator_detection", &["Genymotion", "google_sdk", "Android SDK built for x86*"]).tests(&["MASTG-TEST-0049"]),
    text("proxy_detection", &["http.proxyHost", "https.proxyHost"]),
    call("signature_check", PACKAGES, "getPackageInfo").when(SIGNATURES).tests(INTEGRITY),
    call("integrity_attestation", SAFETY_NET, "attest").tests(INTEGRITY),
    call("integrity_attestation", PLAY_INTEGRITY, "create").tests(INTEGRITY),
    call("integrity_attestation", PLAY_INTEGRITY, "createStandard").tests(INTEGRITY),
    call("integrity_attestation", HMS_SAFETY, "sysIntegrity").tests(INTEGRITY),
    // With a key that the biometric unlocks, there is a parameter more.
    call("biometric_with_key", PROMPT, "authenticate").when(When::Shorty(&["VLLLL"])).tests(BIOMETRIC),
    call("biometric_with_key", PROMPT_X, "authenticate").when(When::Shorty(&["VLL"])).tests(BIOMETRIC),
    call("biometric_without_key", PROMPT, "authenticate").when(When::Shorty(&["VLLL"])).tests(BIOMETRIC),
    call("biometric_without_key", PROMPT_X, "authenticate").when(When::Shorty(&["VL"])).tests(BIOMETRIC),
    call("fingerprint", FINGERPRINT, "authenticate").tests(BIOMETRIC),
    call("screen_lock_check", KEYGUARD, "isDeviceSecure").tests(LOCK),
    call("screen_lock_check", KEYGUARD, "isKeyguardSecure").tests(LOCK),
    call("screen_lock_check", BIOMETRICS, "canAuthenticate").tests(LOCK),
    call("certificate_pinning", PINNER, "add").tests(&["MASTG-TEST-0022"]),
    defines("certificate_pinning", &["com.datatheorem.android.trustkit."]).tests(&["MASTG-TEST-0022"]),
    call("encrypted_preferences", &["androidx.security.crypto.EncryptedSharedPreferences"], "create"),
    defines("encrypted_database", &["net.sqlcipher.", "net.zetetic.database."]),
];
