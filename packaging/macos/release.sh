#!/bin/bash
# Signs the bundle, packs it into a disk image and has Apple notarise that: packaging/macos/release.sh APP OUT
# From the environment, and each may be absent, which leaves its step out and says so:
#   CODESIGN_IDENTITY   "Developer ID Application: …", whose certificate is in the keychain
#   NOTARY_PROFILE      what notarytool's credentials were stored as (xcrun notarytool store-credentials), or
#   NOTARY_APPLE_ID, NOTARY_TEAM_ID, NOTARY_PASSWORD   the credentials themselves
set -euo pipefail

app=$1 out=$2
here=$(cd "$(dirname "$0")" && pwd)
version=$(/usr/libexec/PlistBuddy -c 'Print :CFBundleShortVersionString' "$app/Contents/Info.plist")
image=$out/Anonamoose-$version-$(uname -m).dmg

if [[ -n ${CODESIGN_IDENTITY:-} ]]; then
    # From the inside out: what is in the bundle first, then what it is.
    find "$app/Contents" -type f \( -name '*.so' -o -name '*.dylib' -o -perm -u+x \) -print0 |
        xargs -0 codesign --force --timestamp --options runtime --sign "$CODESIGN_IDENTITY"
    codesign --force --timestamp --options runtime --entitlements "$here/entitlements.plist" \
        --sign "$CODESIGN_IDENTITY" "$app"
    codesign --verify --deep --strict --verbose=2 "$app"
else
    echo "CODESIGN_IDENTITY is not set: the bundle is not signed."
fi

staged=$(mktemp -d)
trap 'rm -rf "$staged"' EXIT
cp -R "$app" "$staged/"
ln -s /Applications "$staged/Applications"
mkdir -p "$out"
hdiutil create -volname Anonamoose -srcfolder "$staged" -fs HFS+ -format UDZO -ov "$image"

if [[ -z ${CODESIGN_IDENTITY:-} ]]; then
    exit 0
fi
codesign --timestamp --sign "$CODESIGN_IDENTITY" "$image"
if [[ -n ${NOTARY_PROFILE:-} ]]; then
    credentials=(--keychain-profile "$NOTARY_PROFILE")
elif [[ -n ${NOTARY_APPLE_ID:-} ]]; then
    credentials=(--apple-id "$NOTARY_APPLE_ID" --team-id "$NOTARY_TEAM_ID" --password "$NOTARY_PASSWORD")
else
    echo "No credentials for the notary service: the image is signed, not notarised."
    exit 0
fi
xcrun notarytool submit "$image" "${credentials[@]}" --wait
xcrun stapler staple "$image"
spctl --assess --type open --context context:primary-signature --verbose "$image"
