"""The text in Word, Excel and PowerPoint files (OOXML), for a report on what is in them.

Read are the main text with its headers, footers, notes and comments, shared and inline strings of sheets, numbers in
cells, slides and their notes, and the properties (author, title). Not read are charts, embedded files and pictures.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from app.pipeline.media import Unreadable

#: What may come out of one file (bytes), and how many times larger than packed a member may be.
_LIMIT, _RATIO, _SMALL = 32 * 2**20, 200, 2**20
#: Bytes of a list of members; a file of ours has some dozens, at a hundred bytes each.
_DIRECTORY = 2**20
_PIECE = 2**16
_PARTS = re.compile(
    r"word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml"
    r"|xl/(?:sharedStrings|worksheets/\w+|comments\d*)\.xml|ppt/(?:slides|notesSlides|comments)/\w+\.xml"
    r"|docProps/(?:core|app)\.xml"
)
#: What reading such files raises; RuntimeError where they are encrypted or packed in an unknown way.
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError, RuntimeError, ValueError, OSError, EOFError)
#: Local names of elements that hold text, and of those that end a line.
_TEXT = frozenset("t v delText creator lastModifiedBy title subject description keywords Company Manager".split())
_LINES = frozenset("p si is c row br creator lastModifiedBy title subject description keywords Company Manager".split())


def office_text(data: bytes) -> Iterator[str]:
    """The text in pieces. Raises Unreadable for what is damaged, encrypted, or unpacks to too much."""
    try:
        end = data.rindex(b"PK\x05\x06")
        if struct.unpack_from("<I", data, end + 12)[0] > _DIRECTORY:
            raise Unreadable
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            total = 0
            for member in archive.infolist():
                if not _PARTS.fullmatch(member.filename):
                    continue
                total += member.file_size
                if total > _LIMIT or member.file_size > max(_SMALL, _RATIO * member.compress_size):
                    raise Unreadable
                with archive.open(member) as stream:
                    # What the directory says of its size need not be so.
                    yield from _read(stream.read(member.file_size + 1), member.file_size)
    except _DAMAGED:
        raise Unreadable from None


def _read(xml: bytes, said: int) -> Iterator[str]:
    if len(xml) > said:
        raise Unreadable
    pieces: list[str] = []
    inside = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        inside += name.rpartition(":")[2] in _TEXT
        if name.endswith(":tab"):
            pieces.append("\t")

    def end(name: str) -> None:
        nonlocal inside
        local = name.rpartition(":")[2]
        inside -= local in _TEXT
        if local in _LINES:
            pieces.append("\n")

    def doctype(*_: object) -> None:
        raise Unreadable

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    parser.CharacterDataHandler = lambda text: pieces.append(text) if inside else None
    for at in range(0, len(xml), _PIECE):
        parser.Parse(xml[at : at + _PIECE], False)
        yield "".join(pieces)
        pieces.clear()
    parser.Parse(b"", True)
    yield "".join(pieces)
