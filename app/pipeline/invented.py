"""What a model made up, or knew by itself: what its user gets instead."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator

from app.pipeline.memo import DIGEST_SIZE, Edit, Memory
from app.pipeline.placeholder import LITERAL, Style, mask
from app.pipeline.redaction import Finding
from app.pipeline.session import Session

_PURPOSE = b"invented\0"


def stand_in(finding: Finding, session: Session, style: Style, masked: Collection[str] = ()) -> str:
    """What the user gets for `finding` in an answer: the same for the same value, and never restored.

    Who writes it to the model means just these characters. The session remembers what it stands for.
    """
    if style == "mask" or finding.entity in masked:
        token = mask(finding.entity)
        session.reserve(token)
        return token
    name = hashlib.sha256(_PURPOSE + finding.value.encode("utf-8", "surrogatepass")).digest()[:DIGEST_SIZE]
    if known := session.recall(name):
        return known[0].text
    # A surrogate would pass for something that the model said.
    token = session.unused(finding.entity, finding.value, "default" if style == "surrogate" else style)
    session.reserve(token)
    session.remember(Memory(name, (Edit(0, len(finding.value), token),)))
    return token


def outside(finding: Finding, text: str, session: Session) -> Iterator[Finding]:
    """Those parts of `finding` in `text` that are not the client's: no placeholder, and none of its values."""
    if finding.source == "literal" or finding.entity == LITERAL or session.hides(finding.value):
        return
    at = finding.start
    own = [seen for seen in session.finder.find(text) if seen.end > at and seen.start < finding.end]
    if not own:
        yield finding
        return
    for start, end in [*((seen.start, seen.end) for seen in own), (finding.end, finding.end)]:
        part = text[at : max(at, start)]
        left = at + len(part) - len(part.lstrip())
        if any(map(str.isalnum, part)):
            yield finding._replace(start=left, end=left + len(part.strip()), value=part.strip(), replacement="")
        at = max(at, end)
