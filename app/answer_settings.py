"""The settings of what becomes of answers."""

from __future__ import annotations

from dataclasses import dataclass

from app.option import option
from app.review_settings import ReviewSettings


@dataclass(frozen=True, slots=True)
class AnswerSettings(ReviewSettings):
    """The third of `Settings`."""

    restore_secrets: bool = option(
        True,
        "Put passwords, API keys, tokens and private keys back into answers. Off leaves their placeholders, also in "
        "what a tool is called with.",
        "Protection",
        own=True,
    )
    scan_replies: bool = option(
        False,
        "Look through answers for personal data that the model made up or knew by itself, and hide it from the tool "
        "behind placeholders that are not put back. An answer then comes paragraph by paragraph.",
        "Protection",
        own=True,
    )
