"""An exchange taken apart for reading: its messages and fields, and each body as a whole."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from app.pipeline.fields import Fields, Form, Leaf, leaves
from app.pipeline.json_text import Offsets, UnreadableJson, looks_like_json
from app.pipeline.redaction import Redaction, Replacement
from app.proxy.exchange import Exchange
from app.proxy.providers import BY_DIALECT
from app.proxy.providers.base import Endpoint
from app.proxy.section import Mark, Section, aligned, by_edits, joined

_GENERIC = Fields(generic=True)
_BOM = "\ufeff"
#: Keys that say nothing of what is in them.
_PLAIN = frozenset("content text parts value messages contents input delta message choices output".split())
_ROLES = {"model": "assistant", "developer": "system"}


def sections(exchange: Exchange) -> list[Section]:
    """All there is to read of `exchange`, the request first. May take tenths of a second for a body of megabytes."""
    return [*request_sections(exchange), *answer_sections(exchange)]


def request_sections(exchange: Exchange) -> list[Section]:
    """The messages and fields of what was sent; the bodies themselves come last."""
    endpoint = _endpoint(exchange)
    fields = endpoint.request if endpoint is not None and endpoint.request is not None else _GENERIC
    out: list[Section] = []
    whole: list[Section] = []
    for redaction in exchange.bodies:
        out += _messages(redaction, fields)
        out += (
            Section("document", "request", inside.original, inside.text, _marks(inside)) for inside in redaction.inside
        )
        is_open = bool(redaction.inside)
        marks = _marks(redaction)
        whole.append(Section("whole request", "request", redaction.original, redaction.text, marks, True, is_open))
    return out + whole


def answer_sections(exchange: Exchange) -> list[Section]:
    """The texts of the answer so far, and its body as a whole where it came as one."""
    bodies = exchange.bodies
    entities = {r.placeholder: r.finding.entity for redaction in bodies for r in _all(redaction)}
    streamed = exchange.texts()
    if streamed:
        return [by_edits(t.label, t.came, t.got, t.edits, entities) for t in streamed if t.came or t.got]
    came, got = exchange.transcript()
    if not came and not got:
        return []
    values = {r.placeholder: r.finding.value for redaction in bodies for r in _all(redaction)}
    endpoint = _endpoint(exchange)
    pairs = _pairs(came, got, endpoint.response if endpoint is not None else _GENERIC) if looks_like_json(came) else []
    if not pairs:
        return [aligned("answer", came, got, values, entities)]
    texts = [(c, g, aligned(_label(c, "answer"), c.value, g.value, values, entities)) for c, g in pairs]
    said = [text for text in texts if _says(*text[:2])]
    out = [joined([text for _, _, text in group]) for _, group in groupby(said, key=lambda text: _group(text[0]))]
    marks: list[Mark] = []
    for c, g, text in texts:
        if text.marks:
            theirs, ours = Offsets(came[c.start : c.end], c.start), Offsets(got[g.start : g.end], g.start)
            marks += [
                replace(m, start=ours[m.start], end=ours.end(m.end), at=theirs[m.at], until=theirs.end(m.until))
                for m in text.marks
            ]
    is_open = any(text.is_open for _, _, text in texts)
    return [*out, Section("whole answer", "answer", got, came, tuple(marks), True, is_open)]


def _pairs(came: str, got: str, fields: Fields) -> list[tuple[Leaf, Leaf]]:
    """The strings of an answer before and after restoring; none where they cannot be told apart."""
    try:
        return list(zip(leaves(came, fields), leaves(got, fields), strict=True))
    except (UnreadableJson, ValueError):
        return []


def _endpoint(exchange: Exchange) -> Endpoint | None:
    provider = BY_DIALECT.get(exchange.provider)
    return provider.endpoint(exchange.method, exchange.path) if provider is not None else None


def _all(redaction: Redaction) -> Iterator[Replacement]:
    yield from redaction.replacements
    for inside in redaction.inside:
        yield from inside.replacements


def _marks(redaction: Redaction) -> tuple[Mark, ...]:
    return tuple(
        _mark(r, r.finding.start, r.finding.end, r.at, r.at + len(r.placeholder)) for r in redaction.replacements
    )


def _mark(replacement: Replacement, start: int, end: int, at: int, until: int) -> Mark:
    finding = replacement.finding
    return Mark(start, end, at, until, finding.entity, finding.source, finding.score)


def _messages(redaction: Redaction, fields: Fields) -> Iterator[Section]:
    """One section for each item of a list of messages, and for each field beside it."""
    text = redaction.original.removeprefix(_BOM)
    shift = len(redaction.original) - len(text)
    hidden = redaction.replacements
    starts = [r.finding.start - shift for r in hidden]

    def opened() -> Iterator[tuple[Leaf, Sequence[Replacement]]]:
        for leaf in leaves(text, fields, binary=True, digits=1, keys=True):
            own = hidden[bisect_left(starts, leaf.start) : bisect_left(starts, leaf.end)]
            if own or (leaf.form is Form.TEXT and leaf.value.strip()):
                yield leaf, own

    try:
        for _, group in groupby(opened(), key=lambda pair: _group(pair[0])):
            yield joined([_section(leaf, text, own, shift) for leaf, own in group])
    except UnreadableJson:
        return


def _section(leaf: Leaf, text: str, own: Sequence[Replacement], shift: int) -> Section:
    label, ours = _label(leaf, "user"), leaf.value
    if not own:
        return Section(label, "request", ours, ours)
    offsets = Offsets(text[leaf.start : leaf.end], leaf.start) if leaf.form is not Form.NUMBER else None
    out: list[str] = []
    marks: list[Mark] = []
    position = length = 0
    for replacement in own:
        finding, token = replacement.finding, replacement.placeholder
        start = offsets.index(finding.start - shift) if offsets else 0
        end = offsets.index(finding.end - shift) if offsets else len(ours)
        out += (ours[position:start], token)
        length += start - position
        marks.append(_mark(replacement, start, end, length, length + len(token)))
        length += len(token)
        position = end
    out.append(ours[position:])
    return Section(label, "request", ours, "".join(out), tuple(marks))


def _says(came: Leaf, got: Leaf) -> bool:
    """Whether a string of an answer is more than the protocol's own: those are in the answer as a whole."""
    text = came.value.strip()
    is_said = came.path.rpartition(".")[2].removesuffix("[]") in _PLAIN or any(map(str.isspace, text))
    return came.value != got.value or (bool(text) and is_said)


def _group(leaf: Leaf) -> object:
    """What the texts of one message have in common."""
    return id(leaf.owners[1]) if len(leaf.owners) > 1 else leaf.path


def _label(leaf: Leaf, nobody: str) -> str:
    """Whose message it is, or which field: `user`, `tools › description`."""
    for owner in leaf.owners[1:]:
        role = owner.get("role")
        if isinstance(role, str) and role and len(role) <= 32:
            return _ROLES.get(role, role)
    words = [word for word in leaf.path.replace("[]", "").split(".") if word]
    said = [word.replace("_", " ") for word in words if word not in _PLAIN]
    return " › ".join(said[:3]) if said else nobody
