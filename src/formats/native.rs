//! Hardening of native libraries, as the linker and the compiler left it in an ELF file (System V gABI; Android and HarmonyOS
//! load the same form). The file is read by `goblin`; what its absence means is decided here.

use goblin::elf::{
    Elf,
    dynamic::{DF_1_NOW, DF_BIND_NOW, DF_TEXTREL, DT_BIND_NOW, DT_TEXTREL},
    header::{ET_DYN, ET_EXEC},
    program_header::{PF_X, PT_GNU_RELRO, PT_GNU_STACK, PT_LOAD},
    section_header::SHT_SYMTAB,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Fact, UnreadStatus};

/// Names that are listed of one library.
const MAX_NEEDED: usize = 100;
/// Functions of the C library that have a checked form; a library that uses none has nothing to fortify.
const FORTIFIABLE: &[&str] = &[
    "fgets", "memcpy", "memmove", "memset", "read", "recv", "snprintf", "sprintf", "strcat", "strcpy", "strlen", "strncat",
    "strncpy", "vsnprintf", "vsprintf",
];

/// One native library.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct NativeLib {
    pub path: String,
    /// As `arm64-v8a`: by its folder, or else by the file's own header.
    pub abi: String,
    pub bits: Fact<i64>,
    /// The stack cannot be run.
    pub nx: Fact<bool>,
    /// It can be loaded anywhere.
    pub pie: Fact<bool>,
    /// `full`, `partial` or `none`: what of its tables is read-only once it runs.
    pub relro: Fact<String>,
    /// Functions check their stack frames. Unread where nothing that was compiled in C is imported.
    pub canary: Fact<bool>,
    /// Checked forms of C functions are used. Unread where nothing is there to check.
    pub fortify: Fact<bool>,
    /// It names folders to look for libraries in.
    pub rpath: Fact<bool>,
    /// The full table of symbols was taken out.
    pub stripped: Fact<bool>,
    /// Its code is changed while it is loaded.
    pub text_relocations: Fact<bool>,
    /// Its segments fit pages of 16 KiB, as Android 15 may have them.
    pub page_16k: Fact<bool>,
    /// Libraries that it needs, sorted, at most 100.
    pub needed: Fact<Vec<String>>,
}

/// Reads one library.
pub fn read(path: &str, bytes: &[u8]) -> NativeLib {
    match Elf::parse(bytes) {
        Ok(elf) => described(path, &elf),
        Err(_) => unreadable(path),
    }
}

fn unreadable(path: &str) -> NativeLib {
    fn unread<T>() -> Fact<T> {
        Fact::unread(UnreadStatus::Error, "elf: malformed")
    }
    NativeLib {
        path: path.to_owned(),
        abi: folder_abi(path).unwrap_or_default(),
        bits: unread(),
        nx: unread(),
        pie: unread(),
        relro: unread(),
        canary: unread(),
        fortify: unread(),
        rpath: unread(),
        stripped: unread(),
        text_relocations: unread(),
        page_16k: unread(),
        needed: unread(),
    }
}

fn described(path: &str, elf: &Elf<'_>) -> NativeLib {
    let imports: Vec<&str> = imports(elf).collect();
    let mut needed: Vec<String> = elf.libraries.iter().map(|name| (*name).to_owned()).collect();
    needed.sort();
    needed.truncate(MAX_NEEDED);
    NativeLib {
        path: path.to_owned(),
        abi: folder_abi(path).unwrap_or_else(|| machine(elf)),
        bits: Fact::Known(if elf.is_64 { 64 } else { 32 }),
        nx: nx(elf),
        pie: match elf.header.e_type {
            ET_DYN => Fact::Known(true),
            ET_EXEC => Fact::Known(false),
            _ => Fact::unread(UnreadStatus::Error, "elf: type"),
        },
        relro: Fact::Known(relro(elf).to_owned()),
        canary: canary(elf, &imports),
        fortify: fortify(&imports),
        rpath: Fact::Known(!elf.rpaths.is_empty() || !elf.runpaths.is_empty()),
        stripped: Fact::Known(!elf.section_headers.iter().any(|section| section.sh_type == SHT_SYMTAB)),
        text_relocations: Fact::Known(text_relocations(elf)),
        page_16k: page_16k(elf),
        needed: Fact::Known(needed),
    }
}

/// Names of dynamic symbols that other libraries have to bring.
fn imports<'e>(elf: &'e Elf<'_>) -> impl Iterator<Item = &'e str> {
    elf.dynsyms.iter().filter(|symbol| symbol.is_import()).filter_map(|symbol| elf.dynstrtab.get_at(symbol.st_name))
}

fn nx(elf: &Elf<'_>) -> Fact<bool> {
    match elf.program_headers.iter().find(|header| header.p_type == PT_GNU_STACK) {
        Some(header) => Fact::Known(header.p_flags & PF_X == 0),
        // Without a word loaders take the stack of their platform, which is not the library's merit.
        None => Fact::unread(UnreadStatus::NotTested, "elf: no_gnu_stack"),
    }
}

fn relro(elf: &Elf<'_>) -> &'static str {
    let has_segment = elf.program_headers.iter().any(|header| header.p_type == PT_GNU_RELRO);
    let binds_now = elf.dynamic.as_ref().is_some_and(|dynamic| {
        let tagged = dynamic.dyns.iter().any(|entry| entry.d_tag == DT_BIND_NOW);
        tagged || dynamic.info.flags & DF_BIND_NOW != 0 || dynamic.info.flags_1 & DF_1_NOW != 0
    });
    // Without a table of late bindings nothing is left to bind late.
    let binds_late = elf.dynamic.as_ref().is_some_and(|dynamic| dynamic.info.pltrelsz > 0);
    match (has_segment, binds_now || !binds_late) {
        (false, _) => "none",
        (true, false) => "partial",
        (true, true) => "full",
    }
}

fn canary(elf: &Elf<'_>, imports: &[&str]) -> Fact<bool> {
    let is_guard = |name: &str| matches!(name, "__stack_chk_fail" | "__stack_chk_guard" | "__stack_chk_fail_local");
    let defined = || elf.syms.iter().filter_map(|symbol| elf.strtab.get_at(symbol.st_name)).any(is_guard);
    if imports.iter().any(|name| is_guard(name)) || defined() {
        Fact::Known(true)
    } else if imports.is_empty() {
        Fact::unread(UnreadStatus::NotTested, "elf: no_imports")
    } else {
        Fact::Known(false)
    }
}

fn fortify(imports: &[&str]) -> Fact<bool> {
    if imports.iter().any(|name| name.starts_with("__") && name.ends_with("_chk")) {
        Fact::Known(true)
    } else if imports.iter().any(|name| FORTIFIABLE.contains(name)) {
        // The compiler leaves the unchecked form where it sees that the size is right.
        Fact::unread(UnreadStatus::NotTested, "elf: may_be_proven")
    } else {
        Fact::unread(UnreadStatus::NotTested, "elf: nothing_to_fortify")
    }
}

fn text_relocations(elf: &Elf<'_>) -> bool {
    elf.dynamic.as_ref().is_some_and(|dynamic| {
        dynamic.info.flags & DF_TEXTREL != 0 || dynamic.dyns.iter().any(|entry| entry.d_tag == DT_TEXTREL)
    })
}

fn page_16k(elf: &Elf<'_>) -> Fact<bool> {
    let mut loads = elf.program_headers.iter().filter(|header| header.p_type == PT_LOAD).peekable();
    match loads.peek() {
        Some(_) => Fact::Known(loads.all(|header| header.p_align >= 16 << 10)),
        None => Fact::unread(UnreadStatus::Error, "elf: no_segments"),
    }
}

/// `arm64-v8a` of `lib/arm64-v8a/libexample.so`, and of `libs/` in packages of HarmonyOS.
fn folder_abi(path: &str) -> Option<String> {
    let mut parts = path.split('/').skip_while(|part| !matches!(*part, "lib" | "libs" | "jni"));
    parts.next()?;
    let abi = parts.next()?;
    parts.next()?;
    Some(abi.to_owned())
}

fn machine(elf: &Elf<'_>) -> String {
    goblin::elf::header::machine_to_str(elf.header.e_machine).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{folder_abi, read};
    use crate::model::Fact;

    #[test]
    fn what_is_no_library_leaves_everything_unread() {
        for bytes in [&b""[..], b"\x7fELF", b"#!/bin/sh", &[0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]] {
            let library = read("lib/x86_64/liba.so", bytes);
            assert!(library.nx.known().is_none() && library.relro.known().is_none());
            assert_eq!(library.abi, "x86_64");
        }
    }

    #[test]
    fn the_folder_tells_for_whom_a_library_is() {
        assert_eq!(folder_abi("lib/arm64-v8a/liba.so").as_deref(), Some("arm64-v8a"));
        assert_eq!(folder_abi("base/lib/armeabi-v7a/liba.so").as_deref(), Some("armeabi-v7a"));
        assert_eq!(folder_abi("assets/liba.so"), None);
    }

    #[test]
    fn this_very_program_is_read() {
        // A test binary is made by a current toolchain: at any address, and its tables read-only.
        let Ok(path) = std::env::current_exe() else { return };
        #[expect(clippy::disallowed_methods, reason = "a test reads a file")]
        let library = read("lib/x86_64/self.so", &std::fs::read(path).unwrap());
        assert_eq!((library.pie, library.nx), (Fact::Known(true), Fact::Known(true)));
        assert_eq!(library.relro, Fact::Known("full".to_owned()));
    }
}
