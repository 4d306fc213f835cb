#!/usr/bin/env bash
# A .dmg of the bundled Captionlint.app, with macOS's own tools: packaging/macos/make_dmg.sh VERSION APP DIST
# Not run yet: it was written beside the Linux packages, on a machine without macOS. The app is signed ad hoc; for a
# signature that Gatekeeper knows, set SIGN_AS to the name of a Developer ID and notarise the .dmg.
set -euo pipefail
version=$1 app=$2 dist=$3
staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
codesign --force --deep --options runtime --sign "${SIGN_AS:--}" "$app"
cp -R "$app" "$staging/"
ln -s /Applications "$staging/Applications"
hdiutil create -volname "Captionlint $version" -srcfolder "$staging" -format ULFO -ov \
  "$dist/captionlint-$version-macos-$(uname -m).dmg"
