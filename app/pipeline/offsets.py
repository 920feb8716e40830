"""Numbers that point into a text: what they are on the other side of a redaction."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from app.pipeline.json_text import Pairs

if TYPE_CHECKING:  # fields declare offsets, and a memo knows fields
    from app.pipeline.fields import Fields
    from app.pipeline.memo import Edit

Unit = Literal["characters", "bytes"]


@dataclass(frozen=True, slots=True)
class Offset:
    """The number at the path `at` is an index into the text at the path `text`.

    The two paths share their beginning: it is the text beside the number that is meant. `text` empty
    stands for a document of the request, whose number stands beside the offset as `document_index`.
    """

    at: str
    text: str = ""
    unit: Unit = "characters"

    @property
    def is_end(self) -> bool:
        """Whether the number tells where something ends."""
        return self.at.rpartition(".")[2].lower().startswith("end")

    @property
    def shared(self) -> int:
        """How many steps the two paths share."""
        steps = zip(self.at.split("."), self.text.split(".")[:-1], strict=False)
        return next((n for n, (one, other) in enumerate(steps) if one != other), self.text.count("."))


@lru_cache(maxsize=128)
def offset_paths(fields: Fields) -> frozenset[str]:
    """Where `fields` declare offsets."""
    return frozenset(offset.at for offset in fields.offsets)


def may_hold(text: str, fields: Fields) -> bool:
    """Whether a JSON text may hold any of the offsets that `fields` declare."""
    return any(key in text for key in _holders(fields))


@lru_cache(maxsize=128)
def _holders(fields: Fields) -> frozenset[str]:
    return frozenset(f'"{offset.at.split(".")[-2].removesuffix("[]")}"' for offset in fields.offsets)


class OffsetMap:
    """Indices into a text as the client has it, and as the provider has it.

    An index inside of something that was replaced becomes its start, or its end.
    """

    def __init__(self, edits: Sequence[Edit]) -> None:
        """`edits` of the client's text, from left to right."""
        self._client: list[int] = []  # where each edit starts and ends
        self._wire: list[int] = []
        shift = 0
        for edit in edits:
            start = edit.start + shift
            self._client += (edit.start, edit.end)
            self._wire += (start, start + len(edit.text))
            shift += len(edit.text) - (edit.end - edit.start)

    def to_client(self, index: int, *, is_end: bool) -> int:
        """From the provider's text to the client's."""
        return _across(index, self._wire, self._client, is_end)

    def to_wire(self, index: int, *, is_end: bool) -> int:
        """From the client's text to the provider's."""
        return _across(index, self._client, self._wire, is_end)


def _across(index: int, here: list[int], there: list[int], is_end: bool) -> int:
    # Between two edits that touch, a start belongs to the second and an end to the first: it is the same place.
    at = bisect_right(here, index) - 1
    if at < 0:
        return index
    if at % 2 == 0:  # in an edit, or where it starts
        return there[at + 1] if is_end and index > here[at] else there[at]
    return there[at] + index - here[at]


def moved(index: int, rule: Offset, came: str, got: str, edits: Sequence[Edit]) -> int:
    """`index` into `came` as an index into `got`, which is `came` with its values put back."""
    places = OffsetMap(edits)
    if rule.unit == "characters":
        return places.to_client(index, is_end=rule.is_end)
    raw = came.encode("utf-8", "surrogatepass")
    characters = len(raw[:index].decode("utf-8", "ignore"))
    beyond = max(0, index - len(raw))
    return beyond + len(got[: places.to_client(characters, is_end=rule.is_end)].encode("utf-8", "surrogatepass"))


def owner_of(rule: Offset, owners: Sequence[Pairs]) -> Pairs | None:
    """The object that holds the text which a number with these `owners` points into."""
    steps = rule.text.split(".")[:-1]
    node: Any = owners[rule.shared] if rule.shared < len(owners) else None
    for step in steps[rule.shared :]:
        node = node.get(step.removesuffix("[]")) if isinstance(node, Pairs) else None
        if step.endswith("[]"):
            node = _item(node, owners[-1].get("partIndex"))
    return node if isinstance(node, Pairs) else None


def _item(items: Any, named: Any) -> Any:
    """The item called by its place, else the first with a text that is not thinking."""
    if not isinstance(items, list) or isinstance(items, Pairs):
        return None
    if isinstance(named, int) and 0 < named < len(items):
        return items[named]
    spoken = (i for i in items if isinstance(i, Pairs) and isinstance(i.get("text"), str) and not i.get("thought"))
    return next(spoken, None)


def documents(tree: Any) -> Iterator[Pairs]:
    """What holds the content of each document block in a body, in their order, by which citations name them."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Pairs):
            source = node.get("source")
            if node.get("type") == "document" and isinstance(source, Pairs):
                yield source
            else:
                stack += [value for _, value in reversed(node) if isinstance(value, list)]
        elif isinstance(node, list):
            stack += [value for value in reversed(node) if isinstance(value, list)]
