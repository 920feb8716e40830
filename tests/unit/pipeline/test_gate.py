"""The gate: what holds a name passes, what is code and common words does not."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.detectors.edges import in_code
from app.pipeline.detectors.gate import Gate, gate
from app.pipeline.detectors.ner import worth_reading
from app.pipeline.models import find

NAMES = (
    "Alice Johnson|alice johnson|ALICE JOHNSON|Mei Tanaka|Aroha Ngata|wiremu parata|Sione Fifita|Te Whatu Ora|Dr Ng|"
    "Miles O'Brien|J. R. Smith|Zoë Müller|Zoe\u0308 Mu\u0308ller|Nguyễn Văn An|Björk|Łukasz Żak|Müller|李小龙|محمد علي|"
    "Иван Петров|Wollongong|wollongong|Dunedin|Leeds|San Francisco|Papakura|Kowalski|Siemens AG|siemens|Deloitte|"
    "Westpac|NZ Police|ACC|U.S.|Bunnings|Qantas|MacDonald|McDonald|van der Berg|Smith-Jones|Grace Hopper|priya"
).split("|")
PLACES = (
    "{}", "please ask {} about it", "# Written by {}", "name={}", '{{"name": "{}"}}', "author: {}", "Dear {},",
    "2024-03-01 INFO reopened by {} (office)", "| {} | 7 |", "<b>{}</b>", "say hello to {}.", "SELECT '{}'", "by\t{}",
)  # fmt: skip


def _with_clues() -> Gate:
    model = find("minilm")
    return gate(model.folder / model.clues)


@pytest.mark.parametrize("place", PLACES)
def test_names_pass(place: str) -> None:
    assert [name for name in NAMES if not gate()(place.format(name))] == []


@pytest.mark.parametrize("place", PLACES)
def test_names_pass_with_the_clues_of_the_embedded_model_as_well(place: str) -> None:
    assert [name for name in NAMES if not _with_clues()(place.format(name))] == []


@pytest.mark.parametrize(
    "text",
    [
        "    skipinitialspace = False",
        "        delimiter, skipinitialspace = self._guess_delimiter(sample,",
        "return os.path.samestat(src.stat(), os.stat(dst))",
    ],
)
def test_code_of_uncommon_words_does_not_with_clues(text: str) -> None:
    assert gate()(text) and not _with_clues()(text)


@pytest.mark.parametrize("content", [None, b"", b"\x01" * 100])
def test_clues_that_cannot_be_read_refuse_the_model(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "clues.bin").write_bytes(content)
    with pytest.raises(DetectorUnavailable, match="clues"):
        worth_reading(dataclasses.replace(find("minilm"), folder=tmp_path))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \t\n",
        "4821 + 17 = 4838",
        "return None if value is True else False",
        "    def total(self, rows: list[int]) -> int:",
        "raise ValueError('no such entry')",
        "self.kwargs = options.get_value(dst_path=1)",
        "for (let index = 0; index < items.length; index++) {",
        "Please fix the error and then run the tests again.",
        "commit 3fa9c1b7e2d84f60 at 0xdeadbeef",
        "The new EventLoader is called by the request parser.",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 ok",
        "\x00\x07\x1b[0m",
    ],
)
def test_what_holds_no_name_does_not(text: str) -> None:
    assert not gate()(text)


@given(st.lists(st.text(st.sampled_from("aA bNn.,_(=é界0f@\0"), max_size=30), max_size=6))
def test_a_text_is_worth_reading_if_one_of_its_lines_is(lines: list[str]) -> None:
    assert gate()("\n".join(lines)) == any(map(gate(), lines))


@pytest.mark.parametrize(
    "text", ["kowalski_id", "kowalski(x)", "row.kowalski", "kowalski.id", "@kowalski", "kowalski="]
)
def test_what_it_passes_over_in_code_would_be_no_name(text: str) -> None:
    start = text.index("kowalski")
    assert in_code(text, start, start + 8) and not gate()(text)


@pytest.mark.parametrize("text", ["x" * 300_000, "0a" * 150_000, "a." * 150_000, "A " * 150_000, "_" * 300_000])
def test_long_lines_end(text: str) -> None:
    assert gate()(text) in (True, False)
