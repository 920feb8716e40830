"""multipart/form-data, taken apart and put together again. No I/O.

What two readers could read in two ways is refused: the provider might be the other one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

_LINE_END = b"\r\n"
_HEAD_END = b"\r\n\r\n"
#: Headers of a part in which nothing personal can stand, but for the names that `Content-Disposition` gives.
_KNOWN = frozenset(["content-disposition", "content-type", "content-length", "content-transfer-encoding"])
_AS_IT_IS = ("", "binary", "8bit", "7bit")
_PARAMETER = re.compile(r';\s*(?P<key>name|filename\*?)\s*=\s*(?P<value>"(?:[^"\\]|\\.)*"|[^\s;"]+)\s*', re.I)
#: A media type and parameters that say how to read the content, never a name.
_MEDIA = re.compile(
    r"[\w.+-]{1,40}/[\w.+-]{1,80}"
    r"(?:\s*;\s*(?:charset|codecs|format|header|variant)\s*=\s*(?:\"[\w.:+, -]*\"|[\w.:+-]+))*",
    re.I,
)
_LENGTH = re.compile(rb"(\AContent-Length:|\r\nContent-Length:)[^\r\n]*", re.I)
_EXTENDED = re.compile(r"utf-8'[\w-]*'", re.I)
_QUOTE = re.compile(r'(?<!\\)"')


class MalformedForm(ValueError):
    """The body is no form that can be read to its end. Says why, and quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class FileName:
    """What the client calls a file: `value`, which is written as `raw` at `start` of its part's head.

    `is_encoded` says that it is percent-encoded.
    """

    start: int
    raw: str = field(repr=False)
    value: str = field(repr=False)
    is_encoded: bool

    def written(self, value: str) -> str:
        """How another name is written in its place."""
        if value == self.value:
            return self.raw
        if self.is_encoded:
            head = _EXTENDED.match(self.raw)
            encoded = quote(value, safe="")
            return f"{head.group()}{encoded}" if head else f'"{encoded}"'
        # As browsers do; what was escaped before stays as it was.
        return '"' + _QUOTE.sub("%22", value).replace("\r", "%0D").replace("\n", "%0A") + '"'


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a form: its headers up to the blank line, and what it holds.

    `name` is that of the field, `media` its content type with its parameters, empty where none is given;
    `files` are the names of its file, of which there may be two, or none.
    """

    head: bytes = field(repr=False)
    content: bytes = field(repr=False)
    name: str = ""
    media: str = ""
    files: tuple[FileName, ...] = ()

    def with_names(self, names: list[str]) -> Part:
        """The same part, its files called otherwise; `names` in the order of `files`."""
        text, at = self.head.decode("utf-8", "surrogateescape"), 0
        out: list[str] = []
        for file, name in zip(self.files, names, strict=True):
            out += (text[at : file.start], file.written(name))
            at = file.start + len(file.raw)
        return replace(self, head="".join((*out, text[at:])).encode("utf-8", "surrogateescape"))

    def with_content(self, content: bytes) -> Part:
        """The same part with something else in it."""
        length = str(len(content)).encode()
        head = _LENGTH.sub(lambda found: found[1] + b" " + length, self.head)
        return replace(self, head=self.head if content == self.content else head, content=content)


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
    before, mark, content = raw.partition(_HEAD_END)
    if not mark:
        raise MalformedForm("a part of the form has no headers")
    headers: dict[str, tuple[int, str]] = {}
    at = 0
    for line in before.decode("utf-8", "surrogateescape").split("\r\n"):
        key, _, value = line.partition(":")
        name = key.strip().lower()
        if name not in _KNOWN or name in headers:
            raise MalformedForm("a part of the form has a header that is not known, or has it twice")
        headers[name] = at + len(key) + 1, value
        at += len(line) + len("\r\n")
    if headers.get("content-transfer-encoding", (0, ""))[1].strip().lower() not in _AS_IT_IS:
        raise MalformedForm("a part of the form is encoded")
    if not headers.get("content-length", (0, "0"))[1].strip().isdecimal():
        raise MalformedForm("a part of the form has a length that is no number")
    media = headers.get("content-type", (0, ""))[1].strip()
    if media and not _MEDIA.fullmatch(media):
        raise MalformedForm("a part of the form has a content type that says more than how to read it")
    start, disposition = headers.get("content-disposition", (0, ""))
    parameters = list(_PARAMETER.finditer(disposition))
    found = {parameter["key"].lower(): parameter for parameter in parameters}
    between = _PARAMETER.sub("", disposition).strip("; \t").lower()
    if between != "form-data" or len(found) != len(parameters) or "name" not in found:
        raise MalformedForm("a part of the form has no name, or more than a name and that of its file")
    files = tuple(
        _file_name(start + found[key].start("value"), found[key]["value"])
        for key in sorted(found, key=lambda key: found[key].start())
        if key != "name"
    )
    return Part(before + mark, content, _bare(found["name"]["value"]), media.lower(), files)


def _bare(value: str) -> str:
    return value[1:-1] if value.startswith('"') else value


def _file_name(start: int, raw: str) -> FileName:
    value = _bare(raw)
    if extended := _EXTENDED.match(value):
        value = value[extended.end() :]
    if "=?" in value or ("''" in value and not extended):
        raise MalformedForm("the name of a file in the form is encoded in a way that is not known")
    try:
        plain = unquote(value, errors="strict")
    except UnicodeDecodeError:
        raise MalformedForm("the name of a file in the form is not UTF-8") from None
    return FileName(start, raw, plain, plain != value or extended is not None)
