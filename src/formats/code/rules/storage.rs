//! What is written where others can read it: files, preferences, external storage, the clipboard, logs.

use crate::formats::code::rule::{Rule, When, call};

const CONTEXT: &[&str] = &["android.content.Context"];
const FILE: &[&str] = &["java.io.File"];
const ENVIRONMENT: &[&str] = &["android.os.Environment"];
const CLIPBOARD: &[&str] = &["android.content.ClipboardManager"];
const LOG: &[&str] = &["android.util.Log"];
const STRICT_MODE: &[&str] = &["android.os.StrictMode"];

/// MODE_WORLD_READABLE and MODE_WORLD_WRITEABLE
const READABLE: When = When::Bits(1, 1);
const WRITABLE: When = When::Bits(1, 2);
/// `setReadable(true, false)`: for all, not for the owner alone.
const FOR_ALL: When = When::All(&[When::Number(0, 1), When::Number(1, 0)]);

const LOCAL: &[&str] = &["MASTG-TEST-0001"];
const EXTERNAL: &[&str] = &["MASTG-TEST-0200", "MASTG-TEST-0202"];
const LOGS: &[&str] = &["MASTG-TEST-0231", "MASTG-TEST-0203"];
const STRICT: &[&str] = &["MASTG-TEST-0265"];

pub(super) const RULES: &[Rule] = &[
    call("world_readable_file", CONTEXT, "openFileOutput").telling().when(READABLE).tests(LOCAL),
    call("world_readable_file", CONTEXT, "getDir").telling().when(READABLE).tests(LOCAL),
    call("world_readable_file", FILE, "setReadable").when(FOR_ALL).tests(LOCAL),
    call("world_writable_file", CONTEXT, "openFileOutput").telling().when(WRITABLE).tests(LOCAL),
    call("world_writable_file", CONTEXT, "getDir").telling().when(WRITABLE).tests(LOCAL),
    call("world_writable_file", FILE, "setWritable").when(FOR_ALL).tests(LOCAL),
    call("world_readable_preferences", CONTEXT, "getSharedPreferences").telling().when(READABLE).tests(LOCAL),
    call("world_writable_preferences", CONTEXT, "getSharedPreferences").telling().when(WRITABLE).tests(LOCAL),
    call("world_readable_database", CONTEXT, "openOrCreateDatabase").telling().when(READABLE).tests(LOCAL),
    call("world_writable_database", CONTEXT, "openOrCreateDatabase").telling().when(WRITABLE).tests(LOCAL),
    call("external_storage", ENVIRONMENT, "getExternalStorageDirectory").tests(EXTERNAL),
    call("external_storage", ENVIRONMENT, "getExternalStoragePublicDirectory").tests(EXTERNAL),
    call("external_app_storage", CONTEXT, "getExternalFilesDir").telling().tests(EXTERNAL),
    call("external_app_storage", CONTEXT, "getExternalFilesDirs").telling().tests(EXTERNAL),
    call("external_app_storage", CONTEXT, "getExternalCacheDir").telling().tests(EXTERNAL),
    call("external_app_storage", CONTEXT, "getExternalCacheDirs").telling().tests(EXTERNAL),
    call("external_app_storage", CONTEXT, "getExternalMediaDirs").telling().tests(EXTERNAL),
    call("clipboard_write", CLIPBOARD, "setPrimaryClip").tests(&["MASTG-TEST-0008"]),
];

pub(super) const LOGGING: &[Rule] = &[
    call("log", LOG, "v").tests(LOGS),
    call("log", LOG, "d").tests(LOGS),
    call("log", LOG, "i").tests(LOGS),
    call("log", LOG, "w").tests(LOGS),
    call("log", LOG, "e").tests(LOGS),
    call("log", LOG, "wtf").tests(LOGS),
    call("log", LOG, "println").tests(LOGS),
    call("console_print", &["java.io.PrintStream"], "println").tests(LOGS),
    call("console_print", &["java.io.PrintStream"], "print").tests(LOGS),
    call("stack_trace_print", &["java.lang.Throwable"], "printStackTrace").tests(&["MASTG-TEST-0041"]),
    call("strict_mode", STRICT_MODE, "setThreadPolicy").tests(STRICT),
    call("strict_mode", STRICT_MODE, "setVmPolicy").tests(STRICT),
];
