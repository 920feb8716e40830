"""Words that a part of the corpus keeps in its own folder: `templates/PART/words/NAME.txt`, one a line."""

from __future__ import annotations

from pathlib import Path

_TEMPLATES = Path(__file__).parents[1] / "templates"


def words(split: str, name: str) -> tuple[str, ...]:
    """The lines of a list of `split`, in their order."""
    path = _TEMPLATES / split / "words" / f"{name}.txt"
    return tuple(path.read_text(encoding="utf-8").strip().split("\n"))
