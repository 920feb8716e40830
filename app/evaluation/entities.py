"""How well a model marks persons, organisations and places, counted per set and type."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

from app.errors import Exit
from app.evaluation.corpus import CorpusError, Item, Label, read
from app.pipeline.span import Span

ENTITIES = ("PERSON", "ORGANIZATION", "LOCATION")
#: What training sets call them.
_SHORT = {"PER": "PERSON", "ORG": "ORGANIZATION", "LOC": "LOCATION"}


@dataclass(slots=True)
class Marks:
    """Counts of one type. Of the `labels`, `touched` ones have a span of any type on them, and `exact` ones a span
    with their own characters and type; `hidden` of their `letters` and digits are inside spans.

    Of the `found` spans of this type, `right` ones touch something labelled.
    """

    labels: int = 0
    touched: int = 0
    exact: int = 0
    letters: int = 0
    hidden: int = 0
    found: int = 0
    right: int = 0

    def __add__(self, other: Marks) -> Marks:
        return Marks(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def strict_f1(self) -> float | None:
        """Spans that are a label to the character and by type."""
        whole = self.labels + self.found
        return 2 * self.exact / whole if whole else None

    @property
    def recall(self) -> float | None:
        """How much of what is labelled is touched."""
        return self.touched / self.labels if self.labels else None

    @property
    def coverage(self) -> float | None:
        """How many of the labels' letters and digits are hidden."""
        return self.hidden / self.letters if self.letters else None

    @property
    def precision(self) -> float | None:
        """How many of the spans touch something labelled."""
        return self.right / self.found if self.found else None


@dataclass(slots=True)
class Tagged:
    """The counts of one set by type, and what reading it took: `seconds` of CPU time."""

    characters: int = 0
    bytes: int = 0
    seconds: float = 0.0
    marks: dict[str, Marks] = field(default_factory=lambda: {entity: Marks() for entity in ENTITIES})

    @property
    def total(self) -> Marks:
        return sum(self.marks.values(), Marks())

    def add(self, item: Item, found: Sequence[Span]) -> None:
        """Counts one text. What is labelled but optional is neither missed nor wrong."""
        self.characters += len(item.text)
        self.bytes += len(item.text.encode("utf-8", "surrogatepass"))
        hidden = {index for span in found for index in range(span.start, span.end)}
        spans = {(span.start, span.end, span.entity) for span in found}
        for label in item.spans:
            if label.optional:
                continue
            marks = self.marks[label.entity]
            places = [index for index in range(label.start, label.end) if item.text[index].isalnum()]
            marks.labels += 1
            marks.exact += (label.start, label.end, label.entity) in spans
            marks.touched += any(index in hidden for index in range(label.start, label.end))
            marks.letters += len(places)
            marks.hidden += sum(index in hidden for index in places)
        for span in found:
            touched = [label for label in item.spans if label.start < span.end and span.start < label.end]
            if not touched or not all(label.optional for label in touched):
                self.marks[span.entity].found += 1
                self.marks[span.entity].right += bool(touched)


def read_sets(files: Iterable[str]) -> dict[str, list[Item]]:
    """Labelled sets and harmless texts by name; of a folder, all of its files. Raises CorpusError."""
    sets: dict[str, list[Item]] = {}
    for file in files:
        path = Path(file)
        for part in sorted(path.iterdir()) if path.is_dir() else [path]:
            if part.is_file():
                sets[part.stem if part.stem not in sets else part.name] = [_only_ours(item) for item in _read(part)]
    if not any(sets.values()):
        raise CorpusError("There is no text to read.", "The files, or the folder, are empty.")
    return sets


def _read(path: Path) -> list[Item]:
    """A corpus, a text, or a training set: `{"text", "spans": [[start, end, label]]}` a line."""
    if path.suffix == ".jsonl":
        try:
            with path.open(encoding="utf-8") as lines:
                first = json.loads(next((line for line in lines if line.strip()), "{}"))
            if isinstance(first, dict) and "text" in first and "id" not in first:
                return list(_training_set(path))
        except (OSError, ValueError):
            pass  # told by whoever reads corpora
    return read(path)


def _training_set(path: Path) -> Iterator[Item]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                spans = tuple(Label(start, end, _SHORT.get(label, label)) for start, end, label in row["spans"])
                if any(not 0 <= span.start < span.end <= len(row["text"]) for span in spans):
                    raise ValueError
                yield Item(f"{path.stem}:{number}", row["text"], path.stem, spans=spans)
            except (ValueError, KeyError, TypeError):
                raise CorpusError(f"Line {number} of {path} is no text with its spans.", code=Exit.DATA) from None


def _only_ours(item: Item) -> Item:
    """With what other layers look for optional: it is no name, and a model may mark it."""
    spans = tuple(
        Label(span.start, span.end, span.entity, span.optional or span.entity not in ENTITIES) for span in item.spans
    )
    return Item(item.id, item.text, item.kind, item.region, item.split, spans)
