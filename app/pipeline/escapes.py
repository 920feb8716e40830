"""Escapes: what JSON, program code, URLs, HTML and terminals write for a character."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from app.pipeline.views import Reading

_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair of surrogates
    r"|\\u[0-9a-fA-F]{4}"
    r"|\\u\{[0-9a-fA-F]{1,6}\}"  # JavaScript, Rust
    r"|\\U[0-9a-fA-F]{8}"  # Python, C
    r"|\\x[0-9a-fA-F]{2}(?:\\x[0-9a-fA-F]{2})*"  # bytes, as Python and shells print them
    r"|\\[0-3][0-7]{2}(?:\\[0-3][0-7]{2})*"  # bytes, as git prints file names
    r"|\\[nrtbfv\"'/\\]"
    r"|%[0-9a-fA-F]{2}(?:%[0-9a-fA-F]{2})*"
    r"|\+(?<=[\w.~*-]\+)(?=[\w.~*%-])"  # a space in a query string
    r"|&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});"
    r"|\x1b\[[0-9;:?]{0,64}[A-Za-z]"  # a terminal colour
)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v"}


def escapes(text: str) -> Iterator[Reading]:
    """One level of escapes undone, each as what it stands for; never as nothing, nor as itself."""
    for match in _ESCAPE.finditer(text):
        if (plain := _undo(match.group())) != match.group():  # HTML has no such character as "&A0;"
            yield match.start(), match.end(), plain


def _undo(escape: str) -> str:
    """What one match of `_ESCAPE` stands for; never empty."""
    if escape[0] == "\x1b":
        return "\u200b"  # nothing is printed, but a word ends: a coloured "John" is preceded by an "m"
    if escape[0] == "+":
        return " "
    if escape[0] == "&":
        return html.unescape(escape) or "\u200b"
    if escape[0] == "%":
        return _decode(bytes.fromhex(escape.replace("%", "")))
    if escape[1] == "U" or escape[2:3] == "{":
        code = int(escape[2:].strip("{}"), 16)
        return chr(code) if code < 0x110000 else "\ufffd"
    if escape[1] == "u":
        codes = bytes.fromhex(escape.replace("\\u", ""))
        return codes.decode("utf-16-be", "surrogatepass")
    if escape[1] == "x":
        return _decode(bytes.fromhex(escape.replace("\\x", "")))
    if escape[1].isdigit():
        return _decode(bytes(int(octal, 8) for octal in escape[1:].split("\\")))
    return _LETTERS.get(escape[1], escape[1])


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
