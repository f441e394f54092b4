#!/bin/sh
# Builds packages/tianfu-dept.apk from packages/app: the mobile client of the sample subsite.
# Needs Debian's aapt, zipalign, apksigner, a Java runtime with keytool, and android-framework-res.
# The signing key is made anew each time and thrown away, so a rebuilt package has another digest.
set -eu
cd "$(dirname "$0")/packages"
framework=/usr/share/android-framework-res/framework-res.apk
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

aapt package -f -M app/AndroidManifest.xml -S app/res -I "$framework" -F "$work/unaligned.apk"
zipalign -f 4 "$work/unaligned.apk" "$work/aligned.apk"
keytool -genkeypair -keystore "$work/key.p12" -storetype PKCS12 -storepass sample-only -keyalg RSA -keysize 3072 \
    -sigalg SHA256withRSA -validity 9125 -alias sample -dname "CN=Tianfu sample, O=jixian samples, C=CN" 2>/dev/null
apksigner sign --ks "$work/key.p12" --ks-pass pass:sample-only --min-sdk-version 24 --v1-signing-enabled false \
    --v4-signing-enabled false --out tianfu-dept.apk "$work/aligned.apk"
sha256sum tianfu-dept.apk
