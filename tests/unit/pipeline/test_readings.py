"""What the model saw is remembered exactly, and only for the text, the model and the key that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.detection import Detection
from app.pipeline.detectors.ner import NerDetector
from app.pipeline.detectors.readings import Reading, Readings, Word, packed, unpacked
from app.pipeline.models import DEFAULT
from app.pipeline.policy import Policy
from app.pipeline.tagger import Tagger

POLICY = Policy()
TEXT = "Ask Alice Johnson.\n\n" + "Our office in Melbourne opens at nine, says Priya Raman of Brightwater.\n" * 30

singles = st.floats(0, 1, width=32)


class Shelf:
    """A store in memory that counts."""

    def __init__(self) -> None:
        self.rows: dict[bytes, bytes] = {}
        self.asked: list[int] = []

    def get(self, names: Sequence[bytes]) -> Mapping[bytes, bytes]:
        self.asked.append(len(names))
        return {name: self.rows[name] for name in names if name in self.rows}

    def put(self, readings: Mapping[bytes, bytes]) -> None:
        self.rows |= readings


@given(
    st.integers(1, 5).flatmap(
        lambda size: st.lists(
            st.builds(
                Word, st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.booleans(), st.tuples(*[singles] * size)
            )
        )
    )
)
def test_a_reading_comes_back_exactly(words: list[Word]) -> None:
    assert unpacked(packed(tuple(words))) == tuple(words)


def test_a_piece_is_read_once() -> None:
    read: list[str] = []

    def reader(piece: str) -> Reading:
        read.append(piece)
        return (Word(0, len(piece), True, (0.5,)),)

    readings = Readings()
    assert readings.of(["a", "b", "a"], reader) == [reader("a"), reader("b"), reader("a")]
    assert read[:2] == ["a", "b"]
    read.clear()
    readings.of(["b", "a", "c"], reader)
    assert read == ["c"]


def test_a_whole_text_is_no_piece_and_is_recalled_at_once() -> None:
    shelf = Shelf()
    whole: Reading = (Word(0, 1, True, (0.5,)),)
    readings = Readings(b"k", b"m", shelf)
    assert readings.of_whole("a", lambda _: whole) == whole and readings.of(["a"], lambda _: ()) == [()]
    again = Readings(b"k", b"m", shelf)
    shelf.asked.clear()
    again.expect(["a", "b", "\ud800"])
    assert again.of_whole("a", lambda _: ()) == whole and shelf.asked == [3]
    long = whole * 1000
    assert again.of_whole("c", lambda _: long) == long and again.of_whole("c", lambda _: ()) == ()


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.pipeline.detectors.readings.LIMIT", 1000)
    readings = Readings()
    for number in range(100):
        readings.of([str(number)], lambda _: ())
    assert readings.of(["99"], lambda _: (Word(0, 1, True, (0.5,)),)) == [()]
    assert readings.of(["1"], lambda _: (Word(0, 1, True, (0.5,)),)) != [()]


def test_another_key_or_another_identity_knows_nothing() -> None:
    shelf = Shelf()
    one: Reading = (Word(0, 1, True, (0.5,)),)
    assert Readings(b"k", b"m", shelf).of(["a"], lambda _: one) == [one]
    assert Readings(b"k", b"m", shelf).of(["a"], lambda _: ()) == [one]
    for key, identity in ((b"k", b"n"), (b"l", b"m")):
        assert Readings(key, identity, shelf).of(["a"], lambda _: ()) == [()]
    assert not any(name == b"a" for name in shelf.rows)


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Texts that the network was given."""
    read: list[str] = []
    words = Tagger.words

    def counted(tagger: Tagger, text: str) -> object:
        read.append(text)
        return words(tagger, text)

    monkeypatch.setattr(Tagger, "words", counted)
    return read


def test_what_was_read_before_a_restart_is_not_read_again(unread: list[str]) -> None:
    shelf = Shelf()
    first = NerDetector()
    first.keep(b"k", shelf)
    spans = first.detect(TEXT, POLICY)
    assert spans and unread
    unread.clear()
    again = NerDetector()
    again.load()
    again.keep(b"k", shelf)  # in either order
    shelf.asked.clear()
    assert again.detect(TEXT, POLICY) == spans and not unread and len(shelf.asked) == 1
    assert again.detect(TEXT, POLICY) == spans and len(shelf.asked) == 1
    again.keep(b"k", None)
    assert again.detect(TEXT, POLICY) == spans and unread


def test_what_is_kept_holds_whatever_the_policy(unread: list[str]) -> None:
    shelf = Shelf()
    found = {}
    for threshold in (0.05, 0.5, 0.9):
        policy = Policy(ner_threshold=threshold)
        detector = NerDetector()
        detector.keep(b"k", shelf)
        found[threshold] = detector.detect(TEXT, policy), NerDetector().detect(TEXT, policy)
    assert all(kept == new for kept, new in found.values())


def test_another_model_does_not_take_it(unread: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()
    first = NerDetector()
    first.keep(b"k", shelf)
    first.detect(TEXT, POLICY)
    unread.clear()
    monkeypatch.setattr("app.pipeline.tagger.fingerprint", lambda model: "another")
    other = NerDetector()
    other.keep(b"k", shelf)
    other.detect(TEXT, POLICY)
    assert unread


def test_a_reading_of_the_network_survives_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = np.asarray([0.1, 0.7, 0.2], np.float32)
    word = Word(1, 2, False, tuple(scores.tolist()))
    assert unpacked(packed((word,)))[0].scores == word.scores


def test_detection_hands_it_to_the_model_whenever_that_comes(unread: list[str]) -> None:
    shelf = Shelf()
    for before in (True, False):
        detection = Detection(DEFAULT)
        if before:
            detection.keep(b"k", shelf)
        assert detection.load(["ner"]) == {}
        if not before:
            unread.clear()
            detection.keep(b"k", shelf)
        assert detection.text(TEXT, Policy(layers=frozenset(["ner"])))
    assert not unread and shelf.rows
