"""Whether a form that was found by its key stands there in truth: its words, its case, what is around it."""

from __future__ import annotations

import re
from unicodedata import category, normalize

from app.pipeline.forms import Case, Form

#: What may stand between two words of a name: no end of a sentence, which a full stop before a space is.
_GAP = re.compile(r"(?:[\s_+/',-]|\.(?!\s)){1,6}")
_AFTER_INITIAL = re.compile(r"\.?[\s_+/',-]{0,4}")
_PIECES = re.compile(r"[^\W_]+")
_UNSEEN = re.compile("['’\u0300-\u036f]")
_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
_OPENING = re.compile(r"(?:\A|[.!?:;>*#|\"“(\[{/\\-]|\n)[\s\"'“(*_#>-]{0,8}\Z")
#: What makes a word before it something else than a name: "Page 3".
_COUNTED = re.compile(r"\s{0,2}[#№]?\d")
_TITLED = re.compile(r"\b(?:mrs?|ms|mx|miss|dr|prof)\.? \Z", re.IGNORECASE)
_GROUPED = re.compile(r"[^\W_]+(?:[\s_.,+/'()-]{1,3}[^\W_]+)*")
_AS_WRITTEN = frozenset([Case.WRITTEN, Case.WORD])


def whole(text: str, end: int) -> int:
    """`end`, behind the marks that belong to the last character."""
    while end < len(text) and text[end] > "\x7f" and category(text[end])[0] == "M":
        end += 1
    return end


def _is_unspaced(char: str) -> bool:
    """Of a script without spaces between words, as those without case that matter here are."""
    return char > "\u0e00" and char.upper() == char.lower()


def _starts(text: str, at: int, *, camel: bool) -> bool:
    if at == 0 or not text[at - 1].isalnum():
        return True
    before, first = text[at - 1], text[at]
    if before in "nrt" and text[at - 2 : at - 1] == "\\":  # the end of an escaped line break
        return True
    if before.isdigit() != first.isdigit() or _is_unspaced(before) or _is_unspaced(first):
        return True
    return camel and first.isupper() and (before.islower() or text[at + 1 : at + 2].islower())


def _ends(text: str, at: int, *, camel: bool) -> bool:
    if at == len(text) or not text[at].isalnum():
        return True
    last, after = text[at - 1], text[at]
    if last.isdigit() != after.isdigit() or _is_unspaced(last) or _is_unspaced(after):
        return True
    return camel and after.isupper() and (last.islower() or text[at + 1 : at + 2].islower())


def stands(form: Form, text: str, start: int, end: int) -> bool:
    """Whether `form`, whose key was found at `[start, end)` of `text`, may stand there: its case, what is around it."""
    surface = text[start:end]
    if form.written and form.case in _AS_WRITTEN and surface != form.written:
        return False
    if form.inside:
        return True
    if form.case is Case.CAPITAL and form.breaks is None and not surface[0].isupper():
        return False
    camel = form.case is Case.ANY
    if not _starts(text, start, camel=camel) or not _ends(text, whole(text, end), camel=camel):
        return False
    if form.case in _AS_WRITTEN and form.entity == "PERSON" and _COUNTED.match(text, end):
        return False
    if form.case is Case.WORD and _OPENING.search(text, max(0, start - 12), start):
        return _TITLED.search(text, max(0, start - 8), start) is not None
    return True


def is_spelt(form: Form, surface: str) -> bool:
    """Whether `surface`, which has the key of `form`, has its words."""
    if not form.loose:
        return True
    return _GROUPED.fullmatch(surface) is not None if form.breaks is None else _is_name(form, surface)


def _is_name(form: Form, surface: str) -> bool:
    """Whether the words in `surface` are those of `form`, with nothing of another kind between them."""
    assert form.breaks is not None
    surface = _UNSEEN.sub("", normalize("NFC", surface))
    pieces = list(_PIECES.finditer(surface))
    gaps: set[int] = set()
    capitals: set[int] = set()
    size = 0
    for before, piece in zip([None, *pieces], pieces, strict=False):
        if before is not None:
            gap = _AFTER_INITIAL if len(before.group()) == 1 else _GAP
            if not gap.fullmatch(surface, before.end(), piece.start()):
                return False
            gaps.add(size)
        if len(piece.group()) == 1 and not _is_initial(form, surface, piece):
            return False
        capitals.update(size + mark.start() for mark in _CAMEL.finditer(piece.group()))
        size += len(piece.group())
    return gaps <= form.breaks and (form.joined or form.breaks <= gaps | capitals)


def _is_initial(form: Form, surface: str, letter: re.Match[str]) -> bool:
    if not letter.group().isupper():
        return form.case is Case.ANY and not any(map(str.isspace, surface))
    # "A Price" may be the article.
    return letter.group() not in "AI" or not surface[letter.end() : letter.end() + 1].isspace()
