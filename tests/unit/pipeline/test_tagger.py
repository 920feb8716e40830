"""The classifier over texts of any length, and what happens to models that are not what they should be."""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.models import DEFAULT, REGISTRY, find
from app.pipeline.tagger import WINDOW, Tagger

SHIPPED = REGISTRY[DEFAULT].folder


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger(REGISTRY[DEFAULT])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy that counts as the user's own, so that no digest stands before the other checks."""
    for name in ("model.onnx", "tokenizer.json", "config.json"):
        shutil.copyfile(SHIPPED / name, tmp_path / name)
    return tmp_path


def test_words_lie_in_order_inside_the_text(tagger: Tagger) -> None:
    text = "Dr. Zoe\u0308 Müller-Smith, 12 \U0001f600 Rose St.\n\tİstanbul 北京"
    words = tagger.words(text)
    assert (words.starts < words.ends).all()
    assert (words.starts[1:] >= words.ends[:-1]).all()
    assert words.ends[-1] <= len(text)
    assert words.scores.shape == (len(words.starts), 3)
    assert (words.scores >= 0).all()
    assert (words.scores.sum(axis=1) <= 1.0001).all()


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\x00\x01", "\u200b", "\ufffd"])
def test_a_text_without_tokens_has_no_words(tagger: Tagger, text: str) -> None:
    words = tagger.words(text)
    assert len(words.starts) == len(words.ends) == len(words.scores) == len(words.begins) == 0


@pytest.mark.parametrize("tokens", [1, 126, 127, 157, 158, 159, 160, 284, 285, 286, 1000])
def test_every_token_is_judged_whatever_the_number_of_windows(tagger: Tagger, tokens: int) -> None:
    # Rows of the result start as zeros; the label probabilities of a judged token sum to one.
    chances = tagger._probabilities(np.full(tokens, 500, np.int64))
    assert chances.shape[0] == tokens
    assert np.allclose(chances.sum(axis=1), 1, atol=1e-4)


def test_a_name_is_seen_wherever_it_falls_in_a_window(tagger: Tagger) -> None:
    missed = []
    for before in range(0, 2 * WINDOW, 5):
        text = "we had tea . " * (before // 4) + "and " * (before % 4) + "Alice Johnson came late ."
        words = tagger.words(text)
        at = int(np.searchsorted(words.starts, text.index("Johnson")))
        if words.scores[at].sum() < 0.5:
            missed.append(before)
    assert missed == []


def _truncate(folder: Path) -> None:
    content = (folder / "model.onnx").read_bytes()
    (folder / "model.onnx").write_bytes(content[: len(content) // 2])


def _garble(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"not a network" * 1000)


def _empty(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"")


def _broken_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text('{"version": "1.0"', encoding="utf-8")


def _larger_vocabulary(folder: Path) -> None:
    recipe = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    recipe["model"]["vocab"]["a"] = 1_000_000
    (folder / "tokenizer.json").write_text(json.dumps(recipe), encoding="utf-8")


def _other_labels(folder: Path) -> None:
    labels = {"0": "O", "1": "B-PER", "2": "I-PER"}
    (folder / "config.json").write_text(json.dumps({"id2label": labels}), encoding="utf-8")


def _not_a_number(folder: Path) -> None:
    content = (folder / "model.onnx").read_bytes()
    name = b"model.classifier.bias\x4a\x1c"  # the tag and length of the raw values that follow a name
    assert content.count(name) == 1
    at = content.index(name) + len(name)
    (folder / "model.onnx").write_bytes(content[:at] + struct.pack("<7f", *[float("nan")] * 7) + content[at + 28 :])


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (_truncate, "cannot be loaded"),
        (_garble, "cannot be loaded"),
        (_empty, "cannot be loaded"),
        (_broken_tokenizer, "cannot be loaded"),
        (_larger_vocabulary, "cannot be loaded"),
        (_other_labels, "not a token classifier"),
        (_not_a_number, "no usable numbers"),
    ],
)
def test_a_model_that_cannot_work_is_refused(folder: Path, damage: Callable[[Path], None], sentence: str) -> None:
    Tagger(find(str(folder)))  # it is the damage that breaks it
    damage(folder)
    with pytest.raises(DetectorUnavailable, match=sentence):
        Tagger(find(str(folder)))


def test_a_shipped_model_is_checked_before_it_is_loaded(folder: Path) -> None:
    from dataclasses import replace

    (folder / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DetectorUnavailable, match="damaged"):
        Tagger(replace(REGISTRY[DEFAULT], folder=folder))


def test_errors_while_reading_carry_no_text(tagger: Tagger) -> None:
    # A lone surrogate is the caller's to replace; the tokenizer refuses it.
    with pytest.raises(DetectorUnavailable, match="failed while reading") as caught:
        tagger.words("Wilhelmina \ud800")
    error: BaseException | None = caught.value
    assert error is not None
    assert error.__cause__ is None
    assert error.__context__ is None
    assert "Wilhelmina" not in repr(error)


def test_a_folder_without_tokenizer_json_is_read_through_transformers(folder: Path, tagger: Tagger) -> None:
    recipe = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    (folder / "tokenizer.json").unlink()
    pieces = sorted(recipe["model"]["vocab"], key=recipe["model"]["vocab"].__getitem__)
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    text = "Zoë García of Brightwater Holdings flew to İstanbul."
    theirs, ours = Tagger(find(str(folder))).words(text), tagger.words(text)
    assert np.array_equal(theirs.starts, ours.starts)
    assert np.array_equal(theirs.ends, ours.ends)
    assert np.allclose(theirs.scores, ours.scores)
