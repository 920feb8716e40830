"""Findings in a text, and the one left-to-right replacement that hides them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.pipeline.memo import Edits
from app.pipeline.session import Session
from app.pipeline.span import Span


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data at `[start, end)` of a text.

    `value` is what the characters there mean: in JSON that is the decoded string, so it may differ
    from the slice. It is hidden from repr. The rest is as in `Span`.
    """

    start: int
    end: int
    entity: str
    score: float
    source: str
    value: str = field(repr=False)
    replacement: str = ""


@dataclass(frozen=True, slots=True)
class Replacement:
    """One finding and what stands in its place, at `[at, at + len(placeholder))` of the new text."""

    finding: Finding
    placeholder: str
    at: int


@dataclass(frozen=True, slots=True)
class Redaction:
    """A text before and after. `original` is hidden from repr; `text` holds nothing to hide.

    `inside` are the texts of documents that stand in it in another form, such as base64. `edits` tells
    of a body's parts, by their number, what was replaced in each, in the indices of its own text.
    """

    original: str = field(repr=False)
    text: str = field(repr=False)
    replacements: tuple[Replacement, ...] = ()
    inside: tuple[Redaction, ...] = ()
    edits: Mapping[int, Edits] = field(default_factory=dict, repr=False)

    @property
    def findings(self) -> list[Finding]:
        """All that was replaced, inside documents too."""
        return [r.finding for redaction in (self, *self.inside) for r in redaction.replacements]


def redact(original: str, findings: Iterable[Finding], session: Session, *, quoting: bool = False) -> Redaction:
    """Replaces every finding by its placeholder in `session`, in one pass.

    `findings` are disjoint and sorted, in `original`'s indices. Literals, that is text which already
    looks like a placeholder, are dealt with first, so that none of them can be issued for a value
    of the same text. A literal nobody issued is reserved and stays. One that was issued is hidden
    behind a placeholder of its own, and so comes back as it was; with `quoting` (the client is
    shown placeholders, and quotes them) it stays and keeps its meaning.
    """
    ordered = list(findings)
    kept = [not _stays(finding, session, quoting) for finding in ordered]
    hidden = [finding for finding, keep in zip(ordered, kept, strict=True) if keep]
    tokens = [session.placeholder(finding.entity, finding.value, finding.replacement) for finding in hidden]
    while True:
        result = replaced(original, hidden, tokens)
        misread = _misread(result, session)
        if not misread:
            return result
        for number in misread:
            tokens[number] = session.generated(hidden[number].entity, hidden[number].value)


def replaced(original: str, hidden: Sequence[Finding], tokens: Sequence[str]) -> Redaction:
    """The one left-to-right replacement: of each finding by its token."""
    parts: list[str] = []
    replacements: list[Replacement] = []
    position = length = 0
    for finding, token in zip(hidden, tokens, strict=True):
        between = original[position : finding.start]
        length += len(between)
        replacements.append(Replacement(finding, token, length))
        parts += (between, token)
        length += len(token)
        position = finding.end
    parts.append(original[position:])
    return Redaction(original, "".join(parts), tuple(replacements))


def _misread(redaction: Redaction, session: Session) -> list[int]:
    """Numbers of the replacements by a stand-in which, with the text around it, reads as something else.

    With "Acme" and "Acme Ltd" as stand-ins, "Acme" before a " Ltd" that the user wrote is one.
    """
    stand_ins = [n for n, r in enumerate(redaction.replacements) if session.is_stand_in(r.placeholder)]
    if not stand_ins:
        return []
    seen = {(sighting.start, sighting.token) for sighting in session.finder.find(redaction.text)}
    return [n for n in stand_ins if (redaction.replacements[n].at, redaction.replacements[n].placeholder) not in seen]


def reserve_literals(findings: Iterable[Finding], session: Session, *, quoting: bool) -> None:
    """For texts that go out together: before the first is redacted, what all of them hold literally."""
    for finding in findings:
        _stays(finding, session, quoting)


def _stays(finding: Finding, session: Session, quoting: bool) -> bool:
    if quoting and finding.source != "dictionary" and session.issued(finding.value):
        return True  # to the letter, so it is one, whatever else a detector took it for
    if finding.source != "literal" or not finding.replacement:
        return False
    # A literal span carries, as `replacement`, the placeholder it looks like. A union with
    # something else has lost it (see `resolve`) and is hidden like any other value.
    if session.issued(finding.replacement):
        return quoting
    session.reserve(finding.replacement)
    return True


def findings_in(text: str, spans: Iterable[Span]) -> list[Finding]:
    """Findings of a plain text from its resolved spans."""
    return [Finding(s.start, s.end, s.entity, s.score, s.source, text[s.start : s.end], s.replacement) for s in spans]
