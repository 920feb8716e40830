"""All detectors behind one call, for plain text and for the text inside JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from app.pipeline.allowed import Allowed
from app.pipeline.detectors import Detector, addresses, hl7
from app.pipeline.disguises import undisguised
from app.pipeline.fields import Fields, Form, leaves
from app.pipeline.finder import MAX_LENGTH, Finder, Sighting
from app.pipeline.json_text import Offsets, UnreadableJson, looks_like_json, parse
from app.pipeline.labels import answering, label
from app.pipeline.numbers import DIGITS, identifies, may_identify
from app.pipeline.placeholder import LITERAL, can_stand_in, label_of
from app.pipeline.policy import Policy
from app.pipeline.redaction import Finding
from app.pipeline.span import Span, resolve
from app.pipeline.views import views

#: JSON inside strings inside JSON is followed so far; what lies deeper is read as plain text.
NESTING = 4
_EVERYTHING = Fields()
#: A model for names has nothing to say about digits.
_FOR_NUMBERS = frozenset(["dictionary", "patterns"])
#: The layers that look at views. The dictionary has views of its own; the model is too slow to read a text again.
_ON_VIEWS = ("secrets", "patterns", "names")
#: How often disguises are undone, as in JSON in Base64 in a URL, and how much around each is looked at again.
_DISGUISES = 3
_CONTEXT = 96


def _literal(seen: Sighting, offset: int) -> Span:
    return Span(offset + seen.start, offset + seen.end, LITERAL, 1.0, "literal", seen.token)


class Engine:
    """Finds everything to hide in a text; the same text under the same policy gives the same."""

    def __init__(
        self,
        detectors: Mapping[str, Detector],
        entities: Iterable[str],
        stand_ins: Iterable[str] = (),
        allowed: Allowed | None = None,
    ) -> None:
        """`detectors` by layer; placeholders of `entities` and the user's `stand_ins` are literals.

        What is `allowed` is not found.
        """
        self._detectors = dict(detectors)
        self._allowed = allowed or Allowed()
        self._literals = Finder(
            {*map(label_of, entities), LITERAL},
            filter(can_stand_in, stand_ins),
            styles=("ordinal", "pua"),
            relatives=True,
        )

    def spans(self, text: str, policy: Policy, skip: int = 0) -> list[Span]:
        """Disjoint, sorted spans of `text`. Raises DetectorUnavailable when a layer cannot run.

        The first `skip` characters only tell what stands behind them.
        """
        found = [_literal(seen, 0) for seen in self._literals.find(text)]
        for layer, detector in self._detectors.items():
            if layer in policy.layers:
                found.extend(detector.detect(text, policy))
        found.extend(self._disguised(text, policy))
        if "patterns" in policy.layers:
            found = hl7.without_alarms(text, found)
        counted = policy.counted(self._allowed.without(text, found, skip))
        spans = addresses.with_places(text, resolve(counted, policy.weight))
        return with_laid_bare(text, spans, self._literals, policy.weight)

    def _disguised(self, text: str, policy: Policy) -> Iterator[Span]:
        """What detectors find in the views of `text`, where it stands in `text` itself."""
        detectors = [self._detectors[layer] for layer in _ON_VIEWS if layer in policy.layers & self._detectors.keys()]
        for view in views(text, _CONTEXT, *[undisguised] * _DISGUISES) if detectors else ():
            for detector in detectors:
                for span in detector.detect(view.text, policy):
                    start, end = view.origin(span.start, span.end)
                    if start < end:
                        yield dataclasses.replace(span, start=start, end=end, replacement="")

    def findings(self, text: str, policy: Policy) -> list[Finding]:
        """What to hide in a plain text."""
        return self._found(text, "", policy)

    def findings_in_leaf(self, value: str, key: str, policy: Policy, depth: int = 0) -> list[Finding]:
        """What to hide in a string of a JSON text, in the string's own indices.

        Where it holds JSON itself, that is read as such; where it is the value of a telling key, the
        key is read with it.
        """
        if depth < NESTING and looks_like_json(value):
            try:
                tree = parse(value)
            except UnreadableJson:
                pass  # text that only begins like JSON
            else:
                return self.findings_in_json(value, _EVERYTHING, policy, tree, depth + 1)
        return self._found(value, label(key), policy)

    def findings_in_json(
        self, text: str, fields: Fields, policy: Policy, tree: Any = None, depth: int = 0
    ) -> list[Finding]:
        """What to hide in a JSON text, in its own indices. Raises UnreadableJson."""
        out: list[Finding] = []
        digits = 0 if policy.numbers == "allow" else DIGITS
        for leaf in answering(leaves(text, fields, tree, digits=digits, keys=True)):
            if leaf.form is Form.NUMBER:
                number = self.findings_in_number(leaf.value, leaf.key, policy)
                out += [f.at(leaf.start, leaf.end) for f in number]
                continue
            if leaf.form is Form.KEY:
                inner = self.findings_in_key(leaf.value, leaf.key, policy)
            else:
                inner = self.findings_in_leaf(leaf.value, leaf.key, policy, depth)
            if inner:
                offsets = Offsets(text[leaf.start : leaf.end], leaf.start)
                out += [f.at(offsets[f.start], offsets.end(f.end)) for f in inner]
        return out

    def findings_in_key(self, value: str, key: str, policy: Policy) -> list[Finding]:
        """What to hide in a key of an object, in its own indices.

        The model is not asked: it takes the heading of a column for a name.
        """
        return self._found(value, label(key), dataclasses.replace(policy, layers=policy.layers - {"ner"}))

    def findings_in_number(self, digits: str, key: str, policy: Policy) -> list[Finding]:
        """The whole number, in its own indices, where it identifies somebody."""
        if policy.numbers == "allow" or not may_identify(digits):
            return []
        narrow = dataclasses.replace(policy, layers=policy.layers & _FOR_NUMBERS)
        found = self._found(digits, label(key), narrow)
        told = [f for f in found if f.source != "literal" and identifies(f, key)]
        told = [f for f in told if f.source == "dictionary" or not self._allowed.allows(digits, f.entity)]
        told.sort(key=policy.weight, reverse=True)
        return [f._replace(start=0, end=len(digits), value=digits, replacement="") for f in told[:1]]

    def _found(self, value: str, prefix: str, policy: Policy) -> list[Finding]:
        skip = len(prefix)
        out = []
        for span in self.spans(prefix + value, policy, skip):
            if span.end > skip:
                start, end = max(0, span.start - skip), span.end - skip
                own = span.replacement if span.start >= skip else ""
                out.append(Finding(start, end, span.entity, span.score, span.source, value[start:end], own))
        return out


def with_laid_bare(text: str, spans: list[Span], literals: Finder, weight: Callable[[Span], int]) -> list[Span]:
    """`spans`, disjoint and sorted, and the literals that only hiding them makes, resolved."""
    if spans and not literals.is_blind_to(text):
        while bare := _laid_bare(text, spans, literals):
            spans = resolve(spans + bare, weight)
    return spans


def _laid_bare(text: str, spans: list[Span], literals: Finder) -> list[Span]:
    """Literals that only hiding `spans` makes: "PERSON_1234" in "xPERSON_1234" without the x."""
    out: list[Span] = []
    ends = [0, *(span.end for span in spans)]
    starts = [*(span.start for span in spans), len(text)]
    for start, end in zip(ends, starts, strict=True):
        # Only what touches an end of the gap depends on what stands beyond it.
        tail = max(start, end - MAX_LENGTH)
        head = text[start : min(end, start + MAX_LENGTH)]
        if start:
            out += [_literal(seen, start) for seen in literals.find(head) if seen.start == 0]
        if end < len(text):
            left = text[tail - 1] if tail > start else ""
            sightings = literals.find(text[tail:end], left)
            out += [_literal(seen, tail) for seen in sightings if tail + seen.end == end]
    return out
