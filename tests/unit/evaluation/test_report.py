"""What is printed, and written as a page."""

from __future__ import annotations

import json
from typing import Any

from app.evaluation import page
from app.evaluation.corpus import Item, Label
from app.evaluation.evaluate import Choice
from app.evaluation.report import against, as_data, in_context, tables
from app.evaluation.scoring import Score
from app.pipeline.policy import Policy
from app.pipeline.redaction import Finding

_ITEM = Item("<a>", "see <b>0491 570 006</b>", "prose", "AU", "tune", (Label(7, 19, "PHONE_NUMBER"),))


def data(*findings: Finding, items: tuple[Item, ...] = (_ITEM,)) -> dict[str, Any]:
    score = Score()
    for item in items:
        score.add(item, findings)
    score.close()
    return as_data(score, items, Policy(layers=frozenset({"patterns"})), 1.0, 20)


_HIT = Finding(7, 19, "PHONE_NUMBER", 0.9, "patterns", "0491 570 006")
_ALARM = Finding(4, 6, "EMAIL_ADDRESS", 0.9, "patterns", "<b")


def row(text: str, name: str) -> list[str]:
    return next(line for line in text.splitlines() if line.startswith(name)).split()


def test_the_tables_tell_shares_and_rates() -> None:
    text = tables(data(_HIT, _ALARM))
    assert row(text, "PHONE_NUMBER") == "PHONE_NUMBER 1 100.0% 0 0 100.0% 100.0% | 1 0 100.0% 100.0%".split()
    assert row(text, "TOTAL") == "TOTAL 1 100.0% 0 0 100.0% 100.0% | 2 1 50.0% 66.7%".split()
    assert row(text, "all but those below")[-1] == "0.0"  # an e-mail address stands aside
    assert text.splitlines()[-1].split() == ["EMAIL_ADDRESS", f"{1e6 / 23:.1f}"]


def test_without_labels_only_false_alarms_are_told() -> None:
    text = tables(data(_HIT, items=(Item("a", _ITEM.text, "log"),)), examples=1)
    assert "recall" not in text and "1 of 1 harmless texts touched" in text
    assert "see <b>⟦0491 570 006⟧</b>" in text


def test_examples_stay_on_their_line() -> None:
    text = tables(data(items=(Item("a", 'a\n"b" 0491', "log", spans=(Label(6, 10, "PHONE_NUMBER"),)),)), examples=1)
    assert text.splitlines()[-2:] == ["Misses: PHONE_NUMBER", '    a\\n\\"b\\" ⟦0491⟧']


def test_the_figures_survive_json() -> None:
    figures = data(_HIT, _ALARM)
    assert tables(json.loads(json.dumps(figures)), 3) == tables(figures, 3)
    assert against(figures, json.loads(json.dumps(figures))).endswith("Nothing has changed.")


def test_two_runs_differ_by_row() -> None:
    text = against(data(_ALARM), data(_HIT))
    assert row(text, "  PHONE_NUMBER") == "PHONE_NUMBER 0.0% → 100.0% – → 100.0% 0 0".split()
    assert row(text, "  EMAIL_ADDRESS") == "EMAIL_ADDRESS – 0.0% → – 0 1 → 0".split()
    assert row(text, "TOTAL") == "TOTAL 0.0% → 100.0% 0.0% → 100.0% 0 1 → 0".split()
    assert "did not read the same texts" not in text
    assert "did not read the same texts" in against(data(_HIT), data(_HIT, items=(_ITEM, _ITEM)))


def test_the_page_is_whole_and_lets_nothing_through() -> None:
    html = page.html(data(_ALARM))
    assert "<b>" not in html.partition("<h2>Missed</h2>")[2] and "&lt;b&gt;<mark>0491 570 006</mark>&lt;/b&gt;" in html
    assert "&lt;a&gt;, missed" in html and "prefers-color-scheme: dark" in html
    assert not any(word in html for word in ("http", "src=", "<script", "url("))


def test_context_says_where_it_was_cut() -> None:
    assert in_context("0123456789", 4, 6, 2) == ("…23", "45", "67…")
    assert in_context("0123456789", 0, 10, 2) == ("", "0123456789", "")


def test_a_limit_takes_some_of_everything() -> None:
    items = [Item(str(n), "x", "log" if n % 2 else "prose", split="tune" if n < 50 else "held-out") for n in range(100)]
    assert [item.id for item in Choice(limit=4).of(items)] == ["0", "25", "50", "75"]
    assert [item.id for item in Choice("held-out", frozenset({"log"}), 3).of(items)] == ["51", "67", "83"]
    assert Choice(limit=1000).of(items) == items
