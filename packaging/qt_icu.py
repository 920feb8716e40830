"""Qt's ICU data without what Qt never asks it for; called by the spec.

Qt has the world's locales in its own tables. Of ICU it uses collation, case and conversion: the names of languages,
regions, currencies, units and time zones, and how numbers are said, are 25 MB that nothing here reads.
"""

from __future__ import annotations

import re
import struct
import subprocess
from pathlib import Path

_UNREAD = re.compile(r"(lang|region|curr|unit|zone|rbnf|translit|brkitr)/|(?!root|en\b|en_US\b)[a-z]{2,3}(_\w+)?\.res$")


def trimmed(data: bytes) -> bytes:
    """An ICU package (as a `.dat` file has it, little-endian) without the items that are not read.

    Raises ValueError where it is no such package.
    """
    if len(data) < 32 or data[2:4] != b"\xda\x27" or data[8] or data[12:16] != b"CmnD":
        raise ValueError("This is no package of ICU's data.")
    start = int.from_bytes(data[:2], "little")
    (count,) = struct.unpack_from("<I", data, start)
    rows = [struct.unpack_from("<II", data, start + 4 + 8 * number) for number in range(count)]
    ends = [at for _, at in rows[1:]] + [len(data) - start]
    items = []
    for (named, at), end in zip(rows, ends, strict=True):
        name = data[start + named : data.index(b"\0", start + named)]
        if not _UNREAD.match(name.decode("ascii").partition("/")[2]):
            items.append((name, data[start + at : start + end]))

    names_at = 4 + 8 * len(items)
    names, toc, body = bytearray(), bytearray(struct.pack("<I", len(items))), bytearray()
    base = _aligned(names_at + sum(len(name) + 1 for name, _ in items))
    for name, item in items:
        toc += struct.pack("<II", names_at + len(names), base + len(body))
        names += name + b"\0"
        body += item + bytes(_aligned(len(item)) - len(item))
    return bytes(data[:start] + (toc + names).ljust(base, b"\0") + body)


def trim(library: Path, folder: Path) -> Path:
    """Makes libicudata.so.N anew in `folder`, from one that is on this machine's terms. Wants binutils."""
    symbols = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True)
    (name,) = re.findall(r"\b(icudt\d+_dat)$", symbols.stdout, re.M)
    folder.mkdir(parents=True, exist_ok=True)
    whole, part, source, made = (folder / f"icu.{end}" for end in ("whole", "part", "s", "o"))
    subprocess.run(["objcopy", "-O", "binary", "--only-section=.rodata", library, whole], check=True)
    part.write_bytes(trimmed(whole.read_bytes()))
    source.write_text(
        f'.section .rodata\n.balign 16\n.globl {name}\n.type {name}, @object\n{name}:\n.incbin "{part.name}"\n'
        f'.size {name}, . - {name}\n.section .note.GNU-stack,"",@progbits\n'
    )
    subprocess.run(["as", "-o", made.name, source.name], check=True, cwd=folder)
    target = folder / library.name
    subprocess.run(
        ["ld", "-shared", "-z", "noexecstack", "--hash-style=gnu", "-soname", library.name, "-o", target, made],
        check=True,
    )
    return target


def _aligned(size: int) -> int:
    return -(-size // 16) * 16
