"""Strings that hold bytes: what kind of thing is in them, and the text inside where it is one."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args
from urllib.parse import quote, unquote_to_bytes

#: What a policy tells apart. Video counts as images: faces are what both show.
Medium = Literal["image", "document", "audio"]
MEDIA: tuple[Medium, ...] = get_args(Medium)

_DATA_URL = re.compile(r"data:(?P<type>[^\s,;]{0,96})(?P<parameters>(?:;[^\s,;]{1,96}){0,8}),", re.I)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+(?:[ \t]*\r?\n[A-Za-z0-9+/_-]+)*={0,2}\s*\Z")
#: Shorter strings outside of a data URL are words and ids.
_SHORTEST = 16
_TEXTUAL = re.compile(r"text/|application/(?:[\w.+-]*\+)?(?:json|xml|yaml|x-yaml|csv|javascript|toml|x-ndjson|sql)\b")
_READABLE = re.compile(r"[^\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]*\Z")

#: The first bytes of a format, its name, its medium. Of two that fit the first counts.
_MAGIC: tuple[tuple[re.Pattern[bytes], str, Medium], ...] = (
    (re.compile(rb"\x89PNG\r\n", re.S), "PNG", "image"),
    (re.compile(rb"\xff\xd8\xff", re.S), "JPEG", "image"),
    (re.compile(rb"GIF8[79]a", re.S), "GIF", "image"),
    (re.compile(rb"RIFF....WEBP", re.S), "WebP", "image"),
    (re.compile(rb"II\*\0|MM\0\*", re.S), "TIFF", "image"),
    (re.compile(rb"....ftyp(?:hei|hev|mif|msf|avi)", re.S), "HEIF", "image"),
    (re.compile(rb"....ftypM4A", re.S), "M4A", "audio"),
    (re.compile(rb"....ftyp|\x1a\x45\xdf\xa3", re.S), "video", "image"),
    (re.compile(rb".{0,1019}%PDF-", re.S), "PDF", "document"),
    (re.compile(rb"PK\x03\x04|PK\x05\x06", re.S), "ZIP", "document"),
    (re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", re.S), "Office 97", "document"),
    (re.compile(rb"\x1f\x8b\x08", re.S), "gzip", "document"),
    (re.compile(rb"RIFF....WAVE", re.S), "WAV", "audio"),
    (re.compile(rb"ID3[\x02-\x04]|\xff[\xfb\xf3\xf2\xfa]", re.S), "MP3", "audio"),
    (re.compile(rb"OggS", re.S), "Ogg", "audio"),
    (re.compile(rb"fLaC", re.S), "FLAC", "audio"),
    (re.compile(rb"FORM....AIF[FC]", re.S), "AIFF", "audio"),
    (re.compile(rb"\xff[\xf1\xf9]", re.S), "AAC", "audio"),
)
_OFFICE = ((b"word/document.xml", "Word"), (b"xl/workbook.xml", "Excel"), (b"ppt/presentation.xml", "PowerPoint"))


class Unreadable(ValueError):
    """There is no telling what is in an attachment. Never quotes it."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something in a body that cannot be redacted; `format` may be empty."""

    format: str
    medium: Medium


@dataclass(frozen=True, slots=True)
class Encoded:
    """A string that holds `data`: `head` (of a data URL, or empty), then the payload.

    `declared` is the media type in the head, in lower case, or empty; `codec` how the payload is
    written. All but `declared` is hidden from repr.
    """

    head: str = field(repr=False)
    payload: str = field(repr=False)
    data: bytes = field(repr=False)
    declared: str = ""
    codec: Literal["base64", "percent"] = "base64"

    def text(self, *, textual: bool) -> str | None:
        """What is written in it, or None where it is no text.

        Bytes that read as UTF-8 are text whatever they are said to be: anybody can read them. Others
        are if it is known to be `textual`.
        """
        charset = None if _sniffed(self.data) else self._charset(textual)
        return self.data.decode(charset) if charset else None

    def _charset(self, textual: bool) -> str | None:
        is_even = len(self.data) % 2 == 0
        if is_even and self.data.startswith((b"\xff\xfe", b"\xfe\xff")):
            said = "utf-16-le" if self.data[0] == 0xFF else "utf-16-be"
        elif is_even and self.data.count(0) * 4 > len(self.data):
            # Without a mark: of a text in Latin letters every other byte is 0.
            said = "utf-16-le" if self.data[1::2].count(0) > self.data[::2].count(0) else "utf-16-be"
        else:
            named = re.search(r";charset=\"?([\w.:-]{1,40})", self.head, re.I)
            said = named[1] if named else ""
        # What the head says comes second: a provider may not believe it either.
        for charset in ("utf-8", said):
            try:
                if _READABLE.match(self.data.decode(charset)):
                    return charset
            except (UnicodeError, LookupError):
                continue
        return "latin-1" if textual else None

    def with_text(self, text: str) -> str:
        """The same string around another text: its head, alphabet, line length and padding stay.

        Raises UnicodeEncodeError where its charset has no such letters.
        """
        data = text.encode(self._charset(textual=True) or "utf-8")
        if self.codec == "percent":
            return self.head + quote(data, safe="".join({*self.payload} - {"%"}))
        written = base64.b64encode(data).decode()
        if re.search("[-_]", self.payload):
            written = written.translate(str.maketrans("+/", "-_"))
        bare = self.payload.rstrip()
        if not bare.endswith("=") and len(re.sub(r"\s", "", bare)) % 4:
            written = written.rstrip("=")
        lines = re.match(r"([^\r\n]+)(\r?\n)", bare)
        if lines:
            width = len(lines[1])
            written = lines[2].join(written[at : at + width] for at in range(0, len(written), width))
        return self.head + written + self.payload[len(bare) :]


def opened(value: str) -> Encoded | None:
    """`value` as bytes, where it is a data URL or base64 and nothing else.

    Padding may be missing, and a last character too many is ignored, as most decoders do.
    """
    head = _DATA_URL.match(value)
    payload = value[head.end() :] if head else value
    declared = head["type"].lower() if head else ""
    if head and not head["parameters"].lower().endswith(";base64"):
        data = unquote_to_bytes(payload.encode("utf-8", "surrogatepass"))
        return Encoded(head.group(), payload, data, declared or "text/plain", "percent")
    if (not head and len(value) < _SHORTEST) or not _BASE64.match(payload):
        return None
    bare = "".join(payload.split()).rstrip("=").replace("-", "+").replace("_", "/")
    bare = bare[: len(bare) - (len(bare) % 4 == 1)]
    return Encoded(head.group() if head else "", payload, base64.b64decode(bare + "=" * (-len(bare) % 4)), declared)


def _sniffed(data: bytes) -> tuple[str, Medium] | None:
    return next(((name, medium) for pattern, name, medium in _MAGIC if pattern.match(data)), None)


def sniffed(data: bytes) -> tuple[str, Medium] | None:
    """The format that the first bytes of `data` tell, and its medium; None where they tell none."""
    found = _sniffed(data)
    if found is not None and found[0] == "ZIP":
        return next((name for part, name in _OFFICE if part in data), "ZIP"), found[1]
    return found


def attached(
    value: str, path: str, owners: Sequence[Any], *, sure: bool
) -> tuple[str | None, Attachment | None, bytes]:
    """What `value` is: a text to redact (or None), an attachment (or None) and its bytes.

    `path` is where it stands and `owners` the objects around it. Unless it is `sure` to hold bytes,
    such as say nothing of themselves are left alone: they are signatures, hashes and vectors.
    """
    encoded = opened(value)
    if encoded is None:
        return value, None, b""
    declared = encoded.declared or _declared(owners)
    text = encoded.text(textual=_TEXTUAL.match(declared) is not None)
    if text is not None:
        return text, None, b""
    found = sniffed(encoded.data)
    if found is not None:
        format, medium = found
        return None, Attachment(format, medium), encoded.data
    if not sure and not declared:
        return None, None, b""
    hints = f"{declared.partition('/')[0]} {path}"
    said: Medium = next((medium for word, medium in _HINTS if word in hints), "document")
    return None, Attachment("", said), encoded.data


_HINTS: tuple[tuple[str, Medium], ...] = (("image", "image"), ("video", "image"), ("audio", "audio"))
_TYPE_KEYS = ("media_type", "mimeType", "mime_type")


def _declared(owners: Sequence[Any]) -> str:
    """The media type that the object around a string tells, or ""."""
    owner = dict(owners[-1]) if owners else {}
    return next((owner[key].lower() for key in _TYPE_KEYS if isinstance(owner.get(key), str)), "")
