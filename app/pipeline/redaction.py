"""Findings in a text, and the one left-to-right replacement that hides them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from app.pipeline.known import Known
from app.pipeline.memo import Edits
from app.pipeline.placeholder import LITERAL, Style, label_of, label_of_mask, mask
from app.pipeline.session import Session
from app.pipeline.span import Span
from app.pipeline.steps import Steps, finished
from app.pipeline.surrogate import Surroundings


class Finding(NamedTuple):
    """Personal data at `[start, end)` of a text.

    `value` is what the characters there mean: in JSON that is the decoded string, so it may differ
    from the slice. It is hidden from repr. The rest is as in `Span`.
    """

    start: int
    end: int
    entity: str
    score: float
    source: str
    value: str
    replacement: str = ""

    def __repr__(self) -> str:
        return f"<Finding of {self.entity} at [{self.start}, {self.end}), {self.score} by {self.source}>"

    def at(self, start: int, end: int) -> Finding:
        """The same, in the indices of another text."""
        return Finding(start, end, self.entity, self.score, self.source, self.value, self.replacement)


@dataclass(slots=True)  # not frozen, which takes five times as long to make
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


def redact(
    original: str,
    findings: Iterable[Finding],
    session: Session,
    *,
    quoting: bool = False,
    style: Style = "default",
    surroundings: Surroundings | None = None,
    masked: Collection[str] = (),
    among: Known | None = None,
) -> Redaction:
    """Replaces every finding by its placeholder in `session`, those of `masked` entities by a mask, in one pass.

    `findings` are disjoint and sorted, in `original`'s indices. Literals, that is text which already
    looks like a placeholder, are dealt with first, so that none of them can be issued for a value
    of the same text. A literal nobody issued is reserved and stays. One that was issued is hidden
    behind a placeholder of its own, and so comes back as it was; with `quoting` (the client is
    shown placeholders, and quotes them) it stays and keeps its meaning. `surroundings` are all texts
    that go out with this one, `among` is as in `Session.placeholder`.
    """
    return finished(
        redacting(
            original,
            findings,
            session,
            quoting=quoting,
            style=style,
            surroundings=surroundings,
            masked=masked,
            among=among,
        )
    )


def redacting(
    original: str,
    findings: Iterable[Finding],
    session: Session,
    *,
    quoting: bool,
    style: Style,
    surroundings: Surroundings | None,
    masked: Collection[str],
    among: Known | None,
) -> Steps[Redaction]:
    """`redact`, a finding in each step. Others may use the session in between."""
    ordered = list(findings)
    kept = [not _stays(finding, session, quoting) for finding in ordered]
    hidden = [finding for finding, keep in zip(ordered, kept, strict=True) if keep]
    around = surroundings or Surroundings([original])
    tokens = []
    for f in hidden:
        tokens.append(
            _mask(f, session)
            if style == "mask" or f.entity in masked
            else session.placeholder(f.entity, f.value, f.replacement, style, around, among, _is_own(f))
        )
        yield
    while True:
        result = replaced(original, hidden, tokens)
        misread, overlooked = _misread(result, session)
        for number in misread:
            found = hidden[number]
            tokens[number] = session.generated(found.entity, found.value, style, _is_own(found))
        if quoting or not overlooked:
            if not misread:
                return result
            continue
        pairs = list(zip(hidden, tokens, strict=True))
        pairs += [(literal, session.generated(LITERAL, literal.value, style)) for literal in overlooked]
        pairs.sort(key=lambda pair: pair[0].start)
        hidden, tokens = [finding for finding, _ in pairs], [token for _, token in pairs]


def _mask(finding: Finding, session: Session) -> str:
    """What stands for `finding` for good: nothing that was issued before, or will be, as that comes back."""
    token = (finding.source == "dictionary" and finding.replacement) or mask(finding.entity)
    while session.issued(token):
        token = f"[{label_of_mask(token) or label_of(finding.entity)}_]"
    session.reserve(token)
    return token


def _is_own(finding: Finding) -> bool:
    return finding.source == "dictionary"


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


def _misread(redaction: Redaction, session: Session) -> tuple[list[int], list[Finding]]:
    """Where stand-ins are not what they look like.

    Numbers of the replacements by a stand-in which, with the text around it, reads as something else:
    with "Acme" and "Acme Ltd" as stand-ins, "Acme" before a " Ltd" that the user wrote is one. And
    findings for what the user wrote that reads as a stand-in.
    """
    if not session.has_stand_ins:
        return [], []
    replacements = redaction.replacements
    seen = [s for s in session.finder.find(redaction.text) if session.is_stand_in(s.token)]
    places = {(sighting.start, sighting.token) for sighting in seen}
    stand_ins = [n for n, r in enumerate(replacements) if session.is_stand_in(r.placeholder)]
    misread = [n for n in stand_ins if (replacements[n].at, replacements[n].placeholder) not in places]
    overlooked = []
    starts = [replacement.at for replacement in replacements]
    for sighting in seen:
        after = bisect_right(starts, sighting.start)
        before = replacements[after - 1] if after else None
        end_before = before.at + len(before.placeholder) if before else 0
        if sighting.start >= end_before and (after == len(starts) or sighting.end <= starts[after]):
            shift = before.finding.end - end_before if before else 0
            value = redaction.original[sighting.start + shift : sighting.end + shift]
            overlooked.append(
                Finding(sighting.start + shift, sighting.end + shift, LITERAL, 1.0, "literal", value, sighting.token)
            )
    return misread, overlooked


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
