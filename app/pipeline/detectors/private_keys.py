"""Private keys in armour (RFC 7468, RFC 9580): from one row of dashes to the next."""

from __future__ import annotations

import re

#: What announces a block, in lower case.
BEGIN = "-----begin "
_DASHES = "-----"
_HEADER = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----")
_FOOTER = re.compile(r"-----END [A-Z0-9 ]{1,48}-----")
# A line of the key; documentation has dots there, or a variable.
_LINE = re.compile(r"[A-Za-z0-9+/](?<![A-Za-z0-9+/].)(?=[A-Za-z+/]{0,23}[0-9])[A-Za-z0-9+/]{23}")
# A key that was cut off: lines of base64, as JSON and code write them, too.
_REST = re.compile(r"(?:(?:\s|\\[nr]){1,8}[A-Za-z0-9+/]{16,128}={0,2}){0,400}")
#: Larger than any key.
_LONGEST = 40_000


class Reader:
    """Reads the blocks of one text from left to right; no character is looked at twice."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._end = 0

    def block(self, start: int) -> tuple[int, int] | None:
        """The private key whose armour begins at `start`, whole."""
        header = _HEADER.match(self._text, start) if start >= self._end else None
        if header is None:
            return None
        dashes = self._text.find(_DASHES, header.end(), header.end() + _LONGEST)
        footer = _FOOTER.match(self._text, dashes) if dashes >= 0 else None
        if footer is not None:
            end = footer.end()
        else:
            rest = _REST.match(self._text, header.end(), dashes if dashes >= 0 else len(self._text))
            end = rest.end() if rest else header.end()
        if not _LINE.search(self._text, header.end(), end):
            return None
        self._end = end
        return start, end
