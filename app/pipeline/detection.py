"""Detection as one object: its layers, their state, and what it tells about a text or a body."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from app.pipeline.detectors import Detector, DetectorUnavailable
from app.pipeline.engine import Engine
from app.pipeline.fields import Fields, opening
from app.pipeline.json_text import Pairs, UnreadableJson, parse
from app.pipeline.policy import Policy
from app.pipeline.redaction import Finding
from app.pipeline.terms import Term

_BOM = "\ufeff"
#: Entities of the layers that have no rows to ask.
_ENTITIES = frozenset({"PERSON", "ORGANIZATION", "LOCATION", "PHONE_NUMBER", "CUSTOM"})


@dataclass(frozen=True, slots=True)
class BodyScan:
    """What a JSON body holds: findings in the indices of `decode(body)`, and what routes it.

    `opening` is a SHA-256 of how the conversation begins, the same in each of its requests.
    """

    findings: tuple[Finding, ...]
    opening: bytes
    model: str
    stream: bool


def decode(body: bytes) -> str:
    """A body as text. Bytes that are no UTF-8 become lone surrogates, which `encode` turns back."""
    return body.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The inverse of `decode`."""
    return text.encode("utf-8", "surrogateescape")


class Detection:
    """The layers of this process. Not thread-safe: one caller at a time."""

    def __init__(self, ner_model: str) -> None:
        self._ner_model = ner_model
        self._terms: tuple[Term, ...] = ()
        self._detectors: dict[str, Detector] = {}
        self._engine: Engine | None = None

    def load(self, layers: Iterable[str]) -> dict[str, str]:
        """Makes `layers` ready; returns, for each that cannot run, a sentence for the user."""
        failures = {}
        for layer in layers:
            try:
                self._detector(layer)
            except DetectorUnavailable as error:
                failures[layer] = str(error)
        return failures

    def _detector(self, layer: str) -> Detector:
        # Imported here, each by whoever needs it: the model's runtime costs more than the rest.
        detector = self._detectors.get(layer)
        if detector is None:
            if layer == "dictionary":
                from app.pipeline.detectors.dictionary import DictionaryDetector

                detector = DictionaryDetector(self._terms)
            elif layer == "ner":
                from app.pipeline.detectors.ner import NerDetector

                ner = NerDetector(self._ner_model)
                ner.load()
                detector = ner
            elif layer == "patterns":
                from app.pipeline.detectors.patterns import PatternsDetector

                detector = PatternsDetector()
            else:
                from app.pipeline.detectors.names import NamesDetector

                detector = NamesDetector()
            self._detectors[layer] = detector
            self._engine = None
        return detector

    def use_terms(self, terms: tuple[Term, ...]) -> None:
        """The dictionary from now on."""
        self._terms = terms
        self._detectors.pop("dictionary", None)
        self._engine = None

    def _ready(self, policy: Policy) -> Engine:
        for layer in policy.layers:
            self._detector(layer)
        if self._engine is None:
            from app.pipeline.patterns import ALL

            entities = _ENTITIES | {row.entity for row in ALL} | {term.entity for term in self._terms}
            stand_ins = {term.replacement for term in self._terms if term.replacement}
            self._engine = Engine(self._detectors, entities, stand_ins)
        return self._engine

    def text(self, text: str, policy: Policy) -> list[Finding]:
        """What to hide in a plain text. Raises DetectorUnavailable."""
        return self._ready(policy).findings(text, policy)

    def body(self, body: bytes, fields: Fields, policy: Policy) -> BodyScan:
        """What to hide in a JSON body. Raises UnreadableJson and DetectorUnavailable."""
        text = decode(body)
        mark = len(_BOM) if text.startswith(_BOM) else 0
        text = text[mark:]
        tree = parse(text)
        if not isinstance(tree, Pairs):
            raise UnreadableJson("it is not a JSON object")
        findings = self._ready(policy).findings_in_json(text, fields, policy, tree)
        if mark:
            findings = [
                Finding(f.start + mark, f.end + mark, f.entity, f.score, f.source, f.value, f.replacement)
                for f in findings
            ]
        digest = hashlib.sha256()
        for part in opening(tree, fields.opening):
            encoded = part.encode("utf-8", "surrogatepass")
            digest.update(len(encoded).to_bytes(8, "big") + encoded)
        model = tree.get("model")
        return BodyScan(
            tuple(findings), digest.digest(), model if isinstance(model, str) else "", tree.get("stream") is True
        )
