"""What a session consists of, and what of it has yet to be stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from app.pipeline.memo import Memory


@dataclass(frozen=True, slots=True)
class Entry:
    """One placeholder and the value it stands for (hidden from repr).

    `label` tells what kind of value it is; it is "" where the placeholder is the user's own stand-in. The user's
    `own` values, which the dictionary finds, are not known again.
    """

    placeholder: str
    label: str
    value: str = field(repr=False)
    own: bool = False


class Pending(NamedTuple):
    """What a session knows and the vault does not. `learnt` are memories of answers: they need nothing of the rest."""

    entries: list[Entry]
    reserved: list[str]
    memories: list[Memory]
    learnt: list[Memory]

    def then(self, later: Pending) -> Pending:
        """This, and what came after it."""
        return Pending(
            self.entries + later.entries,
            self.reserved + later.reserved,
            self.memories + later.memories,
            self.learnt + later.learnt,
        )
