//! Code that does not come with the package, and commands that it starts.

use crate::formats::code::rule::{Rule, When, call, defines, text};

const CONTEXT: &[&str] = &["android.content.Context"];
const DEX_FILE: &[&str] = &["dalvik.system.DexFile"];
const CLASS_LOADER: &[&str] = &["dalvik.system.PathClassLoader", "dalvik.system.DelegateLastClassLoader"];
const INSTALLER: &[&str] = &["android.content.pm.PackageInstaller$Session"];
/// CONTEXT_INCLUDE_CODE
const INCLUDE_CODE: i64 = 1;

pub(super) const RULES: &[Rule] = &[
    call("dex_class_loader", &["dalvik.system.DexClassLoader", "dalvik.system.BaseDexClassLoader"], "<init>"),
    call("path_class_loader", CLASS_LOADER, "<init>"),
    call("in_memory_dex_class_loader", &["dalvik.system.InMemoryDexClassLoader"], "<init>"),
    call("dex_file", DEX_FILE, "loadDex"),
    call("dex_file", DEX_FILE, "<init>"),
    call("foreign_code_context", CONTEXT, "createPackageContext").telling().when(When::Bits(1, INCLUDE_CODE)),
    call("library_by_path", &["java.lang.System", "java.lang.Runtime"], "load"),
    call("runtime_exec", &["java.lang.Runtime"], "exec"),
    call("process_builder", &["java.lang.ProcessBuilder"], "<init>"),
    call("package_install", INSTALLER, "commit"),
    text("package_install", &["application/vnd.android.package-archive", "android.intent.action.INSTALL_PACKAGE"]),
    defines("hot_patch_tinker", &["com.tencent.tinker."]),
    defines("hot_patch_sophix", &["com.taobao.sophix."]),
    defines("hot_patch_robust", &["com.meituan.robust."]),
    defines("hot_patch_andfix", &["com.alipay.euler.andfix."]),
];
