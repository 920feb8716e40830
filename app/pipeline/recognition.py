"""What is known, found again in a text besides what the detectors have found in it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from typing import Any

from app.pipeline.allowed import Allowed
from app.pipeline.engine import NESTING, with_laid_bare
from app.pipeline.fields import Fields, Form, Leaf, leaves
from app.pipeline.finder import Finder
from app.pipeline.json_text import Offsets, UnreadableJson, looks_like_json, parse
from app.pipeline.known import Known, Spared
from app.pipeline.numbers import DIGITS
from app.pipeline.outline import Part, said
from app.pipeline.placeholder import LITERAL, label_of
from app.pipeline.policy import REGIONS, Policy
from app.pipeline.redaction import Finding, findings_in
from app.pipeline.session import Session
from app.pipeline.span import Span, resolve

_EVERYTHING = Fields()
_NOTHING = Allowed()
#: What they find is not learnt: a term has options of its own, a literal is no value.
_UNLEARNT = frozenset(["dictionary", "literal"])


def sparing(policy: Policy, allowed: Allowed) -> Spared:
    """Leaves alone what is `allowed`, what the policy keeps, and what the rows of its regions would not find."""

    def spared(entity: str, value: str) -> bool:
        region = entity.partition("_")[0]
        is_foreign = region in REGIONS and not policy.covers(region)
        return is_foreign or policy.keeps(entity) or allowed.allows(value, entity)

    return spared


class Recognition:
    """The values a session knows, and those that were found in what is now to be redacted.

    A value that the detectors found in one place is hidden in all places, before it and behind it.
    """

    def __init__(
        self,
        session: Session,
        findings: Iterable[Finding],
        policy: Policy,
        allowed: Allowed = _NOTHING,
    ) -> None:
        """Known is what is to be hidden under `policy`, unless it is `allowed`."""
        spared = sparing(policy, allowed)
        seen = list(findings)
        own = [(f.entity, f.value) for f in seen if f.source not in _UNLEARNT and not spared(f.entity, f.value)]
        self.known: Known = session.known.also(own)
        self._spared = spared
        self._policy = policy
        self._labels = frozenset({*session.labels, *(label_of(finding.entity) for finding in seen), LITERAL})

    def findings(self, value: str, own: Sequence[Finding], depth: int = 0) -> Sequence[Finding]:
        """The findings of a text: its `own` ones, and known values; both in its indices, disjoint and sorted.

        JSON in it is read as such: only its strings and numbers are looked through.
        """
        if not self.known:
            return own
        if depth < NESTING and looks_like_json(value):
            try:
                tree = parse(value)
            except UnreadableJson:
                pass  # text that only begins like JSON
            else:
                return self._in_json(value, own, tree, depth + 1)
        return self._in_text(value, own)

    def in_parts(
        self, text: str, parts: Sequence[Part], found: Mapping[int, tuple[Finding, ...]]
    ) -> dict[int, tuple[Finding, ...]]:
        """`found`, by the place of a part of the body `text`, with what is known of these parts."""
        out = dict(found)
        for number, own in found.items() if self.known else ():
            part = parts[number]
            # Where a seed is expected, a string would be refused.
            if part.into is None and not part.technical:
                value = said(text[part.start : part.end], part.form)
                is_number = part.form is Form.NUMBER
                out[number] = tuple(self._in_number(value, own) if is_number else self.findings(value, own))
        return out

    @cached_property
    def _literals(self) -> Finder:
        return Finder(self._labels, styles=("ordinal", "pua"), relatives=True)

    def _in_text(self, text: str, own: Sequence[Finding]) -> Sequence[Finding]:
        theirs = [Span(f.start, f.end, f.entity, f.score, f.source, f.replacement) for f in own]
        # A literal may stay, and what is in it not.
        spans = self.known.spans(text, self._spared, [span for span in theirs if span.source != "literal"])
        if not spans:
            return own
        both = resolve([*theirs, *_untangled(text, theirs, spans)], self._policy.weight)
        if both == theirs:
            return own
        return findings_in(text, with_laid_bare(text, both, self._literals, self._policy.weight))

    def _in_number(self, digits: str, own: Sequence[Finding]) -> Sequence[Finding]:
        if own or self._policy.numbers == "allow":
            return own
        known = [span for span in self.known.spans(digits, self._spared) if span.end - span.start == len(digits)]
        return [Finding(0, len(digits), span.entity, span.score, span.source, digits) for span in known[:1]]

    def _in_json(self, text: str, own: Sequence[Finding], tree: Any, depth: int) -> Sequence[Finding]:
        out: list[Finding] = []
        rest = list(reversed(own))
        for leaf in leaves(text, _EVERYTHING, tree, digits=DIGITS, keys=True):
            inside: list[Finding] = []
            while rest and rest[-1].start < leaf.end:
                inside.append(rest.pop())
            if leaf.form is Form.NUMBER:
                number = self._in_number(leaf.value, inside)
                out += [f.at(leaf.start, leaf.end) for f in number]
            else:
                offsets = Offsets(text[leaf.start : leaf.end], leaf.start)
                found = self.findings(leaf.value, _moved(inside, _inverse(offsets, leaf)), depth)
                out += _moved(found, offsets.__getitem__)
        return [*out, *reversed(rest)]


def _untangled(text: str, own: list[Span], known: list[Span]) -> list[Span]:
    """`known` without those that others cover together, and that reach from one of them into the next.

    In "Jane Doe, Jane Roe" nobody is called "Doe, Jane".
    """
    out: list[Span] = []
    reaching: list[Span] = []
    settled = own
    for _, alike in groupby(sorted(known, key=lambda span: -span.score), key=lambda span: span.score):
        ends = [span.end for span in settled]
        furthest = 0
        for span in alike:
            first, last = bisect_right(ends, span.start), bisect_left(ends, span.end)
            is_cut = first < len(settled) and settled[first].start < span.start < settled[first].end < span.end
            is_cut |= last < len(settled) and span.start < settled[last].start < span.end < settled[last].end
            if is_cut or span.start < furthest < span.end:
                reaching.append(span)
            else:
                furthest = max(furthest, span.end)
                out.append(span)
        settled = resolve([*own, *out])
    starts, ends = [span.start for span in settled], [span.end for span in settled]
    for span in reaching:
        others = settled[bisect_right(ends, span.start) : bisect_left(starts, span.end)]
        bare = zip([span.start, *(o.end for o in others)], [*(o.start for o in others), span.end], strict=True)
        if any(any(map(str.isalnum, text[start:end])) for start, end in bare):
            out.append(span)
    return out


def _moved(findings: Iterable[Finding], to: Callable[[int], int]) -> list[Finding]:
    return [f.at(to(f.start), to(f.end)) for f in findings]


def _inverse(offsets: Offsets, leaf: Leaf) -> Callable[[int], int]:
    """From indices into the text that holds a string to those into the string."""
    return lambda index: bisect_left(range(len(leaf.value) + 1), index, key=offsets.__getitem__)
