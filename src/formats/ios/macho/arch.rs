//! Names of machines, kinds of files and platforms (`mach/machine.h`, `mach-o/loader.h`).

/// As `lipo` and `otool` name it; the numbers where it has no name.
pub(super) fn name(cpu: u32, subtype: u32) -> String {
    const ARM64_32: u32 = 0x0200_000c;
    // The uppermost byte has capabilities, such as the version of arm64e's pointers.
    match (cpu, subtype & 0x00ff_ffff) {
        (0x0100_000c, 2) => "arm64e".to_owned(),
        (0x0100_000c, 0 | 1) => "arm64".to_owned(),
        (ARM64_32, _) => "arm64_32".to_owned(),
        (12, 6) => "armv6".to_owned(),
        (12, 9) => "armv7".to_owned(),
        (12, 11) => "armv7s".to_owned(),
        (12, 12) => "armv7k".to_owned(),
        (0x0100_0007, 8) => "x86_64h".to_owned(),
        (0x0100_0007, _) => "x86_64".to_owned(),
        (7, _) => "i386".to_owned(),
        (cpu, subtype) => format!("cpu {cpu} {subtype}"),
    }
}

/// What the file is for.
pub(super) fn kind(file_type: u32) -> String {
    match file_type {
        1 => "object".to_owned(),
        2 => "executable".to_owned(),
        6 => "dylib".to_owned(),
        7 => "dylinker".to_owned(),
        8 => "bundle".to_owned(),
        10 => "dsym".to_owned(),
        other => format!("type {other}"),
    }
}

/// The platform of `LC_BUILD_VERSION`.
pub(super) fn platform(number: u32) -> String {
    let name = match number {
        1 => "macos",
        2 => "ios",
        3 => "tvos",
        4 => "watchos",
        5 => "bridgeos",
        6 => "mac_catalyst",
        7 => "ios_simulator",
        8 => "tvos_simulator",
        9 => "watchos_simulator",
        10 => "driverkit",
        11 => "visionos",
        12 => "visionos_simulator",
        other => return format!("platform {other}"),
    };
    name.to_owned()
}

/// `xxxx.yy.zz` in nibbles; the last part is left out where it is 0.
pub(super) fn version(number: u32) -> String {
    let (major, minor, patch) = (number >> 16, number >> 8 & 0xff, number & 0xff);
    if patch == 0 { format!("{major}.{minor}") } else { format!("{major}.{minor}.{patch}") }
}
