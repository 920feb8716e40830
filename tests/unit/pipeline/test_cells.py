from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.cells import meant, neutral


@given(st.text(alphabet="'=+-@\t\r\na ", max_size=6) | st.text())
def test_every_text_reads_back_and_none_is_a_formula(text: str) -> None:
    written = neutral(text)
    assert meant(written) == text
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize("text", ["", "plain", "a=b", "'quoted'", "''"])
def test_what_is_no_formula_stays(text: str) -> None:
    assert neutral(text) == text == meant(text)
