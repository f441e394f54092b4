"""Writes the two character sets that make.sh cuts the fonts to: text.txt and mono.txt.

text.txt: the 8,105 characters of 通用规范汉字表 (Unihan kTGH, Debian package unicode-data), all of GB 2312, and the
Latin letters, punctuation, arrows, mathematical and enclosed signs that reports use. mono.txt: Latin and box drawing.
"""
import bz2
import glob
import sys


def unihan(field):
    found = set()
    for name in glob.glob("/usr/share/unicode/Unihan*.bz2"):
        with bz2.open(name, "rt", encoding="utf8") as lines:
            for line in lines:
                if line.startswith("U+") and f"\t{field}\t" in line:
                    found.add(int(line.split("\t")[0][2:], 16))
    return found


def gb2312():
    found = set()
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes([high, low]).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    return found


def ranges(*pairs):
    return {code for first, last in pairs for code in range(first, last + 1)}


SIGNS = ranges(
    (0x20, 0x7E), (0xA0, 0x17F), (0x2010, 0x204F), (0x2070, 0x209F), (0x20A0, 0x20BF), (0x2100, 0x22FF),
    (0x2460, 0x24FF), (0x2500, 0x266F), (0x2700, 0x27BF), (0x3000, 0x303F), (0x3200, 0x33FE), (0xFF00, 0xFFEF), (0xFFFD, 0xFFFD),
)
MONO = ranges((0x20, 0x7E), (0xA0, 0x17F), (0x2010, 0x2027), (0x2030, 0x203A), (0x2190, 0x2195), (0x2500, 0x257F), (0x2580, 0x259F), (0x25A0, 0x25A1), (0xFFFD, 0xFFFD))


def write(name, codes):
    with open(name, "w", encoding="ascii") as out:
        out.write("\n".join(f"U+{code:04X}" for code in sorted(codes)) + "\n")


regular_characters = unihan("kTGH")
if len(regular_characters) != 8105:
    sys.exit(f"Unihan kTGH has {len(regular_characters)} characters, expected 8,105: is unicode-data installed?")
write("text.txt", regular_characters | gb2312() | SIGNS)
write("mono.txt", MONO)
