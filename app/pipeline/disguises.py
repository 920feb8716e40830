"""Disguises: other ways to write a value that a reader, and a model, sees through.

Base64; digits and letters of other scripts and widths; characters that cannot be seen; dashes and blanks that only look
like the usual ones; "jane (at) example (dot) com"; values with a blank or a dot behind each character or group.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from functools import cache
from ipaddress import AddressValueError, IPv4Address
from unicodedata import category, decimal, decomposition, normalize
from urllib.parse import unquote

from app.pipeline.escapes import escapes
from app.pipeline.fold import plain
from app.pipeline.media import opened
from app.pipeline.views import Reading


def undisguised(text: str) -> list[Reading]:
    """All that reads differently in `text`, escapes included, in order and disjoint."""
    found: list[Reading] = []
    for step in (packed, escapes, characters, addresses, spelt):
        found += step(text)
    found.sort(key=lambda reading: (reading[0], -reading[1]))
    end = 0
    out: list[Reading] = []
    for reading in found:
        if reading[0] >= end:
            out.append(reading)
            end = reading[1]
    return out


# Where a run of what Base64 is written with may be, one byte for each character.
_SHORTEST = 16
_ALPHABET = bytes(0x61 if (chr(byte).isalnum() and byte < 128) or byte in b"+/-_" else 0x20 for byte in range(256))
_PADDING = r"(?:=|%3[Dd]|\\u003[Dd]){0,2}"
_RUN = re.compile(
    # Lines of mail and of certificates, with line breaks as they are or escaped.
    r"(?:(?:[A-Za-z0-9+/]{60,76}(?:\r?\n|(?:\\r)?\\n)[ \t]{0,8}){1,100000}[A-Za-z0-9+/]{1,76}"
    rf"|[A-Za-z0-9+/_-]+(?:%2[BbFf][A-Za-z0-9+/]*){{0,100000}}){_PADDING}"
)
_PIECE = re.compile(rf"(?<![A-Za-z0-9+])[A-Za-z0-9+]{{16,}}{_PADDING}")
_BREAK = re.compile(rf"\\[rn]|\s|{_PADDING}\Z")
# The first two characters of a text in Base64: of ASCII or white space, of UTF-8 beyond, of UTF-16.
_BEGINNINGS = frozenset(
    base64.b64encode(bytes([first, second]))[:2].decode().translate(str.maketrans("+/", chosen))
    for first in (0, 9, 10, 13, *range(0x20, 0x7F), *range(0xC2, 0xF5), 0xFE, 0xFF)
    for second in range(256)
    for chosen in ("+/", "-_")
    if (second >= 0x80) == (first >= 0x80) or first >= 0xFE
)
_URL_SAFE = str.maketrans("-_", "+/")
# How a text begins, in its first twelve bytes: UTF-8, or UTF-16 of the letters of Europe.
_TEXT = re.compile(
    rb"(?:[\t\n\r -~]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xf4][\x80-\xbf]{2,3}){8,}(?:[\xc2-\xf4][\x80-\xbf]{0,2})?\Z"
    rb"|(?:[\t-~]\0){6}|(?:\0[\t-~]){6}"
)


def packed(text: str) -> Iterator[Reading]:
    """Tokens in Base64 that hold a text."""
    data = text.encode("latin-1", "replace").translate(_ALPHABET)
    needle = b"a" * _SHORTEST
    at = data.find(needle)
    while at >= 0:
        run = _RUN.match(text, at)
        assert run is not None
        end = run.end()
        if text[at : at + 2] in _BEGINNINGS and (whole := _unpacked(run.group())) is not None:
            yield at, end, whole
        else:  # a path, a name in parts
            for piece in _PIECE.finditer(text, at, end):
                begin = piece.start()
                if text[begin : begin + 2] in _BEGINNINGS and (part := _unpacked(piece.group())) is not None:
                    yield begin, piece.end(), part
        at = data.find(needle, end)


def _unpacked(token: str) -> str | None:
    head = binascii.a2b_base64(token[:_SHORTEST].translate(_URL_SAFE))
    if not _TEXT.match(head):
        return None
    encoded = opened(unquote(_BREAK.sub("", token)))
    return encoded.text(textual=False) if encoded else None


# Punctuation of Chinese, which is full of it: only beside a digit. Long dashes join words, too, but not digits.
_WIDE = "（）：，／"
_LONG = "\u2014\u2015"
_NON_ASCII = re.compile("[^\x00-\x7f]+")


@cache
def _looks() -> dict[str, str]:
    """Characters that look like some of ASCII, or like nothing, and what they look like."""
    looks: dict[str, str] = {}
    for code in range(0x80, 0x20000):  # where Unicode has such characters
        char = chr(code)
        kind = category(char)
        if kind == "Nd":
            looks[char] = str(decimal(char))
        elif kind in ("Cf", "Zs", "Pd", "Sm") or 0xFE00 <= code <= 0xFE0F:
            look = plain(char)
            if look in ("", " ", "-") and char != "\u00a0":  # which every detector knows
                looks[char] = look
        elif decomposition(char)[:6] in ("<wide>", "<small", "<font>"):
            look = normalize("NFKC", char)
            if look.isascii() and (look.isalnum() or look in "@.-+_%" or char in _WIDE):
                looks[char] = look
    return looks


def characters(text: str) -> Iterator[Reading]:
    """Digits and letters of other scripts and widths, what cannot be seen, dashes and blanks of other kinds."""
    if text.isascii():
        return
    looks = _looks()
    for match in _NON_ASCII.finditer(text):
        run, start = match.group(), match.start()
        if looks.keys().isdisjoint(run):
            continue
        # What cannot be seen stands in Persian and in emoji by right.
        is_odd = _is_ascii(text[start - 1 : start]) or _is_ascii(text[match.end() : match.end() + 1])
        for at, char in enumerate(run, start):
            look = looks.get(char)
            if look is None:
                continue
            if _counts(char, look, text[at - 1 : at], text[at + 1 : at + 2]) if look else is_odd:
                yield at, at + 1, look


def _is_ascii(char: str) -> bool:
    return "!" <= char <= "~"


def _counts(char: str, look: str, before: str, after: str) -> bool:
    """Whether a character that has this `look` is to be read so between its neighbours."""
    if char in _WIDE:
        return before.isdecimal() or after.isdecimal()
    if char in _LONG:
        return before.isdecimal() and after.isdecimal()
    return look not in (" ", "-") or (before.isalnum() and after.isalnum())


_BRACKETED = re.compile(r"[\[({<] ?(?:(?i:(at)|dot)|(@)|\.) ?[\])}>]")
_SAID = re.compile(r" (?:(at|AT)(?= [\w-]{1,64}(?: (?:dot|DOT) | ?[\[({<] ?(?i:dot))[\w]?)|dot|DOT) (?=\w)")


# Brackets and the letters in them as one byte each, to look for any of these.
_BRACKETS = bytes.maketrans(b"[{<]}>ATDO", b"((()))atdo")
_IN_BRACKETS = (b"(at)", b"(dot)", b"(@)", b"(.)")


def addresses(text: str) -> Iterator[Reading]:
    """The signs of an e-mail address in words or brackets: "jane (at) example dot com"."""
    data = text.encode("latin-1", "replace").translate(_BRACKETS, b" ")
    for match in _BRACKETED.finditer(text) if any(sign in data for sign in _IN_BRACKETS) else ():
        start, end = match.span()
        before, after = text[start - 1 : start], text[end : end + 1]
        if before == after == " ":  # on both sides or on neither
            start, end = start - 1, end + 1
        if _is_word(text[start - 1 : start]) and _is_word(text[end : end + 1]):
            yield start, end, "@" if match[1] or match[2] else "."
    if " dot " in text or " DOT " in text:
        said = list(_SAID.finditer(text))
        if "@" in text or any(match[1] for match in said) or any(sign in data for sign in _IN_BRACKETS):
            yield from ((match.start(), match.end(), "@" if match[1] else ".") for match in said)


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


# One byte for each character, to look for a run: blanks, other white space; separators, digits.
_BLANKS = bytes(0x20 if b == 0x20 else 0x0A if chr(b).isspace() else 0x78 for b in range(256))
_DIGITS = bytes(0x2E if b in b"._-" else 0x30 if 48 <= b < 58 else 0x78 for b in range(256))
_SPACED = re.compile(r"\w(?: {1,3}\S(?!\S)){5,} {1,3}\w(?!\w)")
_DOTTED = re.compile(r"\w([._-])\w(?:\1{1,2}\w(?!\w)){5,}")
_GROUPED = re.compile(r"[0-9]{2,6}([._])[0-9]{1,6}(?:\1[0-9]{1,6}){1,6}(?!\w)(?!\1[0-9])")
_LEAST = 6
# So far in front of the digits a value's letters begin.
_LETTERS_FIRST = 16
_BETWEEN = re.compile(r" +|(?<=\w)[._-]+(?=\w)")


def spelt(text: str) -> Iterator[Reading]:
    """Values with something behind each character ("4 1 1 1  1 1 1 1 …", "4.1.1.1.…") or a dot between groups."""
    data = text.encode("latin-1", "replace")
    yield from _spelt(text, data.translate(_BLANKS), b" x x ", 1, _SPACED)
    digits = data.translate(_DIGITS)
    yield from _spelt(text, digits, b"0.0.0.0", 0, _DOTTED)
    at = digits.find(b"00.00")
    while at >= 0:
        start = at
        while start > max(0, at - 5) and digits[start - 1] == 0x30:
            start -= 1
        groups = _GROUPED.match(text, start)
        if groups and not _is_joined(text, start) and not _is_ip(groups[0]):
            yield from ((m.start(), m.end(), " ") for m in _BETWEEN.finditer(text, start, groups.end()))
        at = digits.find(b"00.00", groups.end() if groups else at + 3)


def _spelt(text: str, data: bytes, run: bytes, before: int, form: re.Pattern[str]) -> Iterator[Reading]:
    """What joins the characters of values of this `form`, each holding `run` in `data`, that many `before` it."""
    at = data.find(run)
    while at >= 0:
        start = at - before
        while start > max(1, at - _LETTERS_FIRST) and _is_word(text[start - 2]) and text[start - 1] in "._-":
            start -= 2
        value = form.match(text, start) if start >= 0 and not _is_word(text[start - 1 : start]) else None
        if value and sum(map(str.isalnum, value[0])) >= _LEAST:
            # One between characters is nothing; more set groups apart.
            for joint in _BETWEEN.finditer(text, start, value.end()):
                yield joint.start(), joint.end(), " " if joint.end() - joint.start() > 1 else ""
        at = data.find(run, value.end() if value else at + 2)


def _is_joined(text: str, at: int) -> bool:
    """Whether what begins at `at` is the rest of something."""
    return _is_word(text[at - 1 : at]) or text[at - 1 : at] in (".", "_")


def _is_ip(value: str) -> bool:
    try:
        IPv4Address(value)
    except AddressValueError:
        return False
    return True
