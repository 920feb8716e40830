"""A corpus: texts, and what in them is personal. One JSON object a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from app.errors import Exit, UserError

#: Parts of a corpus. Whoever writes detectors looks at the first, and is judged by the last.
SPLITS = ("tune", "held-out", "unseen", "fresh")
#: What is read of a file that is no corpus: texts of this many characters at most.
_CHUNK = 100_000
_ENTITY = re.compile(r"[A-Z][A-Z0-9_]{1,31}")
_KINDS = {".py": "code", ".js": "code", ".ts": "code", ".json": "json", ".log": "log", ".md": "markdown", ".csv": "csv"}


class CorpusError(UserError):
    """A file cannot be read as a corpus."""

    code = Exit.DATA


@dataclass(frozen=True, slots=True)
class Label:
    """Something personal at `[start, end)` of a text, in characters.

    What is `optional` may be hidden and need not be: an authority's name, an address in a private network.
    """

    start: int
    end: int
    entity: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A text with all that is personal in it: `spans` are sorted and disjoint, a harmless text has none.

    `kind` says what sort of text it is ("prose", "json"), `region` whose identifiers it holds, "" for those that
    look alike everywhere.
    """

    id: str
    text: str
    kind: str
    region: str = ""
    split: str = ""
    spans: tuple[Label, ...] = ()

    def line(self) -> str:
        """The item as a line of a corpus."""
        spans = [
            {
                "start": span.start,
                "end": span.end,
                "entity": span.entity,
                **({"optional": True} if span.optional else {}),
            }
            for span in self.spans
        ]
        return json.dumps(
            {"id": self.id, "text": self.text, "kind": self.kind, "region": self.region, "split": self.split,
             "spans": spans},
            ensure_ascii=False,
        )  # fmt: skip


def read(path: Path) -> list[Item]:
    """The items of a `.jsonl` corpus; any other file is harmless text, whatever is in it. Raises CorpusError."""
    try:
        text = path.read_text(encoding="utf-8", errors="strict" if path.suffix == ".jsonl" else "replace")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise CorpusError(f"The file {path} cannot be read ({reason}).", code=Exit.NO_INPUT) from None
    if path.suffix == ".jsonl":
        return parse(text.split("\n"), str(path))
    kind = _KINDS.get(path.suffix, "prose")
    return [Item(f"{path.name}:{number}", chunk, kind) for number, chunk in enumerate(chunks(text, _CHUNK), 1)]


def chunks(text: str, size: int) -> Iterator[str]:
    """`text` in pieces of at most `size` characters, whole lines where they are no longer than that."""
    start = 0
    while start < len(text):
        end = start + size
        if end < len(text):
            end = text.rfind("\n", start, end) + 1 or end
        yield text[start:end]
        start = end


def parse(lines: Iterable[str], name: str) -> list[Item]:
    """The items of a corpus called `name`. Raises CorpusError, which names the first line that is wrong."""
    items = []
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = _item(json.loads(line))
            if item.id in seen:
                raise ValueError(f"the id “{item.id}” was used before")
        except (ValueError, RecursionError) as error:
            reason = "it is not JSON" if isinstance(error, json.JSONDecodeError | RecursionError) else error
            raise CorpusError(f"Line {number} of {name} is no item of a corpus: {reason}.") from None
        seen.add(item.id)
        items.append(item)
    return items


def _item(data: Any) -> Item:
    _keys(data, {"id", "text", "kind"}, {"region", "split", "spans"}, "an item")
    for name in data.keys() - {"spans"}:
        if not isinstance(data[name], str):
            raise ValueError(f"its {name} is no text")
    if not data["id"] or not data["kind"]:
        raise ValueError("its id or its kind is empty")
    split = data.get("split", "")
    if split not in ("", *SPLITS):
        raise ValueError(f"its split is “{split}”, not one of {', '.join(SPLITS)}")
    spans = data.get("spans", [])
    if not isinstance(spans, list):
        raise ValueError("its spans are no list")
    labels = sorted((_label(span, len(data["text"])) for span in spans), key=lambda label: label.start)
    for before, after in pairwise(labels):
        if after.start < before.end:
            raise ValueError(f"its spans at {before.start} and {after.start} overlap")
    return Item(data["id"], data["text"], data["kind"], data.get("region", ""), split, tuple(labels))


def _label(data: Any, length: int) -> Label:
    _keys(data, {"start", "end", "entity"}, {"optional"}, "a span")
    start, end, entity, optional = data["start"], data["end"], data["entity"], data.get("optional", False)
    if type(start) is not int or type(end) is not int:
        raise ValueError("a span begins or ends at no whole number")
    if not 0 <= start < end <= length:
        raise ValueError(f"the span from {start} to {end} is none of a text of {length} characters")
    if not isinstance(entity, str) or not _ENTITY.fullmatch(entity):
        raise ValueError(f"“{entity}” is no entity: it takes capital letters, digits and underscores")
    if not isinstance(optional, bool):
        raise ValueError("what is optional is said by true or false")
    return Label(start, end, entity, optional)


def _keys(data: Any, needed: set[str], more: set[str], what: str) -> None:
    if not isinstance(data, dict):
        raise ValueError(f"{what} is an object")
    if missing := needed - data.keys():
        raise ValueError(f"{what} lacks “{min(missing)}”")
    if unknown := data.keys() - needed - more:
        raise ValueError(f"{what} has no “{min(unknown)}”")
