"""Scores that were computed by hand."""

from __future__ import annotations

import pytest

from app.evaluation.corpus import Item, Label
from app.evaluation.scoring import Outcome, Score, outcome_of
from app.pipeline.redaction import Finding

_TEXT = "Ann Lee, 0491 570 006, of Leeds; ref 12345"


def finding(start: int, end: int, entity: str, source: str = "patterns") -> Finding:
    return Finding(start, end, entity, 0.9, source, _TEXT[start:end])


@pytest.mark.parametrize(
    ("spans", "outcome"),
    [
        ([], Outcome.MISSED),
        ([(10, 20)], Outcome.EXACT),
        ([(8, 22)], Outcome.COVERED),  # reaches further
        ([(10, 14), (14, 20)], Outcome.COVERED),  # in two pieces
        ([(8, 15), (15, 25)], Outcome.COVERED),
        ([(10, 19)], Outcome.PARTIAL),  # the last character is readable
        ([(11, 20)], Outcome.PARTIAL),  # the first is
        ([(10, 14), (15, 20)], Outcome.PARTIAL),  # one in the middle is
    ],
)
def test_what_became_of_a_label(spans: list[tuple[int, int]], outcome: Outcome) -> None:
    assert outcome_of(Label(10, 20, "X"), [finding(*span, "X") for span in spans]) is outcome


def test_everything_is_counted_where_it_belongs() -> None:
    item = Item(
        "a", _TEXT, "prose", "AU", "tune",
        (Label(0, 7, "PERSON"), Label(9, 21, "PHONE_NUMBER"), Label(26, 31, "LOCATION", optional=True)),
    )  # fmt: skip
    score = Score()
    score.add(
        item,
        [
            finding(0, 3, "PERSON", "names"),  # "Lee" stays readable
            finding(9, 21, "NZ_BANK_ACCOUNT"),  # hidden, under another name
            finding(26, 31, "LOCATION", "ner"),  # nobody asked for it, nobody minds
            finding(37, 42, "AU_CRN"),  # a false alarm
        ],
    )
    score.add(Item("b", "ref 1", "log"), [])
    score.add(Item("c", _TEXT, "log"), [finding(37, 42, "AU_CRN"), finding(0, 3, "LITERAL", "literal")])
    score.close()

    total = score.total
    assert (total.labels, total.covered, total.exact, total.named) == (2, 1, 1, 0)
    assert (total.partial, total.missed) == (1, 0)
    assert (total.findings, total.false, total.exact_findings) == (5, 2, 2)
    assert (total.recall, total.strict_recall) == (0.5, 0.5)
    assert (total.precision, total.strict_precision) == (0.6, 0.4)
    assert total.f1 == pytest.approx(2 * 0.6 * 0.5 / 1.1)
    assert total.strict_f1 == pytest.approx(2 * 0.4 * 0.5 / 0.9)
    assert total.bytes == 2 * len(_TEXT) + 5
    assert (score.items, score.harmless, score.touched) == (3, 2, 1)

    entities = score.groups["entity"]
    assert {name: (row.labels, row.covered, row.findings, row.false) for name, row in entities.items()} == {
        "PERSON": (1, 0, 1, 0),
        "PHONE_NUMBER": (1, 1, 0, 0),
        "NZ_BANK_ACCOUNT": (0, 0, 1, 0),
        "LOCATION": (0, 0, 1, 0),
        "AU_CRN": (0, 0, 2, 2),
    }
    assert entities["PHONE_NUMBER"].precision is None and entities["AU_CRN"].recall is None
    assert entities["AU_CRN"].per_megabyte == pytest.approx(2e6 / total.bytes)

    layers = score.groups["layer"]
    assert {name: (row.labels, row.covered, row.partial, row.findings) for name, row in layers.items()} == {
        "names": (2, 0, 1, 1),
        "patterns": (2, 1, 0, 3),
        "ner": (2, 0, 0, 1),
    }
    assert {name: (row.labels, row.false) for name, row in score.groups["region"].items()} == {"AU": (2, 1), "": (0, 1)}
    assert {name: row.bytes for name, row in score.groups["kind"].items()} == {
        "prose": len(_TEXT),
        "log": len(_TEXT) + 5,
    }
    assert [(miss.label.entity, miss.outcome) for miss in score.misses] == [("PERSON", Outcome.PARTIAL)]
    assert [(alarm.item.id, alarm.finding.start) for alarm in score.false_alarms] == [("a", 37), ("c", 37)]


def test_a_label_under_its_own_name_is_named() -> None:
    score = Score()
    score.add(Item("a", _TEXT, "prose", spans=(Label(9, 21, "PHONE_NUMBER"),)), [finding(8, 21, "PHONE_NUMBER")])
    assert (score.total.covered, score.total.exact, score.total.named) == (1, 0, 1)


def test_nothing_read_is_no_share() -> None:
    empty = Score().total
    assert [empty.recall, empty.precision, empty.f1, empty.strict_f1, empty.per_megabyte] == [None] * 5


def test_nothing_right_is_nothing() -> None:
    score = Score()
    score.add(Item("a", _TEXT, "prose", spans=(Label(0, 7, "PERSON"),)), [finding(37, 42, "AU_CRN")])
    assert (score.total.precision, score.total.recall, score.total.f1) == (0, 0, 0)
