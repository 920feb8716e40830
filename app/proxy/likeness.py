"""JSON that says what a body of another form says, so that all bodies are redacted alike.

Its entries stand on lines of their own, between blank lines: nothing of a body can look like one, as a
string of JSON holds no bare line end. So the redacted entries are found again without being read.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from pathlib import PurePosixPath

from app.pipeline.fields import Fields
from app.proxy import multipart
from app.proxy.multipart import Part
from app.proxy.providers.base import Provider, below, within

_BETWEEN = ",\n\n"
_LINES = frozenset(["application/jsonl", "application/x-jsonl", "application/x-ndjson", "application/jsonlines"])
#: Of a line in a batch: whose it is, and where it goes.
_LINE_NAMES = ("custom_id", "method", "url")
_EMPTY = Fields()


@dataclass(frozen=True, slots=True)
class Likeness:
    """`json` says what a body says, with `fields` as its opaque paths; `body` makes the body of redacted JSON."""

    json: bytes = field(repr=False)
    fields: Fields
    body: Callable[[bytes], bytes] = field(repr=False)


def of_json(body: bytes, fields: Fields) -> Likeness:
    """JSON is its own."""
    return Likeness(body, fields, lambda redacted: redacted)


def likeness(content_type: str, body: bytes, fields: Fields, provider: Provider) -> Likeness:
    """Of a body whose `Content-Type` is given; JSON unless that says otherwise.

    Raises MalformedForm.
    """
    header = Message()
    header["content-type"] = content_type
    media = header.get_content_type()
    if media == "multipart/form-data":
        return _of_form(multipart.read(body, str(header.get_param("boundary") or "")), fields, provider)
    is_text = media.startswith("text/") and bool(content_type) and body.lstrip()[:1] not in (b"{", b"[")
    if media in _LINES or is_text:
        return _of_parts([Part(b"", body)], fields, provider, lambda parts: parts[0].content, media in _LINES)
    return of_json(body, fields)


def _of_form(form: multipart.Form, fields: Fields, provider: Provider) -> Likeness:
    return _of_parts(list(form.parts), fields, provider, form.with_parts)


def _of_parts(
    parts: list[Part],
    fields: Fields,
    provider: Provider,
    joined: Callable[[list[Part]], bytes],
    lines: bool = False,
) -> Likeness:
    entries: list[str] = []
    readers: list[Callable[[Part, str], Part]] = []
    whose: list[int] = []
    inner = _EMPTY
    for number, part in enumerate(parts):
        name = _key(part.name)
        path = PurePosixPath(part.file_name)
        if path.stem:
            entries.append(_entry("filename", path.stem))
            readers.append(_renamed)
            whose.append(number)
        text = _text(part.content)
        rows = _rows(text) if lines or path.suffix == ".jsonl" or part.media in _LINES else None
        if rows:
            inner = _of_lines(rows[0], provider)
            entries.append('{"lines":[\n' + ",\n".join(rows) + "\n]}")
            readers.append(_with_rows)
        elif text is not None:
            entries.append(_entry(name, text))
            readers.append(_with_text)
        else:
            media = part.media or "application/octet-stream"
            data = f"data:{media};base64,{base64.b64encode(part.content).decode()}"
            entries.append(f'{{"{name}":{_entry("bytes", data)}}}')
            readers.append(lambda part, entry: part)
        whose.append(number)

    def body(redacted: bytes) -> bytes:
        made = list(parts)
        said = redacted.decode("utf-8", "surrogateescape")
        for number, reader, entry in zip(
            whose, readers, said[len(_BEFORE) : -len(_AFTER)].split(_BETWEEN), strict=True
        ):
            made[number] = reader(made[number], entry)
        return joined(made)

    whole = f"{_BEFORE}{_BETWEEN.join(entries)}{_AFTER}"
    return Likeness(whole.encode("utf-8", "surrogateescape"), _fields(fields, inner), body)


_BEFORE, _AFTER = '{"form":[\n', "\n]}"


def _fields(form: Fields, lines: Fields) -> Fields:
    """The paths of a form's own fields and of the lines of a file in it, as they stand in the likeness."""
    own = within(form, "form[]")
    rows = within(lines, "form[].lines[].body", "form[].lines[].params", "form[].lines[]")
    return Fields(
        identifiers=(*own.identifiers, *rows.identifiers, *below(("form[].lines[]",), *_LINE_NAMES)),
        verbatim=(*own.verbatim, *rows.verbatim),
        binary=("form[].*.bytes", *rows.binary),
        schemas=rows.schemas,
        generic=form.generic,
    )


def _of_lines(first: str, provider: Provider) -> Fields:
    """What is opaque in the lines of a batch, by where the first of them goes."""
    line = json.loads(first)
    url = line.get("url") if isinstance(line, dict) else None
    endpoint = provider.endpoint("POST", url) if isinstance(url, str) else None
    return endpoint.request or _EMPTY if endpoint else _EMPTY


def _key(name: str) -> str:
    """A form field's name as a key: `image[]` is `image`, `expires_after[anchor]` is `expires_after_anchor`."""
    return json.dumps("".join("_" if char in ".[]<>" else char for char in name).strip("_") or "field")[1:-1]


def _entry(key: str, text: str) -> str:
    return f'{{"{key}":{json.dumps(text, ensure_ascii=False)}}}'


def _text(content: bytes) -> str | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _rows(text: str | None) -> list[str] | None:
    """The lines that hold something, where each of these is a JSON object; else None."""
    rows = [row.strip() for row in (text or "").split("\n") if row.strip()]
    try:
        return rows if rows and all(isinstance(json.loads(row), dict) for row in rows) else None
    except (ValueError, RecursionError):
        return None


def _value(entry: str) -> str:
    ((_, value),) = json.loads(entry).items()
    return str(value)


def _renamed(part: Part, entry: str) -> Part:
    path = PurePosixPath(part.file_name)
    stem = _value(entry)
    return part if stem == path.stem else part.with_file_name(part.file_name.replace(path.stem, stem))


def _with_text(part: Part, entry: str) -> Part:
    return part.with_content(_value(entry).encode("utf-8", "surrogateescape"))


def _with_rows(part: Part, entry: str) -> Part:
    rows = iter(entry.partition("[\n")[2].rpartition("\n]")[0].split(",\n"))
    old = part.content.decode().split("\n")
    new = [line.replace(line.strip(), next(rows)) if line.strip() else line for line in old]
    return part.with_content("\n".join(new).encode("utf-8", "surrogateescape"))
