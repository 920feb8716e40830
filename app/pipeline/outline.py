"""A JSON body opened: which of its strings are text, and which of those were sent before."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.pipeline import json_text
from app.pipeline.chain import Chain, chain_of
from app.pipeline.fields import Fields, Form, Leaf, is_identifier, leaves
from app.pipeline.json_text import Offsets, Pairs, UnreadableJson, escape, parse
from app.pipeline.known import Known
from app.pipeline.labels import answering
from app.pipeline.media import Attachment, attached, opened
from app.pipeline.memo import Edit, Edits, Memory, digest, trimmed, untrimmed
from app.pipeline.numbers import DIGITS, is_technical, may_identify
from app.pipeline.offsets import Offset, OffsetMap, documents, may_hold, owner_of
from app.pipeline.placeholder import Style, entity_of, label_of_mask
from app.pipeline.redaction import Finding, Redaction, Replacement, redacting, replaced, reserve_literals
from app.pipeline.session import Session
from app.pipeline.steps import Steps, finished
from app.pipeline.surrogate import Surroundings
from app.pipeline.talk import fresh_items, opening
from app.pipeline.token_ids import refuse_token_ids

_BOM = "\ufeff"
#: The opening of what is no conversation.
NO_OPENING = hashlib.sha256().digest()
#: The source of what is replaced because something else was: a whole document, an offset.
_ASIDE = "aside"


def decode(body: bytes) -> str:
    """A body as text. Bytes that are no UTF-8 become lone surrogates, which `encode` turns back."""
    return body.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The inverse of `decode`."""
    return text.encode("utf-8", "surrogateescape")


class Part(NamedTuple):
    """A leaf of a body: its token at `[start, end)` of the text, its name, whether it is history.

    `number` says how many of the leaves before it have the same name: the same text may have gone out
    in two ways, before a change of the dictionary and after it. `form` BINARY is a text in another form,
    say base64; it is redacted as what it says. A number with `into` points into the text of another
    part, by the rule that comes with it; a `technical` one stands under a key that says so.
    """

    start: int
    end: int
    digest: bytes
    number: int
    is_history: bool
    form: Form = Form.TEXT
    into: tuple[int, Offset] | None = None
    technical: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """What a body is made of. `opening` is a SHA-256 of how its conversation begins.

    `head` holds the strings and booleans at the top of the body (`model`, `stream`, …), `chain` what it
    goes on with, `attachments` are the things in it that cannot be redacted, `sources` the parts (-1:
    none) that hold the text of each document block, in their order.
    """

    parts: tuple[Part, ...]
    attachments: tuple[Attachment, ...]
    sources: tuple[int, ...]
    opening: bytes
    head: Mapping[str, Any] = field(repr=False)
    chain: Chain = field(default=Chain(), repr=False)

    @property
    def model(self) -> str:
        """The model that is asked; "" where what should name one is a text."""
        model = self.head.get("model")
        return model if isinstance(model, str) and is_identifier(model) else ""


def outline(body: bytes, fields: Fields) -> tuple[Outline, list[Leaf], list[bytes]]:
    """The outline of `body`; in the same order, its leaves and attachments. Raises UnreadableJson, TokenIds."""
    text = decode(body)
    mark = len(_BOM) if text.startswith(_BOM) else 0
    text = text[mark:]
    tree = parse(text)
    if not isinstance(tree, list):
        raise UnreadableJson("it is neither a JSON object nor an array")
    refuse_token_ids(tree, fields.spoken)
    top = tree if isinstance(tree, Pairs) else Pairs()
    fresh = fresh_items(tree, fields.opening)
    found: list[Leaf] = []
    attachments: list[Attachment] = []
    contents: list[bytes] = []
    pointers = {offset.at: offset for offset in fields.offsets}
    digits = 1 if may_hold(text, fields) else DIGITS
    for leaf in answering(leaves(text, fields, tree, binary=True, digits=digits, keys=True)):
        if leaf.form is Form.BINARY:
            inside, attachment, content = attached(leaf.value, leaf.path, leaf.owners, sure=not fields.generic)
            if attachment is not None:
                attachments.append(attachment)
                contents.append(content)
            if inside is not None:
                # What is in a document is a text of its own: its key says nothing about it.
                form = Form.TEXT if inside == leaf.value else Form.BINARY
                key = leaf.key if form is Form.TEXT else "data"
                found.append(leaf._replace(value=inside, key=key, form=form))
        elif leaf.form in (Form.TEXT, Form.KEY) or leaf.path in pointers or may_identify(leaf.value):
            found.append(leaf)
    texts = {(leaf.path, id(leaf.owners[-1])): n for n, leaf in enumerate(found) if leaf.owners}
    held = {id(leaf.owners[-1]): n for n, leaf in enumerate(found) if leaf.path.endswith(".source.data")}
    sources = tuple(held.get(id(source), -1) for source in documents(tree)) if '"document"' in text else ()
    counts: Counter[bytes] = Counter()

    def part(leaf: Leaf) -> Part:
        into = None
        if leaf.form is Form.NUMBER and leaf.value.isdigit() and (rule := pointers.get(leaf.path)):
            named = leaf.owners[-1].get("document_index")
            if rule.text:
                target = texts.get((rule.text, id(owner_of(rule, leaf.owners))), -1)
            else:
                target = sources[named] if isinstance(named, int) and 0 <= named < len(sources) else -1
            into = (target, rule) if target >= 0 else None
        # A number is remembered apart from a text of the same digits.
        name = digest(leaf.value if leaf.form is not Form.NUMBER else f"#{leaf.value}", leaf.key)
        counts[name] += 1
        start, end, number = leaf.start + mark, leaf.end + mark, counts[name] - 1
        technical = leaf.form is Form.NUMBER and is_technical(leaf.key)
        form = Form.TEXT if leaf.form is Form.KEY else leaf.form
        return Part(start, end, name, number, _is_history(leaf, fresh), form, into, technical)

    parts = tuple(map(part, found))
    hashed = hashlib.sha256()
    for words in opening(tree, fields.opening):
        encoded = words.encode("utf-8", "surrogatepass")
        hashed.update(len(encoded).to_bytes(8, "big") + encoded)
    head = {key: value for key, value in top if isinstance(value, str | bool) and len(str(value)) <= 512}
    chain = chain_of(tree, fields.opening)
    return Outline(parts, tuple(attachments), sources, hashed.digest(), head, chain), found, contents


def _is_history(leaf: Leaf, fresh: frozenset[int] | None) -> bool:
    return fresh is not None and not (len(leaf.owners) > 1 and id(leaf.owners[1]) in fresh)


def unsent(parts: Sequence[Part], session: Session) -> list[int]:
    """Places in `parts` of what has to be looked through: what is new, and history that never went out from here."""
    sent: set[bytes] = set()
    out = []
    for number, part in enumerate(parts):
        if part.is_history and (part.digest in sent or session.recall(part.digest, part.number) is not None):
            sent.add(part.digest)
        else:
            out.append(number)
    return out


def redact_body(
    text: str,
    parts: Sequence[Part],
    found: Mapping[int, Sequence[Finding]],
    session: Session,
    *,
    quoting: bool,
    style: Style = "default",
    masked: Collection[str] = (),
    among: Known | None = None,
) -> Redaction:
    """Replaces what is to hide in `text`, the values of `masked` entities for good.

    `found` has the findings of each part (by its place in `parts`, in the indices of its string)
    that was looked through; the others were sent before, and go out as they went then. `among` is as in
    `Session.placeholder`.
    """
    return finished(
        redacting_body(text, parts, found, session, quoting=quoting, style=style, masked=masked, among=among)
    )


def redacting_body(
    text: str,
    parts: Sequence[Part],
    found: Mapping[int, Sequence[Finding]],
    session: Session,
    *,
    quoting: bool,
    style: Style,
    masked: Collection[str],
    among: Known | None,
) -> Steps[Redaction]:
    """`redact_body`, a finding or a part in each step. Others may use the session in between."""
    reserve_literals((finding for findings in found.values() for finding in findings), session, quoting=quoting)
    # Read only if it is asked for: most requests have no use for surrogates, or all of theirs already.
    surroundings = Surroundings(said(text[p.start : p.end], p.form) for p in parts if p.into is None)
    pieces: list[tuple[Finding, str]] = []
    inside: list[Redaction] = []
    edited: dict[int, Edits] = {}
    latest: dict[bytes, Edits] = {}
    entities: dict[str, str] = {}  # of what was sent before; most of it stands there more than once
    for number, part in enumerate(parts):
        token = text[part.start : part.end]
        if part.into is not None:
            continue
        if number not in found:
            known = session.recall(part.digest, part.number)
            known = latest.get(part.digest, ()) if known is None else known
            latest[part.digest] = known
            value = said(token, part.form) if known else ""
            own = [(_remembered(edit, value, session, entities), edit.text) for edit in untrimmed(known, value)]
        else:
            value = said(token, part.form) if found[number] or session.has_stand_ins else ""
            redaction = yield from redacting(
                value,
                found[number],
                session,
                quoting=quoting,
                style=style,
                surroundings=surroundings,
                masked=masked,
                among=among,
            )
            own = [(r.finding, r.placeholder) for r in redaction.replacements]
            edits = [Edit(finding.start, finding.end, placeholder) for finding, placeholder in own]
            known = trimmed(edits, value)
            # One that went out as the one before it did needs no memory of its own.
            if known != latest.get(part.digest) or session.recall(part.digest, part.number) is not None:
                session.remember(Memory(part.digest, known, part.number))
            latest[part.digest] = known
        yield
        if not own:
            continue
        edited[number] = tuple(Edit(finding.start, finding.end, stand_in) for finding, stand_in in own)
        if part.form is Form.TEXT:
            offsets = Offsets(token, part.start)
            pieces += [(f.at(offsets[f.start], offsets.end(f.end)), escape(stand_in)) for f, stand_in in own]
        elif part.form is Form.NUMBER:
            ((finding, stand_in),) = own
            whole = finding.at(part.start, part.end)
            pieces.append((whole, json_text.encode(stand_in)))
        else:
            document = replaced(value, [f for f, _ in own], [stand_in for _, stand_in in own])
            inside.append(document)
            pieces.append((_aside(part), _packed(token, document.text)))
    for part in parts:
        if part.into is not None and (edits_there := edited.get(part.into[0])):
            index = OffsetMap(edits_there).to_wire(int(text[part.start : part.end]), is_end=part.into[1].is_end)
            pieces.append((_aside(part), str(index)))
    pieces.sort(key=lambda piece: piece[0].start)
    result = replaced(text, [finding for finding, _ in pieces], [stand_in for _, stand_in in pieces])
    bare = {part.start for part in parts if part.form is Form.NUMBER}
    shown = tuple(
        _unquoted(r) if r.finding.start in bare else r for r in result.replacements if r.finding.source != _ASIDE
    )
    return dataclasses.replace(result, replacements=shown, inside=tuple(inside), edits=edited)


def _aside(part: Part) -> Finding:
    return Finding(part.start, part.end, "", 1.0, _ASIDE, "")


def _unquoted(replacement: Replacement) -> Replacement:
    """The quotes around what stands for a number are none of the placeholder's own."""
    return Replacement(replacement.finding, replacement.placeholder[1:-1], replacement.at + 1)


def _remembered(edit: Edit, value: str, session: Session, entities: dict[str, str]) -> Finding:
    entity = entities.get(edit.text)
    if entity is None:
        label = session.label(edit.text) or label_of_mask(edit.text) or "CUSTOM"
        entity = entities[edit.text] = entity_of(label)
    return Finding(edit.start, edit.end, entity, 1.0, "memo", value[edit.start : edit.end])


def said(token: str, form: Form) -> str:
    """What the part with this token says."""
    if form is Form.NUMBER:
        return token
    value = json_text.decode(token)
    if form is Form.TEXT:
        return value
    encoded = opened(value)
    text = encoded.text(textual=True) if encoded else None
    assert text is not None
    return text


def _packed(token: str, text: str) -> str:
    encoded = opened(parse(token))
    assert encoded is not None
    return json_text.encode(encoded.with_text(text))
