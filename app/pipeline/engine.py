"""All detectors behind one call, for plain text and for the text inside JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app.pipeline.detectors import Detector
from app.pipeline.fields import Fields, leaves
from app.pipeline.json_text import Offsets, UnreadableJson, looks_like_json, parse
from app.pipeline.placeholder import LITERAL, MAX_LENGTH, Finder, Sighting, label_of
from app.pipeline.policy import Policy
from app.pipeline.redaction import Finding
from app.pipeline.span import Span, resolve

#: JSON inside strings inside JSON is followed so far; what lies deeper is read as plain text.
_NESTING = 4
#: Keys whose values are whole texts. Any other key says what its value is, as a form's label does.
_TEXT_KEYS = frozenset(
    "content text input output arguments description instructions prompt system thinking delta data "
    "partial_json title context message summary body value default examples enum const".split()
)
_WORD_EDGE = re.compile(r"[_\-.\s]+|(?<=[a-z0-9])(?=[A-Z])")
_EVERYTHING = Fields()


def _literal(seen: Sighting, offset: int) -> Span:
    return Span(offset + seen.start, offset + seen.end, LITERAL, 1.0, "literal", seen.token)


class Engine:
    """Finds everything to hide in a text; the same text under the same policy gives the same."""

    def __init__(
        self, detectors: Mapping[str, Detector], entities: Iterable[str], stand_ins: Iterable[str] = ()
    ) -> None:
        """`detectors` by layer; placeholders of `entities` and the user's `stand_ins` are literals."""
        self._detectors = dict(detectors)
        self._literals = Finder({*map(label_of, entities), LITERAL}, stand_ins)

    def spans(self, text: str, policy: Policy) -> list[Span]:
        """Disjoint, sorted spans of `text`. Raises DetectorUnavailable when a layer cannot run."""
        found = [_literal(seen, 0) for seen in self._literals.find(text)]
        for layer, detector in self._detectors.items():
            if layer in policy.layers:
                found.extend(detector.detect(text, policy))
        spans = resolve(found)
        while laid_bare := self._laid_bare(text, spans):
            spans = resolve(spans + laid_bare)
        return spans

    def _laid_bare(self, text: str, spans: list[Span]) -> list[Span]:
        """Literals that only hiding `spans` makes: "PERSON_1234" in "xPERSON_1234" without the x."""
        out: list[Span] = []
        ends = [0, *(span.end for span in spans)]
        starts = [*(span.start for span in spans), len(text)]
        for start, end in zip(ends, starts, strict=True):
            # Only what touches an end of the gap depends on what stands beyond it.
            tail = max(start, end - MAX_LENGTH)
            head = text[start : min(end, start + MAX_LENGTH)]
            if start:
                out += [_literal(seen, start) for seen in self._literals.find(head) if seen.start == 0]
            if end < len(text):
                left = text[tail - 1] if tail > start else ""
                sightings = self._literals.find(text[tail:end], left)
                out += [_literal(seen, tail) for seen in sightings if tail + seen.end == end]
        return out

    def findings(self, text: str, policy: Policy) -> list[Finding]:
        """What to hide in a plain text."""
        return self._in_string(text, "", policy, 0, plain=True)

    def findings_in_json(self, text: str, fields: Fields, policy: Policy, tree: Any = None) -> list[Finding]:
        """What to hide in a JSON text, in its own indices. Raises UnreadableJson."""
        return self._in_json(text, fields, policy, 0, tree)

    def _in_json(self, text: str, fields: Fields, policy: Policy, depth: int, tree: Any) -> list[Finding]:
        out: list[Finding] = []
        for leaf in leaves(text, fields, tree):
            inner = self._in_string(leaf.value, leaf.key, policy, depth)
            if inner:
                offsets = Offsets(text[leaf.start : leaf.end], leaf.start)
                out += [
                    Finding(
                        offsets[f.start],
                        offsets.end(f.end),
                        f.entity,
                        f.score,
                        f.source,
                        f.value,
                        f.replacement,
                    )
                    for f in inner
                ]
        return out

    def _in_string(self, value: str, key: str, policy: Policy, depth: int, plain: bool = False) -> list[Finding]:
        if not plain and depth < _NESTING and looks_like_json(value):
            try:
                tree = parse(value)
            except UnreadableJson:
                pass  # text that only begins like JSON
            else:
                return self._in_json(value, _EVERYTHING, policy, depth + 1, tree)
        prefix = "" if key in _TEXT_KEYS or not key else f"{_WORD_EDGE.sub(' ', key[:48])}: "
        spans = self.spans(prefix + value, policy)
        skip = len(prefix)
        return [
            Finding(
                max(0, s.start - skip),
                s.end - skip,
                s.entity,
                s.score,
                s.source,
                value[max(0, s.start - skip) : s.end - skip],
                s.replacement,
            )
            for s in spans
            if s.end > skip
        ]
