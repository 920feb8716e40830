from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from app.proxy.scrub import Scrub, scrubbed

SECRET = "aab-aab-c"


@given(st.lists(st.sampled_from(["a", "b", "-", "c", "x", SECRET, SECRET[:5], SECRET[4:]])), st.data())
def test_what_comes_out_does_not_depend_on_where_it_was_cut(pieces: list[str], data: st.DataObject) -> None:
    whole = "".join(pieces).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)))))
    scrub = Scrub(SECRET)
    bounds = [0, *cuts, len(whole)]
    came = b"".join(scrub.feed(whole[a:b]) for a, b in itertools.pairwise(bounds)) + scrub.flush()
    assert came == scrubbed(whole, SECRET) and SECRET.encode() not in came


@given(st.binary(max_size=30), st.binary(max_size=30))
def test_nothing_is_held_back_that_cannot_become_the_secret(before: bytes, after: bytes) -> None:
    scrub = Scrub(SECRET)
    out = scrub.feed(before)
    held = before.replace(SECRET.encode(), b"[provider key]")[len(out) :]
    assert SECRET.encode().startswith(held) and len(held) < len(SECRET)
    assert out + scrub.feed(after) + scrub.flush() == scrubbed(before + after, SECRET)


def test_without_a_secret_all_is_as_it_was() -> None:
    assert scrubbed(b"anything", "") == b"anything"
