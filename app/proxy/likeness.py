"""JSON that says what a body of another form says, so that all bodies are redacted alike.

Its entries stand on lines of their own, between blank lines: nothing of a body can look like one, as a
string of JSON holds no bare line end. So the redacted entries are found again without being read.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import quote_plus, unquote_plus, unquote_to_bytes

from app.pipeline.fields import Fields
from app.pipeline.json_text import Pairs, UnreadableJson, parse
from app.pipeline.media import opened
from app.pipeline.token_ids import refuse_token_ids
from app.proxy import multipart
from app.proxy.framing import LINES
from app.proxy.multipart import MalformedForm, Part
from app.proxy.providers.base import Provider, below, within

_BETWEEN = ",\n\n"
#: Of a line in a batch: whose it is, and where it goes.
_LINE_NAMES = ("custom_id", "method", "url")
#: Endings by which a provider knows how to read a file. Whatever else follows a dot may be a name.
_ENDING = re.compile(
    r"\.(?:jsonl?|ndjson|csv|tsv|txt|text|md|markdown|rst|log|xml|ya?ml|toml|ini|html?|css|[jt]sx?|mjs|py|ipynb|rb|go|"
    r"rs|c|cc|cpp|h|hpp|cs|java|kt|swift|php|pl|sh|sql|tex|r|pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|epub|eml|msg|zip|tar|"
    r"t?gz|pkl|parquet|png|jpe?g|gif|webp|bmp|tiff?|svg|hei[cf]|mp[34]|mpe?g|mpga|m4a|wav|webm|og[ga]|opus|flac|aac|"
    r"mov|avi|mkv|srt|vtt)\Z",
    re.I,
)
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([\w.:-]{1,40})")
_EMPTY = Fields()


@dataclass(frozen=True, slots=True)
class Likeness:
    """`json` says what a body says, with `fields` as its opaque paths; `body` makes the body of redacted JSON."""

    json: bytes = field(repr=False)
    fields: Fields
    body: Callable[[bytes], bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of a likeness. `put` puts what it says, once redacted, into the part that it is of."""

    json: str
    put: Callable[[Part, str], Part]


def of_json(body: bytes, fields: Fields) -> Likeness:
    """JSON is its own."""
    return Likeness(body, fields, lambda redacted: redacted)


def likeness(content_type: str, body: bytes, fields: Fields, provider: Provider) -> Likeness:
    """Of a body whose `Content-Type` is given; JSON unless that says otherwise.

    Raises MalformedForm and TokenIds.
    """
    header = Message()
    header["content-type"] = content_type
    media = header.get_content_type()
    if media == "multipart/form-data":
        form = multipart.read(body, str(header.get_param("boundary") or ""))
        return _of_parts(list(form.parts), fields, provider, form.with_parts)
    # Whoever does not say what a body is, as curl, calls it a form.
    is_json = body.lstrip()[:1] in (b"{", b"[")
    if media == "application/x-www-form-urlencoded" and not is_json:
        return _of_pairs(body, fields, provider)
    is_text = media.startswith("text/") and bool(content_type) and not (is_json and _is_json(body))
    if media in LINES or is_text:
        whole = Part(b"", body, "", _media_of(content_type))
        return _of_parts([whole], fields, provider, lambda parts: parts[0].content, media in LINES)
    return of_json(body, fields)


def _is_json(body: bytes) -> bool:
    try:
        parse(body.decode("utf-8-sig"))
    except (UnreadableJson, UnicodeDecodeError):
        return False
    return True


def _media_of(content_type: str) -> str:
    """`content_type` where it can stand in a data URL, else that of bytes nobody knows."""
    media = content_type.partition(";")[0].strip().lower()
    charset = _CHARSET.search(content_type.lower())
    known = media if re.fullmatch(r"[\w.+-]{1,30}/[\w.+-]{1,60}", media) else "application/octet-stream"
    return known + (f";charset={charset[1]}" if charset else "")


def _of_pairs(body: bytes, fields: Fields, provider: Provider) -> Likeness:
    """Of a form in a body of `name=value&…`; what has no `=` may be a value as well as a name."""
    pairs = [pair.partition(b"=") if b"=" in pair else (b"", b"", pair) for pair in body.split(b"&")]
    parts = [
        Part(b"", unquote_to_bytes(value.replace(b"+", b" ")), unquote_plus(name.decode("latin-1")))
        for name, _, value in pairs
    ]

    def joined(made: list[Part]) -> bytes:
        written = (
            value if new.content == old.content else quote_plus(new.content).encode()
            for new, old, (_, _, value) in zip(made, parts, pairs, strict=True)
        )
        return b"&".join(name + mark + new for (name, mark, _), new in zip(pairs, written, strict=True))

    return _of_parts(parts, fields, provider, joined)


def _of_parts(
    parts: list[Part],
    fields: Fields,
    provider: Provider,
    joined: Callable[[list[Part]], bytes],
    lines: bool = False,
) -> Likeness:
    rows = _Rows(provider)
    entries = [(number, entry) for number, part in enumerate(parts) for entry in _entries(part, rows, lines)]

    def body(redacted: bytes) -> bytes:
        made = list(parts)
        said = redacted.decode("utf-8", "surrogateescape")[len(_BEFORE) : -len(_AFTER)].split(_BETWEEN)
        for (number, entry), new in zip(entries, said, strict=True):
            if new != entry.json:
                made[number] = entry.put(made[number], new)
        return joined(made)

    # A form may be empty.
    entries = entries or [(0, _Entry("{}", lambda part, _: part))]
    whole = f"{_BEFORE}{_BETWEEN.join(entry.json for _, entry in entries)}{_AFTER}"
    try:
        written = whole.encode()
    except UnicodeEncodeError:
        raise MalformedForm("a name in the form is not UTF-8") from None
    return Likeness(written, _fields(fields, rows.fields), body)


_BEFORE, _AFTER = '{"form":[\n', "\n]}"


def _entries(part: Part, rows: _Rows, lines: bool) -> list[_Entry]:
    """What a part says: the names of its file, then what it holds."""
    out = []
    endings = [match.group() if (match := _ENDING.search(file.value)) else "" for file in part.files]
    if part.files:
        stems = [file.value.removesuffix(ending) for file, ending in zip(part.files, endings, strict=True)]

        def renamed(part: Part, entry: str) -> Part:
            names = json.loads(entry)["filename"]
            return part.with_names([name + ending for name, ending in zip(names, endings, strict=True)])

        out.append(_Entry(_object("filename", stems), renamed))
    key, text = _key(part.name), _text(part.content)
    lines = lines or part.media.partition(";")[0].rstrip() in LINES or any(e.lower() in _LINED for e in endings)
    if text is not None and (found := rows.read(text) if lines else None):
        out.append(_Entry('{"lines":[\n' + ",\n".join(found) + "\n]}", _with_rows))
    elif text is not None:
        out.append(_Entry(_object(key, text), _with_text))
    else:
        data = f"data:{_media_of(part.media)};base64,{base64.b64encode(part.content).decode()}"
        out.append(_Entry(_object(key, {"bytes": data}), _with_bytes))
    return out


_LINED = (".jsonl", ".ndjson")


class _Rows:
    """The lines of batches, each redacted as the request that it is; `fields` are the opaque paths in all of them."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self.fields: dict[str, Fields] = {}

    def read(self, text: str) -> list[str] | None:
        """The lines that hold something, each under a key that says where it goes; None if one is no JSON object.

        Raises TokenIds.
        """
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        try:
            trees = [parse(line) for line in lines]
        except UnreadableJson:
            return None
        if not lines or not all(isinstance(tree, Pairs) for tree in trees):
            return None
        return [f'{{"{self._key(tree)}":{line}}}' for line, tree in zip(lines, trees, strict=True)]

    def _key(self, line: Pairs) -> str:
        url = line.get("url")
        paths = (url, f"/v1{url}") if isinstance(url, str) else ()
        endpoint = next((e for path in paths if (e := self._provider.endpoint("POST", path))), None)
        fields = (endpoint.request if endpoint else None) or _EMPTY
        refuse_token_ids(line.get("body"), fields.spoken)
        key = "line" + "".join(char if char.isalnum() else "_" for char in (endpoint.path if endpoint else ""))
        self.fields[key] = fields
        return key


def _fields(form: Fields, lines: dict[str, Fields]) -> Fields:
    """The paths of a form's own fields and of the lines of files in it, as they stand in the likeness."""
    own = within(form, "form[]")
    rows = [within(f, *below((f"form[].lines[].{key}",), "body", "params")) for key, f in lines.items()]
    places = [f"form[].lines[].{key}" for key in lines]
    return Fields(
        identifiers=(*own.identifiers, *(p for row in rows for p in row.identifiers), *below(places, *_LINE_NAMES)),
        verbatim=(*own.verbatim, *(p for row in rows for p in row.verbatim)),
        binary=("form[].*.bytes", *(p for row in rows for p in row.binary)),
        schemas=tuple(p for row in rows for p in row.schemas),
        generic=form.generic,
    )


def _key(name: str) -> str:
    """A form field's name as a key: `image[]` is `image`, `expires_after[anchor]` is `expires_after_anchor`."""
    return "".join("_" if char in ".[]<>" else char for char in name).strip("_") or "field"


def _object(key: str, value: Any) -> str:
    return f"{{{json.dumps(key)}:{json.dumps(value, ensure_ascii=False)}}}"


def _text(content: bytes) -> str | None:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _with_text(part: Part, entry: str) -> Part:
    ((_, text),) = json.loads(entry).items()
    return part.with_content(text.encode("utf-8", "surrogatepass"))


def _with_bytes(part: Part, entry: str) -> Part:
    """Text that is not written in UTF-8 is found where bytes are."""
    ((_, held),) = json.loads(entry).items()
    encoded = opened(held["bytes"])
    assert encoded is not None, "what was a data URL is one after redaction"
    return part.with_content(encoded.data)


def _with_rows(part: Part, entry: str) -> Part:
    rows = iter(entry.partition("[\n")[2].rpartition("\n]")[0].split(",\n"))
    old = part.content.decode().split("\n")
    # Each row without the key that said where it goes.
    new = [line.replace(line.strip(), next(rows).partition(":")[2][:-1]) if line.strip() else line for line in old]
    return part.with_content("\n".join(new).encode("utf-8", "surrogatepass"))
