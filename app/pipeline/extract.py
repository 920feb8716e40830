"""The text in a document that cannot be redacted, so that it can at least be said what is in it."""

from __future__ import annotations

import re

from app.pipeline.media import Unreadable
from app.pipeline.office_text import office_text
from app.pipeline.pdf_text import pdf_text

#: Characters that are looked through.
LIMIT = 200_000
_LETTERS = re.compile(r"[^\W_]")
_ODD = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")


def text_of(data: bytes, format: str) -> tuple[str, bool]:
    """The text of a document and whether that is all of it; `format` as `media.attached` names it.

    Raises Unreadable, also where what comes out are no words: scanned pages, codes of glyphs.
    """
    if format == "PDF":
        pieces = pdf_text(data)
    elif format in ("Word", "Excel", "PowerPoint"):
        pieces = office_text(data)
    else:
        raise Unreadable
    parts: list[str] = []
    length = 0
    for piece in pieces:
        parts.append(piece)
        length += len(piece)
        if length > LIMIT:
            break
    text = "".join(parts)
    if not _LETTERS.search(text) or len(_ODD.findall(text)) * 10 > len(text):
        raise Unreadable
    return text[:LIMIT], length <= LIMIT
