"""Where in a JSON text one stands, so that a value put there is escaped as deeply as it must be."""

from __future__ import annotations

import re
from enum import Enum

from app.pipeline.json_text import escape

_BEGINS = re.compile(r'\s*(?:\{\s*["}]|\[\s*[\[{"\]])')
_MAY_BEGIN = re.compile(r"\s*(?:[{\[]\s*)?\Z")
_NEXT = re.compile(r'["\\]')
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_NESTING = 4
#: What decides about quoting in a text: quotes, and the backslashes that may stand before one.
_MARKS = re.compile(r"\\+|\"|[^\\\"]+")


class _State(Enum):
    UNDECIDED = 0
    TEXT = 1
    OUTSIDE = 2  # in JSON, between strings
    INSIDE = 3  # in a string of the JSON


class JsonContext:
    """Follows a text as it arrives and tells how many times a value has to be escaped here.

    A text is taken for JSON when it begins like an object or array does; so is, in turn, what its
    strings hold. A string that holds other text, such as a shell command, may quote strings in turn
    (`curl -d "{\\"a\\": \\"…\\"}"`): there, the backslashes before the nearest quote tell how deep one is.
    """

    def __init__(self, level: int = 0) -> None:
        self._level = level
        #: A text that is no JSON and stands in none: whatever follows, no value in it is escaped.
        self.is_plain = False
        self._state = _State.UNDECIDED
        self._head = ""
        self._pending = ""  # an escape that is not complete yet
        self._inner: JsonContext | None = None
        self._backslashes = 0  # that end the text so far
        self._quoted = 0  # of those before the latest quote

    @property
    def depth(self) -> int:
        """How often a value inserted here must be escaped; 0 in plain text."""
        if self._state is _State.UNDECIDED:
            return 0
        if self._state is _State.TEXT:
            return _strings(self._quoted) if self._quoted % 2 else 0
        return 1 + (self._inner.depth if self._inner and self._state is _State.INSIDE else 0)

    def escape(self, value: str) -> str:
        """`value` as it must be written here."""
        for _ in range(self.depth):
            value = escape(value)
        return value

    def advance(self, text: str) -> None:
        """Goes on over `text`, however it was cut."""
        if self._state is _State.UNDECIDED:
            self._head += text
            if _BEGINS.match(self._head):
                self._state = _State.OUTSIDE
                text, self._head = self._head, ""
            elif _MAY_BEGIN.match(self._head):
                return
            else:
                self._state = _State.TEXT
                self.is_plain = not self._level
                text, self._head = self._head, ""
        if self._state is not _State.TEXT:
            self._follow(text)
        elif self._level:  # a text of its own is for reading, and no value in it is escaped
            self._read(text)

    def _read(self, text: str) -> None:
        for match in _MARKS.finditer(text):
            mark = match.group()
            if mark == '"':
                self._quoted = self._backslashes
            self._backslashes = self._backslashes + len(mark) if mark[0] == "\\" else 0

    def _follow(self, text: str) -> None:
        position = 0
        if self._pending:
            text, self._pending = self._pending + text, ""
        while position < len(text):
            if self._state is _State.OUTSIDE:
                quote = text.find('"', position)
                if quote < 0:
                    return
                position = quote + 1
                self._state = _State.INSIDE
                self._inner = JsonContext(self._level + 1) if self._level < _NESTING else None
                continue
            match = _NEXT.search(text, position)
            end = match.start() if match else len(text)
            if end > position and self._inner:
                self._inner.advance(text[position:end])
            if match is None:
                return
            position = end
            if text[position] == '"':
                self._state = _State.OUTSIDE
                position += 1
                continue
            length = 6 if text[position + 1 : position + 2] == "u" else 2
            if position + length > len(text):
                self._pending = text[position:]
                return
            if self._inner:
                self._inner.advance(self._decode(text[position + 1 : position + length]))
            position += length

    @staticmethod
    def _decode(escaped: str) -> str:
        if escaped[0] == "u":
            try:
                return chr(int(escaped[1:], 16))
            except ValueError:
                return "?"
        return _SIMPLE.get(escaped, escaped)


def _strings(backslashes: int) -> int:
    """How many strings, one in the other, a quote behind so many backslashes begins or ends."""
    return 1 + (_strings(backslashes // 2) if backslashes % 2 else 0)
