"""What is a corpus, and what is told where it is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.errors import Exit
from app.evaluation.corpus import CorpusError, Item, Label, chunks, parse, read

_GOOD = {"id": "a", "text": "Ring 0491 570 006", "kind": "chat"}
_SPAN = {"start": 5, "end": 17, "entity": "PHONE_NUMBER"}


def test_an_item_is_its_line() -> None:
    item = Item(
        "a", "Ring 0491 570 006, “now”", "chat", "AU", "tune", (Label(0, 4, "VERB", True), Label(5, 17, "PHONE"))
    )
    assert parse([item.line()], "x") == [item]
    assert "“now”" in item.line()


def test_only_id_text_and_kind_are_needed_and_empty_lines_are_none() -> None:
    assert parse([json.dumps(_GOOD), "", "  "], "x") == [Item("a", "Ring 0491 570 006", "chat")]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "it is not JSON"),
        ("[]", "an item is an object"),
        ({"id": "a", "kind": "chat"}, "an item lacks “text”"),
        ({**_GOOD, "split": "train"}, "its split is “train”, not one of tune, held-out, unseen, fresh"),
        ({**_GOOD, "text": 7}, "its text is no text"),
        ({**_GOOD, "id": ""}, "its id or its kind is empty"),
        ({**_GOOD, "label": 1}, "an item has no “label”"),
        ({**_GOOD, "spans": {}}, "its spans are no list"),
        ({**_GOOD, "spans": [5]}, "a span is an object"),
        ({**_GOOD, "spans": [{"start": 5, "end": 17}]}, "a span lacks “entity”"),
        ({**_GOOD, "spans": [{**_SPAN, "end": 18}]}, "the span from 5 to 18 is none of a text of 17 characters"),
        ({**_GOOD, "spans": [{**_SPAN, "start": 17}]}, "the span from 17 to 17 is none of a text of 17 characters"),
        ({**_GOOD, "spans": [{**_SPAN, "start": -1}]}, "the span from -1 to 17 is none of a text of 17 characters"),
        ({**_GOOD, "spans": [{**_SPAN, "start": True}]}, "a span begins or ends at no whole number"),
        ({**_GOOD, "spans": [{**_SPAN, "entity": "phone"}]}, "“phone” is no entity"),
        ({**_GOOD, "spans": [{**_SPAN, "optional": 1}]}, "what is optional is said by true or false"),
        ({**_GOOD, "spans": [_SPAN, {**_SPAN, "start": 0, "end": 6}]}, "its spans at 0 and 5 overlap"),
    ],
)
def test_a_line_that_is_no_item_is_named(line: object, words: str) -> None:
    wrong = line if isinstance(line, str) else json.dumps(line)
    with pytest.raises(CorpusError) as caught:
        parse([json.dumps({**_GOOD, "id": "b"}), wrong], "x.jsonl")
    assert caught.value.title.startswith("Line 2 of x.jsonl is no item of a corpus: ")
    assert words in caught.value.title and caught.value.title.endswith(".")
    assert caught.value.code == Exit.DATA


def test_an_id_is_used_once() -> None:
    with pytest.raises(CorpusError, match=r"Line 2 of x .* the id “a” was used before"):
        parse([json.dumps(_GOOD)] * 2, "x")


def test_any_other_file_is_harmless_text(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_bytes(b"x = 1\n" * 20_000 + b"\xff")
    items = read(path)
    assert [item.kind for item in items] == ["code", "code"] and not any(item.spans for item in items)
    assert "".join(item.text for item in items) == "x = 1\n" * 20_000 + "\ufffd"
    assert items[0].text.endswith("\n") and len(items[0].text) <= 100_000


def test_a_line_that_is_too_long_is_cut() -> None:
    assert list(chunks("aa\nbbbbbbb", 4)) == ["aa\n", "bbbb", "bbb"]


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.write_bytes(b"\xff")])
def test_a_corpus_that_cannot_be_read_is_named(tmp_path: Path, make: object) -> None:
    path = tmp_path / "x.jsonl"
    assert callable(make)
    make(path)
    with pytest.raises(CorpusError, match=r"x\.jsonl cannot be read") as caught:
        read(path)
    assert caught.value.code == Exit.NO_INPUT
