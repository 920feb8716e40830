"""The texts of a request in review as one, for reading, and the way from there back to each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.pipeline.draft import Passage, Place, is_free
from app.pipeline.placeholder import label_of_mask
from app.pipeline.redaction import Finding
from app.ui.language import tr


@dataclass(frozen=True, slots=True)
class Spot:
    """A finding in a request, by its place: what stands there instead, or nothing where it goes as it is."""

    place: Place
    finding: Finding
    placeholder: str

    @property
    def is_free(self) -> bool:
        """Whether it may go as it is."""
        return is_free(self.finding)


def spots(passages: Iterable[Passage]) -> list[Spot]:
    """All that was found or selected in them, in their order."""
    out = []
    for passage in passages:
        found = [(r.finding, r.placeholder) for r in passage.redaction.replacements]
        found += [(finding, "") for finding in passage.off]
        for finding, placeholder in sorted(found, key=lambda pair: pair[0].start):
            out.append(Spot(Place(passage.part, finding.start, finding.end), finding, placeholder))
    return out


class Joined:
    """Several texts below each other, each under a heading. `marks`: start and end in `text`, entity, tip."""

    def __init__(self, passages: Sequence[Passage], *, redacted: bool) -> None:
        self._parts: list[int] = []
        self._starts: list[int] = []
        self._lengths: list[int] = []
        self.marks: list[tuple[int, int, str, str]] = []
        pieces: list[str] = []
        length = 0
        for passage in passages:
            heading = f"— {tr(passage.where or 'text')} —\n"
            text = passage.redaction.text if redacted else passage.text
            start = length + len(heading)
            self._parts.append(passage.part)
            self._starts.append(start)
            self._lengths.append(len(text))
            for r in passage.redaction.replacements:
                f = r.finding
                at, size = (r.at, len(r.placeholder)) if redacted else (f.start, f.end - f.start)
                if not redacted:
                    tip = tr("{entity}, found by {layer} → {placeholder}")
                elif label_of_mask(r.placeholder):
                    tip = tr("{entity}, hidden for good")
                else:
                    tip = tr("{entity}, hidden")
                tip = tip.format(entity=f.entity, layer=f.source, placeholder=r.placeholder)
                self.marks.append((start + at, start + at + size, f.entity, tip))
            piece = f"{heading}{text}\n\n"
            pieces.append(piece)
            length += len(piece)
        self.text = "".join(pieces).rstrip("\n")

    def place(self, start: int, end: int) -> Place | None:
        """The place in a passage of `text[start:end]`; None if it is in none."""
        number = bisect_right(self._starts, start) - 1
        if number < 0 or end - self._starts[number] > self._lengths[number]:
            return None
        return Place(self._parts[number], start - self._starts[number], end - self._starts[number])
