#!/bin/sh
# Cuts the report fonts from their upstream packages. Needs: npm, zstd, python3 with venv, Debian's unicode-data.
# Run it anywhere: it works in a temporary folder and replaces the .zst files beside itself.
# The same package versions give the same bytes (fonttools, npm packages and zstd level are fixed below).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip -q install fonttools==4.68.0
npm pack --silent @expo-google-fonts/noto-sans-sc@0.4.3 @expo-google-fonts/jetbrains-mono@0.4.1 >/dev/null
for archive in *.tgz; do
    mkdir -p "${archive%-[0-9]*}"
    tar -xzf "$archive" -C "${archive%-[0-9]*}" --strip-components=1
done
python3 "$here/sets.py"

cut() { # source, character set, name
    SOURCE_DATE_EPOCH=0 venv/bin/pyftsubset "$1" --unicodes-file="$2" --output-file="$3.ttf" \
        --no-hinting --layout-features= --no-glyph-names --notdef-outline --no-recalc-timestamp \
        --drop-tables+=GPOS,GSUB,GDEF,vhea,vmtx,VORG,BASE,DSIG,meta,STAT,gasp --name-IDs=0,1,2,3,4,5,6,13,14
    zstd -q -19 --no-check -f "$3.ttf" -o "$here/$3.ttf.zst"
}
cut expo-google-fonts-noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf text.txt noto-sans-sc-regular
cut expo-google-fonts-noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf text.txt noto-sans-sc-bold
cut expo-google-fonts-jetbrains-mono/400Regular/JetBrainsMono_400Regular.ttf mono.txt jetbrains-mono-regular
ls -l "$here"/*.zst
