"""The leaf map as a file, and what happens to it when a client's types change."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.leaf_map.__main__ import classified
from tools.leaf_map.leaf_map import Api, Operation, load, save
from tools.leaf_map.shape import CLASSES, Shape, parse

_LEAVES = st.sampled_from([Shape("word", "a.b-c d"), Shape("number"), Shape("bool"), Shape("type", "my_module.Type")])
_LEAVES |= st.builds(Shape, st.sampled_from(["text", "any"]), st.sampled_from(CLASSES))


def _more(inner: st.SearchStrategy[Shape]) -> st.SearchStrategy[Shape]:
    around = st.builds(lambda kind, part: Shape(kind, "", (part,)), st.sampled_from(["list", "map"]), inner)
    no_union = inner.filter(lambda shape: shape.kind != "union")
    return around | st.lists(no_union, min_size=2, max_size=3).map(lambda parts: Shape("union", "", tuple(parts)))


@given(st.recursive(_LEAVES, _more, max_leaves=6))
def test_a_shape_reads_as_it_was_written(shape: Shape) -> None:
    assert parse(str(shape)) == shape


@pytest.mark.parametrize("text", ["", "[T", "T]", "T|", '"a', "T T", "é", "]T]"])
def test_what_is_no_shape_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"shape|no end"):
        parse(text)


def test_the_stored_map_is_written_as_it_was_read(tmp_path: Path) -> None:
    save(load(), tmp_path / "map.txt")
    assert load(tmp_path / "map.txt") == load()


def _api(**types: dict[str, str]) -> Api:
    made = {name: {key: parse(shape) for key, shape in members.items()} for name, members in types.items()}
    root = Shape("union", "", tuple(Shape("type", name) for name in made))
    return Api("x", "1.0", [Operation("POST", "/v1/x", root)], made)


def test_classes_are_kept_and_new_leaves_named() -> None:
    old = _api(Message={"text": "T", "id": "I", "gone": "T", "sealed": "[*O]"}, Other={"x": "T"})
    new = _api(
        Message={"text": "[?]|?", "id": "?", "new": "?|0", "sealed": "[Other]"}, Other={"x": "?"}, Next={"n": "0"}
    )
    api = classified(new, old)
    assert {key: str(shape) for key, shape in api.types["Message"].items()} == {
        "text": "[T]|T",
        "id": "I",
        "new": "?|0",
        "sealed": "[*O]",
    }
    assert list(api.unclassified()) == ["Message.new"]


def test_a_type_that_moved_keeps_its_classes() -> None:
    old, new = _api(Message={"text": "T"}), _api(**{"beta.Message": {"text": "?"}})
    assert not list(classified(new, old).unclassified())


def test_types_that_nothing_leads_to_are_forgotten() -> None:
    api = _api(Message={"of": "[Other]"}, Other={"x": "T"}, Lost={"x": "T"})
    api.operations = [Operation("POST", "/v1/x", parse("Message"))]
    api.prune()
    assert set(api.types) == {"Message", "Other"}
