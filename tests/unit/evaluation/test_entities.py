"""What a model marked, counted against what is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.evaluation.corpus import CorpusError, Item, Label
from app.evaluation.entities import Tagged, read_sets
from app.pipeline.span import Span

_TEXT = "Ask Ana Smith of Acme in Leeds."
_ITEM = Item("a", _TEXT, "chat", spans=(
    Label(4, 13, "PERSON"), Label(17, 21, "ORGANIZATION"), Label(25, 30, "LOCATION", optional=True),
))  # fmt: skip


def _counted(*found: tuple[int, int, str]) -> Tagged:
    tagged = Tagged()
    tagged.add(_ITEM, [Span(start, end, entity, 0.9, "ner") for start, end, entity in found])
    return tagged


def test_what_is_exact_counts_for_everything() -> None:
    total = _counted((4, 13, "PERSON"), (17, 21, "ORGANIZATION")).total
    assert (total.strict_f1, total.recall, total.coverage, total.precision) == (1, 1, 1, 1)


def test_a_part_of_a_name_touches_it_and_hides_its_own_letters() -> None:
    person = _counted((4, 7, "PERSON")).marks["PERSON"]
    assert (person.strict_f1, person.recall, person.coverage, person.precision) == (0, 1, 3 / 8, 1)


def test_another_type_hides_as_well_but_is_not_strict() -> None:
    tagged = _counted((4, 13, "LOCATION"))
    assert tagged.marks["PERSON"].recall == 1 and tagged.marks["PERSON"].strict_f1 == 0
    assert tagged.marks["LOCATION"].precision == 1 and tagged.marks["ORGANIZATION"].recall == 0


def test_what_touches_nothing_is_wrong_and_what_is_optional_is_neither() -> None:
    location = _counted((0, 3, "LOCATION"), (25, 30, "LOCATION")).marks["LOCATION"]
    assert (location.labels, location.found, location.right) == (0, 1, 0)
    assert location.recall is None and location.precision == 0


def test_a_folder_holds_training_sets_corpora_and_harmless_texts(tmp_path: Path) -> None:
    row = {"text": _TEXT, "spans": [[4, 13, "PERSON"], [17, 21, "ORG"], [25, 30, "IGN"]]}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    other = Item("b", "Ring 0491 570 006", "chat", spans=(Label(5, 17, "PHONE_NUMBER"),))
    (tmp_path / "b.jsonl").write_text(other.line() + "\n", encoding="utf-8")
    (tmp_path / "c.py").write_text("x = 1\n", encoding="utf-8")
    sets = read_sets([str(tmp_path)])
    assert [(span.entity, span.optional) for span in sets["a"][0].spans] == [
        ("PERSON", False), ("ORGANIZATION", False), ("IGN", True),
    ]  # fmt: skip
    assert sets["b"][0].spans[0].optional and sets["c"][0].spans == ()


@pytest.mark.parametrize("row", [{"text": "ab", "spans": [[0, 3, "ORG"]]}, {"text": "ab", "spans": 1}, {"text": "ab"}])
def test_a_wrong_line_is_named(tmp_path: Path, row: object) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="Line 1 of "):
        read_sets([str(path)])


def test_an_empty_folder_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no text"):
        read_sets([str(tmp_path)])
