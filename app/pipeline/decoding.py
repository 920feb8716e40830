"""The text of a file, in the charsets that programs save texts in."""

from __future__ import annotations


def utf_text(data: bytes, foreign: str, no_text: str) -> str:
    """The text of a file in UTF-8, or in UTF-16 that says so.

    Raises ValueError: `foreign` where it is in another charset, `no_text` where it is none.
    """
    charset = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(charset)
    except UnicodeDecodeError:
        raise ValueError(foreign) from None
    if "\0" in text:
        raise ValueError(no_text)
    return text
