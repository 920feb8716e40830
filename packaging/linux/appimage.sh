#!/bin/bash
# Makes an AppImage of the frozen program: packaging/linux/appimage.sh FOLDER OUT
# Wants build/marks, and appimagetool on the path (or in APPIMAGETOOL) with its static runtime; without it, it stops at
# the folder that would go into the image, OUT/Anonamoose.AppDir, whose AppRun can be started as it is.
set -euo pipefail

folder=$(realpath "$1") out=$(realpath -m "$2")
here=$(dirname "$(realpath "$0")")
root=$(realpath "$here/../..")
version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' "$root/app/__init__.py")
image=$out/Anonamoose.AppDir

rm -rf "$image"
install -d "$image/usr/lib" "$image/usr/share/icons/hicolor/256x256/apps" "$image/usr/share/metainfo"
cp -a "$folder" "$image/usr/lib/anonamoose"
install -m 644 "$here/anonamoose.desktop" "$image/anonamoose.desktop"
install -m 644 "$root/build/marks/256.png" "$image/anonamoose.png"
install -m 644 "$root/build/marks/256.png" "$image/usr/share/icons/hicolor/256x256/apps/anonamoose.png"
ln -s anonamoose.png "$image/.DirIcon"
sed "s/@VERSION@/$version/; s/@DATE@/$(date --utc +%Y-%m-%d)/" "$here/org.anonamoose.Anonamoose.metainfo.xml" \
    > "$image/usr/share/metainfo/org.anonamoose.Anonamoose.metainfo.xml"
cat > "$image/AppRun" <<'RUN'
#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/usr/lib/anonamoose/anonamoose" "$@"
RUN
chmod 755 "$image/AppRun"

tool=${APPIMAGETOOL:-appimagetool}
if command -v "$tool" >/dev/null; then
    ARCH=$(uname -m) "$tool" --no-appstream "$image" "$out/Anonamoose-$version-$(uname -m).AppImage"
else
    echo "appimagetool is not here: stopped at $image"
fi
