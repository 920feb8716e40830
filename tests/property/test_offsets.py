"""The promise about offsets: there and back, an index points at the same thing, however the text was edited."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.memo import Edit
from app.pipeline.offsets import Offset, OffsetMap, moved
from app.pipeline.restore import Restorer
from app.pipeline.session import Session

_CUTS = st.lists(st.tuples(st.text("aë東😀", max_size=4), st.text("xyÖ", min_size=1, max_size=6)), max_size=6)


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, str, list[Edit], list[int]]:
    """A client's text, the provider's, the edits, and the client's indices that lie in no edit."""
    client = wire = ""
    edits: list[Edit] = []
    outside: list[int] = []
    for between, value in draw(_CUTS):
        outside += range(len(client), len(client) + len(between) + 1)
        client, wire = client + between, wire + between
        token = draw(st.text("[P_1]", min_size=1, max_size=9))
        edits.append(Edit(len(client), len(client) + len(value), token))
        client, wire = client + value, wire + token
        outside.append(len(client))
    tail = draw(st.text("bö", max_size=3))
    outside += range(len(client), len(client) + len(tail) + 3)  # beyond the end as well
    return client + tail, wire + tail, edits, outside


@given(edited(), st.booleans())
def test_an_index_outside_of_the_edits_comes_back_as_it_was(
    case: tuple[str, str, list[Edit], list[int]], is_end: bool
) -> None:
    client, wire, edits, outside = case
    places = OffsetMap(edits)
    for index in outside:
        there = places.to_wire(index, is_end=is_end)
        assert places.to_client(there, is_end=is_end) == index
        assert wire[there : there + 1] == client[index : index + 1] or any(edit.start == index for edit in edits)
    for one, other in itertools.pairwise(outside):
        assert places.to_wire(one, is_end=is_end) <= places.to_wire(other, is_end=is_end)


@given(edited())
def test_an_index_in_an_edit_becomes_its_edge(case: tuple[str, str, list[Edit], list[int]]) -> None:
    _, _, edits, _ = case
    places = OffsetMap(edits)
    for edit in edits:
        start, end = places.to_wire(edit.start, is_end=False), places.to_wire(edit.end, is_end=True)
        assert end - start == len(edit.text)
        for inside in range(start + 1, end):
            assert places.to_client(inside, is_end=False) == edit.start
            assert places.to_client(inside, is_end=True) == edit.end


@given(edited())
def test_bytes_and_characters_tell_the_same_place(case: tuple[str, str, list[Edit], list[int]]) -> None:
    client, wire, edits, outside = case
    rule = Offset("endIndex", "text", "bytes")
    for index in outside:
        if index <= len(client):
            there = OffsetMap(edits).to_wire(index, is_end=True)
            raw = len(wire[:there].encode())
            assert moved(raw, rule, wire, client, edits) == len(client[:index].encode())


@given(st.lists(st.sampled_from(["Zoë ", "Ann", "x", " é", "[PERSON_"]), max_size=8), st.integers(1, 9), st.data())
def test_what_a_stream_foresees_is_what_comes(words: list[str], size: int, data: st.DataObject) -> None:
    session = Session("s", b"k" * 32)
    tokens = {name: session.placeholder("PERSON", name) for name in ("Zoë ", "Ann")}
    text = "".join(tokens.get(word, word) for word in words)
    cut = data.draw(st.integers(0, len(text)))
    restorer = Restorer(session)
    got = "".join(restorer.feed(text[at : min(at + size, cut)]) for at in range(0, cut, size))
    rest, edits = restorer.foreseen()
    assert restorer.foreseen() == (rest, edits)
    twin = Restorer(session)
    assert twin.feed(text[:cut]) + twin.flush() == got + rest and twin.edits == edits
    whole = got + restorer.feed(text[cut:]) + restorer.flush()
    assert whole == "".join(words)
