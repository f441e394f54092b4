#!/usr/bin/env bash
# Assembles tests/data/dex/*/*.smali into tests/data/dex/*.dex. Needs the smali assembler (Debian: libsmali-java).
set -euo pipefail
cd "$(dirname "$0")/../tests/data/dex"
for family in */; do
  smali assemble --jobs 1 --api 28 --output "${family%/}.dex" "$family"
done
