"""The text in a PDF, as far as it can be read simply, for a report on what is in it.

Read are the strings that content streams show (`Tj`, `TJ`, `'`, `"`), in the order of the file, where the streams are
packed with FlateDecode or not at all and the font's codes are those of Latin letters (WinAnsi and its like), and the
document's information (author, title). Not read are encrypted files, pictures of pages, other filters, forms and
annotations, and fonts whose codes are numbers of glyphs (Identity-H with a ToUnicode table), as browsers and word
processors embed them: nothing readable comes out of those, and the report says that the file could not be read.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from app.pipeline.media import Unreadable

#: Bytes that may be unpacked of one file, and how many times larger than packed a stream may be.
_LIMIT, _RATIO, _SMALL = 16 * 2**20, 400, 2**20
_STREAMS = 20_000
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
#: How long a stream's dictionary may be, from "obj" on.
_DICTIONARY = 4096
_NO_TEXT = re.compile(rb"/Subtype\s*/Image|/Type\s*/XRef|/Length1\b|/FunctionType|/Type\s*/Metadata|/CMapName")
_INFO = re.compile(rb"/(?:Author|Title|Subject|Keywords|Creator)\s*(?=[(<])")
# Whatever is not closed ends somewhere all the same: going back to try again would take for ever.
_OPERATION = re.compile(
    rb"(?P<string>\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*+\))*+(?:\)|\Z|(?=\()))|<(?P<hex>[0-9A-Fa-f\s]*+)>"
    rb"|(?P<number>[+-]?[0-9.]++)|(?P<word>[A-Za-z'\"*]++)|/[^\s()<>\[\]/%]*+|%[^\r\n]*+",
    re.S,
)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r?\n|\r)|(.))", re.S)
_SHORT = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_SHOWS = frozenset([b"Tj", b"TJ", b"'", b'"'])
_MOVES = frozenset([b"Td", b"TD", b"T*", b"Tm", b"'", b'"', b"ET"])
#: In thousandths of the font's size: further left in a TJ array is a gap between words.
_GAP = -180


def pdf_text(data: bytes) -> Iterator[str]:
    """The text in pieces. Raises Unreadable for encrypted files and such that unpack to too much."""
    if re.search(rb"/Encrypt\s+\d+\s+\d+\s+R|/Encrypt\s*<<", data):
        raise Unreadable
    for match in _INFO.finditer(data):
        if token := _OPERATION.match(data, match.end()):
            yield _string(token) + "\n"
    total = 0
    for count, match in enumerate(_STREAM.finditer(data)):
        end = data.find(b"endstream", match.end())
        begin = data.rfind(b"obj", max(0, match.start() - _DICTIONARY), match.start())
        if end < 0 or count == _STREAMS:
            break
        dictionary = data[begin : match.start()] if begin >= 0 else b""
        if not dictionary or _NO_TEXT.search(dictionary):
            continue
        content = _unpacked(dictionary, data[match.end() : end])
        total += len(content)
        if total > _LIMIT:
            raise Unreadable
        yield from _shown(content)


def _unpacked(dictionary: bytes, packed: bytes) -> bytes:
    filters = re.findall(rb"/(\w+Decode|Crypt)\b", dictionary)
    if not filters:
        return packed
    if filters != [b"FlateDecode"]:
        return b""
    limit = max(_SMALL, _RATIO * len(packed))
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(packed, limit)
    except zlib.error:
        return b""
    if stream.unconsumed_tail:
        raise Unreadable
    return content


def _shown(content: bytes) -> Iterator[str]:
    """The strings shown in text objects; what draws lines and pictures is leapt over."""
    at = content.find(b"BT")
    while at >= 0:
        waiting: list[str] = []
        at += 2
        while (token := _OPERATION.search(content, at)) is not None:
            at = token.end()
            if token["string"] is not None or token["hex"] is not None:
                waiting.append(_string(token))
            elif token["number"] is not None:
                if waiting and token["number"].startswith(b"-") and _number(token["number"]) < _GAP:
                    waiting.append(" ")
            elif word := token["word"]:
                if word in _MOVES:
                    yield "\n"
                if word in _SHOWS:
                    yield "".join(waiting)
                waiting.clear()
                if word == b"ET":
                    break
        at = content.find(b"BT", at)


def _number(written: bytes) -> float:
    try:
        return float(written)
    except ValueError:
        return 0.0


def _string(token: re.Match[bytes]) -> str:
    if token["hex"] is not None:
        digits = re.sub(rb"\s", b"", token["hex"])
        raw = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    elif token["string"] is not None:
        raw = _ESCAPE.sub(_unescape, token["string"][1:-1])
    else:
        return ""
    if raw.startswith(b"\xfe\xff"):
        return raw[2:].decode("utf-16-be", "replace")
    return raw.decode("cp1252", "replace")


def _unescape(match: re.Match[bytes]) -> bytes:
    if match[1]:
        return bytes([int(match[1], 8) & 0xFF])
    return b"" if match[2] else _SHORT.get(match[3], match[3])
