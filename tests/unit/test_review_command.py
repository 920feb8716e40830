"""What is copied from a redacted text is found in the text that the tool sent."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.review_command import placed

_PLAIN = st.text("ab .é😀", max_size=8)
_HIDDEN = st.tuples(st.text("xyz", min_size=1, max_size=6), st.sampled_from(["[PERSON_1]", "[EMAIL_22]", "-"]))


@given(st.lists(st.tuples(_PLAIN, _HIDDEN), max_size=5), _PLAIN, st.text("ab .é😀", min_size=1, max_size=2))
def test_every_place_between_placeholders_is_found(
    pieces: list[tuple[str, tuple[str, str]]], end: str, wanted: str
) -> None:
    original = redacted = ""
    spans, expected = [], 0
    for plain, (value, token) in pieces:
        expected += plain.count(wanted)
        start = len(original) + len(plain)
        original, redacted = original + plain + value, redacted + plain + token
        spans.append({"start": start, "end": len(original), "tokenized": token})
    expected += end.count(wanted)
    found = list(placed({"text": 3, "redacted": redacted + end, "spans": spans}, wanted))
    assert {place.text for place in found} <= {3}
    assert all((original + end)[place.start : place.end] == wanted for place in found)
    assert len(found) == expected
