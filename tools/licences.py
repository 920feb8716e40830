"""The licences of what the app is made of: `python -m tools.licences` prints the page, and fails on one not allowed.

What a package says of itself in its metadata, as an SPDX expression where it gives one; other spellings are
translated here. Names come from `requirements/app.lock`, so what is listed is what is installed, and no more. With
the folder of a frozen program, `python -m tools.licences FOLDER` fails where that holds a thing that is not listed.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "requirements" / "app.lock"
#: May be shipped beside code under the Apache licence. LGPL and MPL parts stay files of their own, as they ask for.
ALLOWED = frozenset(
    "0BSD Apache-2.0 BSD-2-Clause BSD-3-Clause CC0-1.0 CNRI-Python ISC LGPL-2.1-or-later LGPL-3.0-only MIT MIT-0 "
    "MPL-2.0 PSF-2.0 Zlib".split()
)
#: How packages spell it that give no SPDX expression, in lower case.
_SPELT = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2.0": "Apache-2.0",
    "apache 2.0 license": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "gnu lesser general public license v2 or later (lgplv2+)": "LGPL-2.1-or-later",
    "isc license": "ISC",
    "mit license": "MIT",
}
#: Not installed on every system and Python, or known better than the package says.
_DECLARED = {
    "async-timeout": "Apache-2.0",
    "backports-tarfile": "MIT",
    "backports-zstd": "PSF-2.0",
    "colorama": "BSD-3-Clause",
    "httpx2-jsfetch": "BSD-3-Clause",
    "importlib-metadata": "Apache-2.0",
    "jeepney": "MIT",
    "python-stdnum": "LGPL-2.1-or-later",
    "pywin32-ctypes": "BSD-3-Clause",
    "secretstorage": "BSD-3-Clause",
    "typing-extensions": "PSF-2.0",
}


#: Packages that only the frozen program brings.
_FROZEN = ("certifi",)
#: Libraries that come with the frozen program on Linux, beside those that packages bring: what, under which licence,
#: and the names of its files. What came with a package is its package's, but for what others wrote.
_LIBRARIES = (
    ("Brotli", "MIT", r"libbrotli(common|dec)"),
    ("bzip2", "bzip2-1.0.6", r"libbz2"),
    ("D-Bus", "AFL-2.1 OR GPL-2.0-or-later", r"libdbus-1"),
    ("FreeType", "FTL OR GPL-2.0-only", r"libfreetype"),
    ("GCC's libraries", "GPL-3.0-or-later WITH GCC-exception-3.1", r"lib(gcc_s|stdc\+\+|gfortran|quadmath)"),
    ("GLib", "LGPL-2.1-or-later", r"lib(glib|gobject|gthread)-2"),
    ("ICU", "Unicode-3.0", r"libicu(data|i18n|uc)"),
    ("keyutils", "LGPL-2.0-or-later", r"libkeyutils"),
    ("libbsd and libmd", "BSD-3-Clause", r"lib(bsd|md)"),
    ("libcap", "BSD-3-Clause OR GPL-2.0-only", r"libcap"),
    ("libffi", "MIT", r"libffi"),
    ("Libgcrypt", "LGPL-2.1-or-later", r"lib(gcrypt|gpg-error)"),
    ("libpng", "libpng-2.0", r"libpng16"),
    ("libuuid", "BSD-3-Clause", r"libuuid"),
    ("libxkbcommon", "MIT", r"libxkbcommon(-x11)?"),
    ("LZ4", "BSD-2-Clause", r"liblz4"),
    ("MIT Kerberos", "MIT", r"lib(gssapi_krb5|k5crypto|krb5|krb5support|com_err)"),
    ("OpenBLAS", "BSD-3-Clause", r"libscipy_openblas64_"),
    ("OpenSSL", "Apache-2.0", r"lib(crypto|ssl)"),
    ("PCRE2", "BSD-3-Clause", r"libpcre2-8"),
    ("PyInstaller's starter", "GPL-2.0-or-later WITH Bootloader-exception", r"anonamoose"),
    ("Python", "PSF-2.0", r"libpython3"),
    ("Qt", "LGPL-3.0-only", r"libQt6\w+|libpyside6|libshiboken6"),
    ("SQLite", "blessing", r"libsqlite3"),
    ("systemd", "LGPL-2.1-or-later", r"libsystemd"),
    ("X11 and XCB", "MIT", r"libX11-xcb|libXext|libxcb-[a-z-]+"),
    ("XZ", "0BSD", r"liblzma"),
    ("zlib", "Zlib", r"libz"),
    ("Zstandard", "BSD-3-Clause OR GPL-2.0-only", r"libzstd"),
)
_LIBRARY = re.compile(rf"(?:{'|'.join(files for _, _, files in _LIBRARIES)})[-.\d]")
#: Where a package's modules are not called as it is.
_MODULES = {"_cffi_backend": "cffi", "_brotli": "brotli"}
_TEXT = re.compile(r"(licen[cs]e|copying|notice|authors|third.?party.?notices)[^/]*$", re.I)
#: Licences in full, which those packages refer to that bring no text of their own, as PySide does.
_WHOLE = Path(__file__).resolve().parents[1] / "packaging" / "licences"


def names() -> list[str]:
    """What the lock installs, and what the frozen program brings beside."""
    return sorted({*re.findall(r"^([a-z0-9-]+)==", LOCK.read_text(encoding="utf-8"), re.M), *_FROZEN})


def texts() -> list[tuple[str, str]]:
    """Files with the licences of what is installed here, and the folder in the frozen program that each belongs in."""
    found = []
    for name in names():
        try:
            files = metadata.files(name) or ()
        except metadata.PackageNotFoundError:  # for another system
            continue
        rows = [file for file in files if _TEXT.match(file.name)]
        rows = [file for file in rows if ".dist-info" in file.parts[0] or len(file.parts) == 2]
        found += [(str(file.locate()), f"licences/{name}") for file in rows]
    return found + [(str(file), "licences") for file in sorted(_WHOLE.iterdir())]


def strangers(modules: Iterable[str], files: Iterable[str]) -> list[str]:
    """What of a frozen program is not on the page: its modules (`a.b`), and files beside the program (`libx.so.1`)."""
    theirs = metadata.packages_distributions()
    found: set[str] = set()
    for module in {name.partition(".")[0] for name in modules} - sys.stdlib_module_names - {"app"}:
        packages = {_MODULES[module]} if module in _MODULES else {_normal(name) for name in theirs.get(module, ())}
        if packages and not packages & {*names()}:
            found.add(module)
    found |= {file for file in files if not _LIBRARY.match(file)}
    return sorted(found)


def frozen(folder: Path) -> list[str]:
    """What of the frozen program in `folder` is not on the page."""
    listed = subprocess.run(
        ["pyi-archive_viewer", "--list", "--recursive", "--brief", folder / "anonamoose"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    inside = folder / "_internal"
    modules = {line.strip() for line in listed.partition("PYZ")[2].splitlines()}
    modules |= {path.name.partition(".")[0] for path in inside.iterdir() if path.is_dir() or path.name.startswith("_")}
    return strangers(modules, [path.name for path in inside.iterdir() if re.match(r"lib.*\.so", path.name)])


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(name: str) -> str:
    """The SPDX expression of a package; raises LookupError when it gives none that is known and allowed."""
    if name in _DECLARED:
        return _DECLARED[name]
    said = metadata.metadata(name)
    classifiers = [row.rpartition(" :: ")[2] for row in said.get_all("Classifier") or () if row.startswith("License")]
    texts: list[str] = [*(said.get_all("License-Expression") or ()), *(said.get_all("License") or ()), *classifiers]
    for text in texts:
        found = _SPELT.get(text.lower(), text)
        if is_allowed(found):
            return found
    raise LookupError(f"{name} has no licence that is known and allowed: {texts}")


def is_allowed(expression: str) -> bool:
    """Whether one may keep to licences that are allowed: to all of an AND, to one of an OR."""
    return any(set(choice.strip("()").split(" AND ")) <= ALLOWED for choice in expression.split(" OR "))


def page() -> str:
    """The page on licences, as Markdown."""
    rows = [f"| {name} | {licence(name)} |" for name in names()]
    lines = [
        "# Licences",
        "",
        "Anonamoose is under the Apache License 2.0. It runs with these packages, under theirs, some of which are "
        "needed on one system only.",
        "",
        "*This page is generated by `make docs`.*",
        "",
        "| package | licence |",
        "|---|---|",
        *rows,
        "",
        "The programs that are released, frozen, also bring what these run on, some of it on Linux only. The texts of "
        "the packages' licences, and those that they refer to, are in their folder `licences`. What is under the LGPL "
        "or the MPL are files of their own there, and may be replaced.",
        "",
        "| part | licence |",
        "|---|---|",
        *(f"| {name} | {licence} |" for name, licence, _ in _LIBRARIES),
        "",
        "The embedded model and the lists of names have notices beside them, in `app/pipeline/data`.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    try:
        if sys.argv[1:]:
            if unknown := frozen(Path(sys.argv[1])):
                sys.exit(f"Not in docs/licences.md: {', '.join(unknown)}")
        else:
            print(page(), end="")
    except LookupError as error:
        sys.exit(str(error))
