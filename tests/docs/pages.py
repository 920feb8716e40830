"""The documentation as a reader's viewer takes it apart: links, pictures, headings, code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
_MARKDOWN = MarkdownIt("commonmark").enable("table")
#: How deep the text of a cell lies: in table, head or body, row, cell.
_IN_A_CELL = 4
_MARKS = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code, its language, what else its fence says, and the line it begins on."""

    language: str
    marks: tuple[str, ...]
    text: str
    line: int


class Page:
    """One file of Markdown."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text(encoding="utf-8")

    def __repr__(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def _blocks(self) -> list[Token]:
        return _MARKDOWN.parse(self.text)

    def _inline(self, kind: str) -> list[Token]:
        return [one for block in self._blocks for one in block.children or () if one.type == kind]

    @cached_property
    def links(self) -> list[str]:
        """What it leads to, pictures included."""
        return [str(one.attrs["href"]) for one in self._inline("link_open")] + self.pictures

    @cached_property
    def pictures(self) -> list[str]:
        return [str(one.attrs["src"]) for one in self._inline("image")]

    @cached_property
    def quoted(self) -> list[str]:
        """Code within sentences."""
        return [one.content for one in self._inline("code_inline")]

    @cached_property
    def tables(self) -> list[list[list[Token]]]:
        """Rows of cells, each table's first being its headings."""
        found: list[list[list[Token]]] = []
        for block in self._blocks:
            if block.type == "table_open":
                found.append([])
            elif found and block.type == "tr_open":
                found[-1].append([])
            elif found and block.type == "inline" and block.level == _IN_A_CELL:
                found[-1][-1].append(block)
        return found

    @cached_property
    def anchors(self) -> set[str]:
        """What its headings are called in addresses; the second of a name is numbered."""
        found: set[str] = set()
        for opening, inline in zip(self._blocks, self._blocks[1:], strict=False):
            if opening.type == "heading_open":
                plain = "".join(one.content for one in inline.children or () if one.type in ("text", "code_inline"))
                slug = name = _MARKS.sub("", plain.lower()).replace(" ", "-")
                number = 0
                while name in found:
                    number += 1
                    name = f"{slug}-{number}"
                found.add(name)
        return found

    @cached_property
    def code(self) -> list[Block]:
        """Fenced blocks."""
        fences = [one for one in self._blocks if one.type == "fence"]
        return [
            Block(language, tuple(marks), one.content, (one.map or [0])[0] + 1)
            for one in fences
            for language, *marks in [one.info.split() or [""]]
        ]


PAGES = [Page(path) for path in sorted((*ROOT.glob("*.md"), *DOCS.glob("*.md"), *ROOT.glob("tools/**/*.md")))]
