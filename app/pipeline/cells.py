"""Cells of a table that a spreadsheet opens: none of them may be taken for a formula, and each reads back as it was."""

from __future__ import annotations

import re

#: What a formula begins with; the apostrophes are ours, or look like ours.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")


def neutral(text: str) -> str:
    """`text` as it is written: with an apostrophe before what would be taken for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def meant(cell: str) -> str:
    """The text that `neutral` wrote as `cell`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
