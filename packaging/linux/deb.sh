#!/bin/bash
# Makes a Debian package of the frozen program: packaging/linux/deb.sh FOLDER OUT
# FOLDER is what pyinstaller made, OUT where the package goes. Wants build/marks (python -m tools.marks build/marks).
# From the environment: VERSION, where the package's differs from the program's; COMPRESSION, xz or the faster zstd.
set -euo pipefail

folder=$(realpath "$1") out=$(realpath -m "$2")
here=$(dirname "$(realpath "$0")")
root=$(realpath "$here/../..")
version=${VERSION:-$(sed -n 's/^__version__ = "\(.*\)"/\1/p' "$root/app/__init__.py")}
architecture=$(dpkg --print-architecture)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

place() { install -D -m "${3:-644}" "$1" "$tree/$2"; }

install -d "$tree/usr/lib" "$tree/usr/bin" "$tree/etc/anonamoose" "$out"
cp -a "$folder" "$tree/usr/lib/anonamoose"
ln -s ../lib/anonamoose/anonamoose "$tree/usr/bin/anonamoose"
place "$here/anonamoose.desktop" usr/share/applications/anonamoose.desktop
place "$here/anonamoose-autostart.desktop" etc/xdg/autostart/anonamoose.desktop
place "$here/systemd/user.service" usr/lib/systemd/user/anonamoose.service
place "$here/systemd/system.service" lib/systemd/system/anonamoose.service
place "$root/build/marks/anonamoose.svg" usr/share/icons/hicolor/scalable/apps/anonamoose.svg
for mark in "$root"/build/marks/[0-9]*.png; do
    size=$(basename "$mark" .png)
    place "$mark" "usr/share/icons/hicolor/${size}x${size}/apps/anonamoose.png"
done
date=$(date --utc --date="@${SOURCE_DATE_EPOCH:-$(date +%s)}" +%Y-%m-%d)
sed "s/@VERSION@/$version/; s/@DATE@/$date/" "$here/org.anonamoose.Anonamoose.metainfo.xml" > "$tree/metainfo"
place "$tree/metainfo" usr/share/metainfo/org.anonamoose.Anonamoose.metainfo.xml
rm "$tree/metainfo"
"$here/docs.sh" "$tree/usr/share/doc/anonamoose"
place "$here/deb/overrides" usr/share/lintian/overrides/anonamoose
place "$here/deb/copyright" usr/share/doc/anonamoose/copyright
# The package's own changes, as Debian writes them; those of the program are in CHANGELOG.md.
printf 'anonamoose (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md beside this file.\n\n -- %s  %s\n' "$version" \
    "$(sed -n 's/^Maintainer: //p' "$here/deb/control")" "$(date --utc -R --date="@${SOURCE_DATE_EPOCH:-$(date +%s)}")" |
    gzip -9n > "$tree/usr/share/doc/anonamoose/changelog.gz"
install -d "$tree/usr/share/man/man1"
gzip -9n < "$here/anonamoose.1" > "$tree/usr/share/man/man1/anonamoose.1.gz"
chmod 750 "$tree/etc/anonamoose"

find "$tree" -type d ! -path "$tree/etc/anonamoose" -exec chmod 755 {} +
find "$tree" -type f -exec chmod u+rw,go+r,go-w {} +
find "$tree/usr/lib/anonamoose/_internal" -type f -exec chmod a-x {} +
# The newest version of the C library that any part asks for.
glibc=$(find "$tree/usr/lib/anonamoose" -type f \( -name '*.so*' -o -name anonamoose \) -exec objdump -T {} + 2>/dev/null |
    grep -o 'GLIBC_2\.[0-9]*' | sort -uV | tail -n 1 | sed 's/GLIBC_//')
size=$(du -sk --apparent-size "$tree" | cut -f1)
mkdir -m 755 "$tree/DEBIAN"
sed "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@SIZE@/$size/; s/@GLIBC@/$glibc/" \
    "$here/deb/control" > "$tree/DEBIAN/control"
for script in prerm postinst postrm; do place "$here/deb/$script" "DEBIAN/$script" 755; done
echo /etc/xdg/autostart/anonamoose.desktop > "$tree/DEBIAN/conffiles"
(cd "$tree" && find etc lib usr -type f -print0 | sort -z | xargs -0 md5sum > DEBIAN/md5sums)
dpkg-deb --root-owner-group -Z"${COMPRESSION:-xz}" --build "$tree" "$out/anonamoose_${version}_$architecture.deb"
