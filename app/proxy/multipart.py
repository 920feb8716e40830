"""multipart/form-data, taken apart and put together again. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

_LINE_END = b"\r\n"
_HEAD_END = b"\r\n\r\n"
#: Headers of a part in which nothing personal can stand, but for the names that `Content-Disposition` gives.
_KNOWN = frozenset(["content-disposition", "content-type", "content-length", "content-transfer-encoding"])
_NAME = re.compile(r';\s*name="((?:[^"\\]|\\.)*)"', re.I)
_FILE_NAME = re.compile(r';\s*filename="((?:[^"\\]|\\.)*)"', re.I)
_FILE_NAME_ENCODED = re.compile(r";\s*filename\*=(?:utf-8)?'[\w-]*'([^;\s]*)", re.I)


class MalformedForm(ValueError):
    """The body is no form that can be read to its end. Says why, and quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a form: its headers up to the blank line, and what it holds."""

    head: bytes = field(repr=False)
    content: bytes = field(repr=False)

    @property
    def name(self) -> str:
        return _first(_NAME, self._header("content-disposition"))

    @property
    def file_name(self) -> str:
        """What the client calls the file; empty where it is none."""
        disposition = self._header("content-disposition")
        return _first(_FILE_NAME, disposition) or unquote(_first(_FILE_NAME_ENCODED, disposition))

    @property
    def media(self) -> str:
        """The media type in lower case, without parameters; empty where none is given."""
        return self._header("content-type").partition(";")[0].strip().lower()

    def with_file_name(self, name: str) -> Part:
        """The same part under another file name."""
        text = self.head.decode("utf-8", "surrogateescape")
        escaped = name.replace("\\", "\\\\").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        text = _FILE_NAME.sub(lambda found: found.group().replace(found[1], escaped), text)
        text = _FILE_NAME_ENCODED.sub(lambda found: found.group()[: -len(found[1])] + quote(name, safe=""), text)
        return Part(text.encode("utf-8", "surrogateescape"), self.content)

    def with_content(self, content: bytes) -> Part:
        """The same part with something else in it."""
        return Part(self.head, content)

    def _header(self, wanted: str) -> str:
        for line in self.head.decode("utf-8", "replace").split("\r\n"):
            name, _, value = line.partition(":")
            if name.strip().lower() == wanted:
                return value
        return ""


@dataclass(frozen=True, slots=True)
class Form:
    """The parts of a body, and the delimiters before, between and after them."""

    parts: tuple[Part, ...]
    delimiters: tuple[bytes, ...] = field(repr=False)

    def with_parts(self, parts: list[Part]) -> bytes:
        """The body with other parts in the place of these."""
        out = [self.delimiters[0]]
        for part, delimiter in zip(parts, self.delimiters[1:], strict=True):
            out += (part.head, part.content, delimiter)
        return b"".join(out)


def read(body: bytes, boundary: str) -> Form:
    """Takes `body` apart. Raises MalformedForm."""
    if not boundary:
        raise MalformedForm("the form names no boundary")
    mark = re.compile(rb"(?:\A|\r\n)--" + re.escape(boundary.encode()) + rb"(--)?[ \t]*(?:\r\n|\Z)")
    found = mark.search(body)
    if found is None or found.start():
        raise MalformedForm("the form does not begin with its boundary")
    delimiters, parts = [found.group()], []
    while not found[1]:
        following = mark.search(body, found.end())
        if following is None:
            raise MalformedForm("the form does not end with its boundary")
        parts.append(_part(body[found.end() : following.start()]))
        delimiters.append(body[following.start() : following.end()])
        found = following
    if body[found.end() :].strip():
        raise MalformedForm("something stands behind the end of the form")
    delimiters[-1] += body[found.end() :]
    return Form(tuple(parts), tuple(delimiters))


def _part(raw: bytes) -> Part:
    head, mark, content = raw.partition(_HEAD_END)
    if not mark:
        raise MalformedForm("a part of the form has no headers")
    for line in head.split(_LINE_END):
        name, _, value = line.partition(b":")
        if name.strip().lower().decode("latin-1") not in _KNOWN:
            raise MalformedForm("a part of the form has a header that is not known")
        if name.strip().lower() == b"content-transfer-encoding" and value.strip().lower() not in (
            b"binary",
            b"8bit",
            b"7bit",
        ):
            raise MalformedForm("a part of the form is encoded")
    part = Part(head + mark, content)
    if not part.name:
        raise MalformedForm("a part of the form has no name")
    return part


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
