"""Detection as one object: its layers, their state, and what it tells about a text or a body."""

from __future__ import annotations

import dataclasses
import hashlib
import sys
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from app.pipeline.detectors import Detector, DetectorUnavailable
from app.pipeline.detectors.own import OwnDetector
from app.pipeline.detectors.readings import Store
from app.pipeline.engine import Engine
from app.pipeline.extract import text_of
from app.pipeline.fields import Fields, Form, Leaf
from app.pipeline.labels import label
from app.pipeline.media import Attachment, Unreadable
from app.pipeline.outline import Outline, outline
from app.pipeline.policy import Policy
from app.pipeline.recent import Recent
from app.pipeline.redaction import Finding
from app.pipeline.terms import Term

#: Entities of the layers that have no rows to ask.
_ENTITIES = frozenset({"PERSON", "ORGANIZATION", "LOCATION", "ADDRESS", "PHONE_NUMBER", "CUSTOM"})
#: Bodies that wait between their outline and their findings; more than ever run at once.
_OPEN = 2048
#: Bytes in which findings are kept, unless told otherwise. A conversation re-sends all of its texts.
CACHE = 64 * 2**20
#: Bytes that a text takes in there beside its own, and a finding in it.
_PER_TEXT, _PER_FINDING = 500, 300
_CACHED_REPORTS = 200
#: A text for which detectors make most of what they need only now and then: tables, compiled expressions, lists.
_TRIAL = (
    "Kia ora M\u00e4ry, call Dr J. Smith on +64 21 555 0123 or 0491 570 006 \u2013 jane (at) example dot com, "
    "12/03/1985.\ncard number: 4111\u00a01111 1111 1111, IBAN GB82 WEST 1234 5698 7654 32, SSN 078-05-1120, "
    "lives at 12 High Street, "
    "Leeds LS1 4DY\nname,email,tfn\nann lee,ann@example.org,\uff11\uff12\uff13 456 782\n"
    "password = hunter2hunter2; api_key: sk-0123456789abcdefghijABCDEFGHIJ https://user:word@192.0.2.1/?q=1&token=eyJhbGciOi\n"
)
#: What the model does not read.
_UNREAD = frozenset([Form.KEY, Form.NUMBER])
#: Characters of an attached document that the model reads, a second's work; the other layers read on.
_READ_SLOWLY = 16_000


@cache
def known_entities() -> frozenset[str]:
    """What there is to find besides the types of the dictionary's terms."""
    from app.pipeline.patterns import ALL
    from app.pipeline.patterns.secrets import ENTITIES

    return _ENTITIES.union(ENTITIES) | {row.entity for row in ALL}


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in a document of this `format`: how many values of each entity, None where it cannot be read.

    `whole` says whether every layer has looked through all of it.
    """

    format: str
    entities: Mapping[str, int] | None
    whole: bool


class NerModel(NamedTuple):
    """What the layer `ner` is made of."""

    name: str
    fetched: Path | None
    threads: int


#: By the place of a part in its outline.
Findings = dict[int, tuple[Finding, ...]]


class Detection:
    """The layers of this process. Not thread-safe: one caller at a time."""

    def __init__(self, ner_model: str, fetched: Path | None = None, threads: int = 0, cache: int = CACHE) -> None:
        """`ner_model` and `fetched` are as `models.find` takes them, `threads` as NerDetector does.

        `cache`: bytes in which findings are kept, so that a text that comes again is not looked through again.
        """
        self._ner = NerModel(ner_model, fetched, threads)
        self._kept: tuple[bytes, Store | None] = (b"", None)
        self._terms: dict[int, Term] = {}
        self._own = OwnDetector()
        self._is_current = True
        self._detectors: dict[str, Detector] = {"dictionary": self._own}
        self._engine: Engine | None = None
        self._opened: OrderedDict[int, tuple[list[Leaf], list[tuple[Attachment, bytes]]]] = OrderedDict()
        self._reports: dict[tuple[bytes, Policy], Report] = {}
        self._cache: Recent[tuple[str, str, Policy, Form], tuple[Finding, ...]] = Recent(cache)

    def load(self, layers: Iterable[str]) -> dict[str, str]:
        """Makes `layers` ready; returns, for each that cannot run, a sentence for the user."""
        failures = {}
        loaded = set()
        for layer in layers:
            try:
                self._detector(layer)
                loaded.add(layer)
            except DetectorUnavailable as error:
                failures[layer] = str(error)
        # A third of a second, which the first request would take longer. It is told, too, what fails here.
        with suppress(DetectorUnavailable):
            self.text(_TRIAL, Policy(layers=frozenset(loaded)))
        return failures

    def _detector(self, layer: str) -> Detector:
        # Imported here, each by whoever needs it: the model's runtime costs more than the rest.
        detector = self._detectors.get(layer)
        if detector is None:
            if layer == "secrets":
                from app.pipeline.detectors.secrets import SecretsDetector

                detector = SecretsDetector()
            elif layer == "ner":
                from app.pipeline.detectors.ner import NerDetector

                ner = NerDetector(*self._ner)
                ner.keep(*self._kept)
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

    def keep(self, key: bytes, store: Store | None) -> None:
        """Has `store` remember what the model reads, under names that only `key` gives; None: forgets all of it."""
        from app.pipeline.detectors.ner import NerDetector

        self._kept = key, store
        self._cache.clear()
        detector = self._detectors.get("ner")
        if isinstance(detector, NerDetector):
            detector.keep(key, store)

    def use_terms(self, terms: Iterable[Term]) -> None:
        """The dictionary from now on."""
        self.change_terms(dict.fromkeys(self._terms))
        self.change_terms(dict(enumerate(terms)))

    def change_terms(self, changes: Mapping[int, Term | None]) -> None:
        """Terms of the dictionary, by id, that are new or have changed; None: that is gone."""
        self._is_current = False
        gone = [self._terms.pop(id) for id in changes if id in self._terms]
        self._terms |= {id: term for id, term in changes.items() if term is not None}
        if self._own.change(gone, [term for term in changes.values() if term is not None]):
            self._engine = None
        self._cache.clear()
        self._reports.clear()
        self._is_current = True

    def build_terms(self) -> None:
        """Makes the dictionary ready, which the next text would have to wait for."""
        self._own.build()

    def _ready(self, policy: Policy) -> Engine:
        if not self._is_current:
            raise DetectorUnavailable("A change of the dictionary was not taken over: start Anonamoose again.")
        for layer in policy.layers:
            self._detector(layer)
        if self._engine is None:
            entities = known_entities() | self._own.entities
            self._engine = Engine(self._detectors, entities, self._own.replacements, self._own.allowed)
        return self._engine

    def text(self, text: str, policy: Policy) -> list[Finding]:
        """What to hide in a plain text. Raises DetectorUnavailable."""
        return self._ready(policy).findings(text, policy)

    def leaves(self, texts: Sequence[tuple[str, str]], policy: Policy) -> list[list[Finding]]:
        """What to hide in each of `texts`, which comes with its key. Raises DetectorUnavailable."""
        engine = self._ready(policy)
        return [engine.findings_in_leaf(text, key, policy) for text, key in texts]

    def open(
        self, ticket: int, body: bytes, fields: Fields, policy: Policy, finished: Iterable[int]
    ) -> tuple[Outline, Findings]:
        """The outline of a body, and what to hide in those of its parts that are not history.

        Forgets the bodies opened as `finished`. Raises UnreadableJson and DetectorUnavailable.
        """
        for number in finished:
            self._opened.pop(number, None)
        result = self.outline(ticket, body, fields)
        leaves, _ = self._opened[ticket]
        engine = self._ready(policy)
        fresh = [number for number, part in enumerate(result.parts) if not part.is_history]
        if "ner" in policy.layers:
            self._expect([leaves[number] for number in fresh])
        return result, {number: self._in_leaf(engine, leaves[number], policy) for number in fresh}

    def _expect(self, texts: Iterable[Leaf]) -> None:
        from app.pipeline.detectors.ner import NerDetector

        detector = self._detectors.get("ner")
        if isinstance(detector, NerDetector):
            detector.expect(label(leaf.key) + leaf.value for leaf in texts if leaf.form not in _UNREAD)

    def outline(self, ticket: int, body: bytes, fields: Fields) -> Outline:
        """Opens a body; `findings` looks into it. Raises UnreadableJson."""
        result, leaves, contents = outline(body, fields)
        self._opened[ticket] = leaves, list(zip(result.attachments, contents, strict=True))
        while len(self._opened) > _OPEN:
            self._opened.popitem(last=False)
        return result

    def findings(self, ticket: int, numbers: Sequence[int], policy: Policy) -> Findings:
        """What to hide in these parts of the body opened as `ticket`. Raises DetectorUnavailable."""
        leaves, _ = self._taken(ticket)
        engine = self._ready(policy)
        return {number: self._in_leaf(engine, leaves[number], policy) for number in numbers}

    def _taken(self, ticket: int) -> tuple[list[Leaf], list[tuple[Attachment, bytes]]]:
        opened = self._opened.pop(ticket, None)
        if opened is None:
            raise DetectorUnavailable("It was interrupted between two steps.")
        return opened

    def reports(self, ticket: int, policy: Policy) -> list[Report]:
        """What is in the documents attached to the body opened as `ticket`; ask before `findings`."""
        leaves, attached = self._taken(ticket)
        self._opened[ticket] = leaves, []
        return [self._report(one, data, policy) for one, data in attached if one.medium == "document"]

    def _report(self, attachment: Attachment, data: bytes, policy: Policy) -> Report:
        name = (hashlib.sha256(data).digest(), policy)
        report = self._reports.pop(name, None)
        if report is None:
            try:
                text, whole = text_of(data, attachment.format)
            except Unreadable:
                report = Report(attachment.format, None, False)
            else:
                quick = dataclasses.replace(policy, layers=policy.layers - {"ner"})
                short = len(text) <= _READ_SLOWLY
                cut = len(text) if short else text.rfind("\n", 0, _READ_SLOWLY) + 1 or _READ_SLOWLY
                engine = self._ready(policy)
                found = engine.findings(text[:cut], policy) + engine.findings(text[cut:], quick)
                entities = Counter(finding.entity for finding in found if finding.source != "literal")
                report = Report(attachment.format, dict(entities), whole and short)
        self._reports[name] = report  # used last, forgotten last
        while len(self._reports) > _CACHED_REPORTS:
            del self._reports[next(iter(self._reports))]
        return report

    def _in_leaf(self, engine: Engine, leaf: Leaf, policy: Policy) -> tuple[Finding, ...]:
        name = (label(leaf.key), leaf.value, policy, leaf.form)
        found = self._cache.get(name)
        if found is None:
            found = tuple(_finder(engine, leaf.form)(leaf.value, leaf.key, policy))
            self._cache.put(name, found, sys.getsizeof(leaf.value) + _PER_TEXT + _PER_FINDING * len(found))
        return found


def _finder(engine: Engine, form: Form) -> Callable[[str, str, Policy], list[Finding]]:
    if form is Form.NUMBER:
        return engine.findings_in_number
    return engine.findings_in_key if form is Form.KEY else engine.findings_in_leaf
