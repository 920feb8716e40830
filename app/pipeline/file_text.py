"""The text in a file that somebody drops on a window: what is written, or why it cannot be read."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

from app.pipeline.decoding import utf_text
from app.pipeline.extract import LIMIT, text_of
from app.pipeline.media import Unreadable, sniffed

#: Bytes of a file.
LARGEST = 20_000_000
_WRONG = "The file is not in UTF-8: save it as UTF-8 first.", "The file holds no text."
_SHOWN = ("From", "To", "Cc", "Date", "Subject")


def file_text(name: str, data: bytes) -> tuple[str, bool]:
    """The text in the file called `name` and whether that is all of it; never more than `LIMIT` characters.

    Raises ValueError with a sentence for the user, which does not quote the file.
    """
    if len(data) > LARGEST:
        raise ValueError(too_large(len(data)))
    kind = sniffed(data)
    if kind is not None:
        format, _ = kind
        try:
            return text_of(data, format)
        except Unreadable:
            raise ValueError(
                f"No text can be read in this file ({format}): it may be scanned, locked or damaged. "
                "Text, mail, PDF and Office files can be tried."
            ) from None
    text = _mail(data) if _is_mail(name) else utf_text(data, *_WRONG)
    return text[:LIMIT], len(text) <= LIMIT


def is_document(name: str, data: bytes) -> bool:
    """Whether the file is more than its text: a mail, an office file, a PDF, a picture."""
    return _is_mail(name) or sniffed(data) is not None


def too_large(size: int) -> str:
    """Why a file of so many bytes is not opened."""
    return f"The file has {size / 1e6:,.0f} MB; up to {LARGEST // 10**6} MB can be tried here."


def _is_mail(name: str) -> bool:
    return name.lower().endswith(".eml")


def _mail(data: bytes) -> str:
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    try:
        heads = [f"{name}: {message[name]}" for name in _SHOWN if message[name]]
        body = message.get_body(("plain", "html"))
        content = body.get_content() if body is not None else ""
    except (LookupError, ValueError, AttributeError):
        raise ValueError("The mail cannot be read: it is damaged.") from None
    return "\n".join([*heads, "", content])
