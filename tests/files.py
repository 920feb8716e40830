"""Small files of many kinds, made here so that a test says what is in them."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from collections.abc import Sequence

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(24)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(24)
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(24)
MP3 = b"ID3\x03\x00" + bytes(24)
VIDEO = b"\x00\x00\x00\x18ftypisom" + bytes(24)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(24)
#: Bytes that say nothing of themselves.
UNKNOWN = bytes(range(128, 192))


def b64(data: bytes | str) -> str:
    return base64.b64encode(data.encode() if isinstance(data, str) else data).decode()


def data_url(media: str, data: bytes | str) -> str:
    return f"data:{media};base64,{b64(data)}"


def pdf(*lines: str, packed: bool = True, extra: bytes = b"") -> bytes:
    """A file of one page that shows `lines`."""
    shown = b"BT /F1 12 Tf 72 720 Td " + b" T* ".join(_written(line) + b" Tj" for line in lines) + b" ET"
    content = zlib.compress(shown) if packed else shown
    how = b"/Filter /FlateDecode " if packed else b""
    return (
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n4 0 obj\n<< "
        + how
        + b"/Length %d >>\nstream\n" % len(content)
        + content
        + b"\nendstream\nendobj\n"
        + extra
        + b"trailer\n<< /Root 1 0 R >>\n%%EOF\n"
    )


def _written(text: str) -> bytes:
    return b"(" + text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"


def word(*paragraphs: str, head: str = "") -> bytes:
    """A Word file."""
    runs = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    body = f'<?xml version="1.0"?>{head}<w:document xmlns:w="urn:x"><w:body>{runs}</w:body></w:document>'
    return archive([("word/document.xml", body.encode()), ("[Content_Types].xml", b"<Types/>")])


def excel(*cells: str) -> bytes:
    """An Excel file with shared strings."""
    items = "".join(f"<si><t>{cell}</t></si>" for cell in cells)
    return archive([("xl/workbook.xml", b"<workbook/>"), ("xl/sharedStrings.xml", f"<sst>{items}</sst>".encode())])


def archive(members: Sequence[tuple[str, bytes]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members:
            file.writestr(name, data)
    return target.getvalue()
