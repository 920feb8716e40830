"""A text as bytes to look for words in: one for each character, so that places in them are places in the text."""

from __future__ import annotations

_LOWER = bytes(byte + 32 if 0x41 <= byte <= 0x5A else byte for byte in range(256))
#: Beyond Latin-1 whatever `str.upper` or an expression that ignores case takes for a letter of ASCII.
_ALIKE = {"\u0131": "i", "\u017f": "s", "\u212a": "k"}


def lowered(text: str) -> bytes:
    """`text` in Latin-1, the capitals of ASCII as small letters, and "?" for what Latin-1 lacks."""
    if not text.isascii():
        for char, letter in _ALIKE.items():
            text = text.replace(char, letter)
    return text.encode("latin-1", "replace").translate(_LOWER)
