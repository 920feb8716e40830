"""Detection as one object: its layers, their state, and what it tells about a text or a body."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from app.pipeline.detectors import Detector, DetectorUnavailable
from app.pipeline.engine import Engine
from app.pipeline.fields import Fields, Leaf, label
from app.pipeline.outline import Outline, outline
from app.pipeline.policy import Policy
from app.pipeline.redaction import Finding
from app.pipeline.terms import Term

#: Entities of the layers that have no rows to ask.
_ENTITIES = frozenset({"PERSON", "ORGANIZATION", "LOCATION", "PHONE_NUMBER", "CUSTOM"})
#: Bodies that wait between their outline and their findings; more than ever run at once.
_OPEN = 512
#: Texts whose findings are kept, and how long such a text may be. A conversation re-sends all of its own.
_CACHED, _CACHED_LENGTH = 20_000, 200_000

#: By the place of a part in its outline.
Findings = dict[int, tuple[Finding, ...]]


class Detection:
    """The layers of this process. Not thread-safe: one caller at a time."""

    def __init__(self, ner_model: str) -> None:
        self._ner_model = ner_model
        self._terms: tuple[Term, ...] = ()
        self._detectors: dict[str, Detector] = {}
        self._engine: Engine | None = None
        self._opened: OrderedDict[int, list[Leaf]] = OrderedDict()
        self._cache: dict[tuple[str, str, Policy], tuple[Finding, ...]] = {}

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
        self._cache.clear()
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

    def open(
        self, ticket: int, body: bytes, fields: Fields, policy: Policy, finished: Iterable[int]
    ) -> tuple[Outline, Findings]:
        """The outline of a body, and what to hide in those of its parts that are not history.

        Forgets the bodies opened as `finished`. Raises UnreadableJson and DetectorUnavailable.
        """
        for number in finished:
            self._opened.pop(number, None)
        result = self.outline(ticket, body, fields)
        leaves = self._opened[ticket]
        engine = self._ready(policy)
        fresh = (number for number, part in enumerate(result.parts) if not part.is_history)
        return result, {number: self._in_leaf(engine, leaves[number], policy) for number in fresh}

    def outline(self, ticket: int, body: bytes, fields: Fields) -> Outline:
        """Opens a body; `findings` looks into it. Raises UnreadableJson."""
        result, leaves = outline(body, fields)
        self._opened[ticket] = leaves
        while len(self._opened) > _OPEN:
            self._opened.popitem(last=False)
        return result

    def findings(self, ticket: int, numbers: Sequence[int], policy: Policy) -> Findings:
        """What to hide in these parts of the body opened as `ticket`. Raises DetectorUnavailable."""
        leaves = self._opened.pop(ticket, None)
        if leaves is None:
            raise DetectorUnavailable("It was interrupted between two steps.")
        engine = self._ready(policy)
        return {number: self._in_leaf(engine, leaves[number], policy) for number in numbers}

    def _in_leaf(self, engine: Engine, leaf: Leaf, policy: Policy) -> tuple[Finding, ...]:
        name = (label(leaf.key), leaf.value, policy)
        found = self._cache.get(name)
        if found is None:
            found = tuple(engine.findings_in_leaf(leaf.value, leaf.key, policy))
            if len(leaf.value) <= _CACHED_LENGTH:
                self._cache[name] = found
                while len(self._cache) > _CACHED:
                    del self._cache[next(iter(self._cache))]
        else:
            self._cache[name] = self._cache.pop(name)  # used last, forgotten last
        return found
