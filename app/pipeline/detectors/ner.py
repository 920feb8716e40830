"""The layer that recognises persons, organisations and places in running text."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.detectors.edges import (
    attached,
    in_code,
    whole_words,
    without_possessive,
    without_small_words,
)
from app.pipeline.detectors.gate import gate
from app.pipeline.detectors.ordinary import is_no_name
from app.pipeline.detectors.readings import Reading, Readings, Store, Word
from app.pipeline.detectors.segments import Segment, segments
from app.pipeline.models import DEFAULT, Model, find
from app.pipeline.policy import Policy
from app.pipeline.span import Span
from app.pipeline.tagger import Tagger, Words

_LETTER = re.compile(r"[^\W\d_]")
_ESCAPE = re.compile(r"\\[nrt]")
_SURROGATE = re.compile("[\ud800-\udfff]")
#: A long run of what Base64, hexadecimal digests and tokens are made of, in its URL-safe spelling too.
_BLOB = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{256,}")
#: What may stand between two words of one entity whatever their labels: hyphens, apostrophes, "&", the
#: dot of an abbreviation inside a word ("U.S") and, after an initial or a short title, with a space.
_JOINT = re.compile(r"[-‐‑'’&]|\.")
_BLANKS = " \t\u00a0"
_SHORT = re.compile(r"(?:^|[\W_])[^\W\d_]{1,3}$")


#: No threshold is lower; words below it need not be remembered.
_FLOOR = 0.05
#: Counted up whenever the same network reads the same piece in another way than before.
_VERSION = 1
#: What is read of a text, in order and disjoint.
Cut = Callable[[str], Iterable[Segment]]


def worth_reading(model: Model) -> Cut:
    """What there is to be read by `model`. Raises DetectorUnavailable when its clues are not what they should be."""
    try:
        worth = gate(model.folder / model.clues if model.clues else None)
    except (OSError, ValueError):
        worth = None
    if worth is None:
        raise DetectorUnavailable(f"The file {model.clues} of the model “{model.name}” is damaged.")
    return lambda text: segments(text, worth)


@dataclass(slots=True)
class _Draft:
    """An entity being put together: words `start`..`end` of the text, and its scores so far."""

    start: int
    end: int
    scores: list[tuple[float, ...]] = field(default_factory=list)


class NerDetector:
    """Persons, organisations and places, as a BIO token classifier sees them.

    Spans are whole words of the original text. What counts is the probability that a word belongs
    to any entity we know (Policy.ner_threshold); which one decides only the label. The score of a
    span is the mean of its words' probabilities.
    """

    name = "ner"

    def __init__(
        self, model: str = DEFAULT, fetched: Path | None = None, threads: int = 0, *, cut: Cut | None = None
    ) -> None:
        """`model` and `fetched` are as `models.find` takes them; nothing is read before it is needed.

        `threads` is how many cores it computes on, 0 half of them. `cut` gives the pieces of a text that are read;
        by default, segments of what the gate lets through.
        """
        self._model = model
        self._fetched = fetched
        self._threads = threads or max(1, _cores() // 2)
        self._cut = cut
        self._tagger: Tagger | None = None
        self._loading = threading.Lock()
        self._readings = Readings()
        self._kept: tuple[bytes, Store | None] = (b"", None)

    def load(self) -> Tagger:
        """Load the model unless that has happened. Raises DetectorUnavailable when it cannot be used."""
        with self._loading:
            if self._tagger is None:
                model = find(self._model, self._fetched)
                self._tagger = Tagger(model, self._threads)
                self._cut = self._cut or worth_reading(model)
                self._begin_anew(self._tagger)
            return self._tagger

    def keep(self, key: bytes, store: Store | None) -> None:
        """Has what is read from now on kept in `store`, under names that only `key` gives; None: in memory alone."""
        with self._loading:
            self._kept = key, store
            if self._tagger is not None:
                self._begin_anew(self._tagger)

    def expect(self, texts: Iterable[str]) -> None:
        """These will be read next: what is known of them is looked up, all at once."""
        self._readings.expect(texts)

    def forget(self) -> None:
        """Forget what was read so far, but for what is in a store."""
        with self._loading:
            if self._tagger is not None:
                self._begin_anew(self._tagger)

    def _begin_anew(self, tagger: Tagger) -> None:
        key, store = self._kept
        identity = f"{_VERSION} {_FLOOR} {tagger.identity()}" if store is not None else ""
        self._readings = Readings(key, identity.encode(), store)

    def detect(self, text: str, policy: Policy) -> list[Span]:
        """Spans in `text`, sorted and disjoint. Raises DetectorUnavailable when the model fails."""
        if _LETTER.search(text) is None:
            return []
        entities = self.load().entities
        words = self._readings.of_whole(text, lambda whole: tuple(self._words(readable(whole))))
        spans: list[Span] = []
        reached = 0
        for draft in _drafts(text, words, policy.ner_threshold):
            start, end = whole_words(text, draft.start, draft.end, reached)
            # Also for what is dropped: looking at the same letters again would make this quadratic.
            reached = max(reached, end)
            span = _named(text, start, end, draft, entities)
            if span is not None:
                spans.append(span)
        return spans

    def _words(self, text: str) -> Iterator[Word]:
        """What may belong to an entity, in order. A segment that was read before is not read again."""
        tagger = self.load()
        assert self._cut is not None
        cut = list(self._cut(text))

        def read(piece: str) -> Reading:
            return tuple(_likely(tagger.words(piece)))

        readings = self._readings.of((text[segment.left : segment.right] for segment in cut), read)
        for segment, words in zip(cut, readings, strict=True):
            yield from _own(words, segment)


def _cores() -> int:
    """How many this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _likely(words: Words) -> Iterator[Word]:
    for index in np.flatnonzero(words.scores.sum(axis=1) >= _FLOOR).tolist():
        scores = tuple(words.scores[index].tolist())
        yield Word(int(words.starts[index]), int(words.ends[index]), bool(words.begins[index]), scores)


def _own(words: Iterable[Word], segment: Segment) -> Iterator[Word]:
    """Those that begin in the segment itself, in the indices of the text."""
    for word in words:
        start = word.start + segment.left
        if segment.start <= start < segment.end:
            yield word._replace(start=start, end=word.end + segment.left)


def readable(text: str) -> str:
    """`text` with what the model cannot read replaced, character for character.

    Lone surrogates do not encode to UTF-8. Escaped line ends, as in the strings of code, would stick
    to the word behind them. Blobs hold no names a model could see, yet every few characters of one
    are a token: a megabyte would take a minute.
    """

    def blank(match: re.Match[str]) -> str:
        # Random Base64 is digits by a sixth and marks by a thirtieth. Prose written in one word has
        # either fewer digits or a mark between its words.
        run = match.group()
        digits = sum(map(run.count, "0123456789"))
        marks = sum(map(run.count, "+/_-"))
        return " " * len(run) if digits * 12 > len(run) > marks * 12 else run

    return _BLOB.sub(blank, _ESCAPE.sub("  ", _SURROGATE.sub("\ufffd", text)))


def _drafts(text: str, words: Iterable[Word], threshold: float) -> Iterator[_Draft]:
    """Entities as the model gives them, joined over what may stand inside a name."""
    draft: _Draft | None = None
    for word in words:
        if sum(word.scores) < threshold:
            continue
        if draft is not None and _continues(text, draft, word.start, word.begins):
            draft.end = word.end
        else:
            if draft is not None:
                yield draft
            draft = _Draft(word.start, word.end)
        draft.scores.append(word.scores)
    if draft is not None:
        yield draft


def _continues(text: str, draft: _Draft, start: int, begins: bool) -> bool:
    """Whether a word at `start` belongs to `draft`, given that the model says it `begins` an entity."""
    end = draft.end
    while end < start and attached(text[end]):  # tokenizers strip accents, and do not count them
        end += 1
    gap = text[end : min(start, end + 4)]
    if not gap.strip(_BLANKS):
        inside = not gap and _JOINT.fullmatch(text[end - 1]) is not None
        return len(gap) <= 2 and (inside or not begins)
    if _JOINT.fullmatch(gap):
        return True
    return gap[0] == "." and gap[1:] in ("", " ", "\u00a0") and _SHORT.search(text[max(0, end - 4) : end]) is not None


def _named(text: str, start: int, end: int, draft: _Draft, entities: tuple[str, ...]) -> Span | None:
    """The span of an entity, or None when what lies there is no name."""
    start, end = without_small_words(text, start, without_possessive(text, start, end))
    if sum(map(str.isalpha, text[start:end])) < 2 or in_code(text, start, end):
        return None
    scores = np.mean(draft.scores, axis=0)
    entity = entities[int(scores.argmax())]
    if is_no_name(text, start, end, entity):
        return None
    return Span(start, end, entity, min(1.0, float(scores.sum())), NerDetector.name)
