//! What a file is that is no app package, by how it begins or by what is in it.

use crate::formats::zip::{Archive, ReadAt, read_range};

/// Bytes at the beginning that are looked at.
const HEAD: usize = 512;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// Short and stable.
    pub code: &'static str,
    pub zh: &'static str,
    /// With its article.
    pub en: &'static str,
}

const fn of(code: &'static str, zh: &'static str, en: &'static str) -> Foreign {
    Foreign { code, zh, en }
}

/// What begins with these bytes at this offset. The first that fits counts.
const MAGIC: &[(usize, &[u8], Foreign)] = &[
    (0, b"%PDF-", of("pdf", "PDF 文档", "a PDF document")),
    (0, b"\x7fELF", of("elf", "ELF 程序或库", "an ELF program or library")),
    (0, b"dex\n0", of("dex", "DEX 代码文件", "a DEX file of an Android app")),
    (0, b"\x03\x00\x08\x00", of("axml", "Android 二进制 XML", "a binary XML file of an Android app")),
    (0, b"PANDA\0\0\0", of("abc", "方舟字节码", "an Ark bytecode file of a HarmonyOS app")),
    (0, b"\xca\xfe\xba\xbe", of("mach_o", "Mach-O 程序或 Java 类", "a Mach-O program or a Java class")),
    (0, b"\xcf\xfa\xed\xfe", of("mach_o", "Mach-O 程序", "a Mach-O program")),
    (0, b"\xce\xfa\xed\xfe", of("mach_o", "Mach-O 程序", "a Mach-O program")),
    (0, b"MZ", of("pe", "Windows 程序", "a Windows program")),
    (0, b"\x1f\x8b", of("gzip", "gzip 压缩文件", "a gzip file")),
    (0, b"7z\xbc\xaf\x27\x1c", of("7z", "7z 压缩包", "a 7z archive")),
    (0, b"Rar!\x1a\x07", of("rar", "RAR 压缩包", "a RAR archive")),
    (0, b"BZh", of("bzip2", "bzip2 压缩文件", "a bzip2 file")),
    (0, b"\xfd7zXZ\0", of("xz", "xz 压缩文件", "an xz file")),
    (0, b"\x28\xb5\x2f\xfd", of("zstd", "zstd 压缩文件", "a zstd file")),
    (257, b"ustar", of("tar", "tar 归档", "a tar archive")),
    (0, b"\x89PNG\r\n\x1a\n", of("png", "PNG 图片", "a PNG image")),
    (0, b"\xff\xd8\xff", of("jpeg", "JPEG 图片", "a JPEG image")),
    (0, b"GIF8", of("gif", "GIF 图片", "a GIF image")),
    (0, b"RIFF", of("riff", "RIFF 媒体文件", "a RIFF media file")),
    (4, b"ftyp", of("mp4", "MP4 媒体文件", "an MP4 media file")),
    (
        0,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        of("ole", "旧版 Office 文档或安装包", "an old Office document or installer"),
    ),
    (0, b"SQLite format 3\0", of("sqlite", "SQLite 数据库", "an SQLite database")),
    (0, b"bplist00", of("plist", "二进制属性列表", "a binary property list")),
    (0, b"-----BEGIN ", of("pem", "PEM 证书或密钥", "a certificate or key as PEM")),
    (0, b"<!DOCTYPE", of("html", "网页", "a web page")),
    (0, b"<!doctype", of("html", "网页", "a web page")),
    (0, b"<html", of("html", "网页", "a web page")),
    (0, b"<?xml", of("xml", "XML 文件", "an XML file")),
    (0, b"#!", of("script", "脚本", "a script")),
];

const CUT: Foreign = of("cut_zip", "不完整或损坏的 zip 压缩包", "a zip archive that was cut off or damaged");

const AAR: Foreign = of("aar", "Android 库（AAR）", "an Android library (AAR)");
const OFFICE: Foreign = of("office", "Office 文档", "an Office document");
const OPEN_DOCUMENT: Foreign = of("open_document", "OpenDocument 文档或电子书", "an OpenDocument file or an e-book");
const JAR: Foreign = of("jar", "Java 归档（JAR）", "a Java archive");

impl Foreign {
    /// By how the file begins.
    pub fn begins(source: &dyn ReadAt) -> Option<Self> {
        let head = read_range(source, 0, HEAD).ok()?;
        let fits = |(at, magic, _): &&(usize, &[u8], Self)| head.get(*at..).is_some_and(|rest| rest.starts_with(magic));
        MAGIC.iter().find(fits).map(|(.., foreign)| *foreign)
    }

    /// A file that does not read as an archive, though it begins as one.
    pub fn cut(source: &dyn ReadAt) -> Option<Self> {
        let head = read_range(source, 0, 4).ok()?;
        (head == b"PK\x03\x04").then_some(CUT)
    }

    /// By what is in an archive that is no app package.
    pub fn archive(archive: &Archive<'_>) -> Option<Self> {
        let has = |name: &str| archive.find(name).is_some();
        if has("AndroidManifest.xml") && has("classes.jar") {
            Some(AAR)
        } else if has("[Content_Types].xml") {
            Some(OFFICE)
        } else if has("mimetype") {
            Some(OPEN_DOCUMENT)
        } else if has("META-INF/MANIFEST.MF") || archive.entries().iter().any(|entry| entry.name.ends_with(".class")) {
            Some(JAR)
        } else {
            None
        }
    }
}
