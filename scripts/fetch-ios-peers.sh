#!/usr/bin/env bash
# Mach-O files that others built and signed, for tests/ios_peers.rs: from the npm registry into target/ios-peers.
# Needs npm. Does nothing where they are there already.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=target/ios-peers
# Package, version, and the file in it: linked by Go and signed ad hoc; of two slices; two slices signed ad hoc; signed by a
# company through Apple, with entitlements and pages of 16 KiB.
files=(
  "@esbuild/darwin-arm64 0.28.2 bin/esbuild"
  "fsevents 2.3.3 fsevents.node"
  "@sentry/cli-darwin 3.8.0 bin/sentry-cli"
  "@oven/bun-darwin-aarch64 1.4.5 bin/bun"
)
mkdir -p "$folder"
for line in "${files[@]}"; do
  read -r package version file <<<"$line"
  name="$(basename "$file")"
  [ -s "$folder/$name" ] && continue
  packed="$(cd "$folder" && npm pack --silent "$package@$version" | tail -n 1)"
  tar -xzf "$folder/$packed" -C "$folder" --strip-components="$(tr -cd / <<<"package/$file" | wc -c)" "package/$file"
  rm -f "$folder/$packed"
done
