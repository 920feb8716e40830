"""What models are timed on, and that each way of reading is timed and counted."""

from __future__ import annotations

from app.bench import ner
from app.bench.agent import Request, request
from app.pipeline.detectors.ner import NerDetector


def test_a_request_is_as_long_as_an_agents_first_and_the_same_in_every_run() -> None:
    one, again, other = request(1), request(1), request(2)
    assert one == again and one.kept == other.kept and one.said != other.said
    assert 76_000 < sum(map(len, [*one.kept, *one.said])) < 82_000
    assert one.names and all(any(name in text for text in one.said) for name in one.names)


def test_every_way_is_timed_and_counted() -> None:
    asked = Request(("Read files.",), ("Ask Alice Johnson from Melbourne.\nx = total(rows)\n",), ("Go on.", "Thanks!"),
                    ("Alice Johnson",))  # fmt: skip
    times = ner.Times()
    ner._round(asked, {way: NerDetector(cut=cut) for way, cut in ner._CUTS.items()}, times)
    assert all(len(seconds) == 1 for seconds in times.seconds.values())
    assert times.named == dict.fromkeys(ner._CUTS, 1) and times.kept[ner.PLAIN] == times.plain > 0
    times.skipped = 20
    table = ner._table({"minilm": times}, 40, 1)
    assert all(row in table for row in ner._ROWS) and "50%" in table


def test_a_name_that_is_there_twice_must_be_found_twice() -> None:
    assert ner._found_of(["Ana", "Ana", "Bo"], ["Ana", "Cy"]) == 1
