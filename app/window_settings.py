"""The settings of what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from app.option import option
from app.review_settings import ReviewSettings


def _feed(url: str) -> None:
    if not url:
        return
    try:
        parts = urlsplit(url)
        is_local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        fits = bool(parts.hostname) and parts.port != 0 and (parts.scheme == "https" or is_local)
    except ValueError:
        fits = False
    if not fits or parts.scheme not in ("http", "https") or parts.username or parts.password or parts.fragment:
        raise ValueError("It must be a URL such as https://example.com/anonamoose/releases.atom, without a password.")


@dataclass(frozen=True, slots=True)
class WindowSettings(ReviewSettings):
    """The third of `Settings`."""

    keep_exchanges: int = option(
        50,
        "How many exchanges the inspector remembers, in memory only; 0 for none. Without windows none are.",
        "Sessions",
        low=0,
        high=5000,
    )
    keep_texts: int = option(
        60,
        "How long the inspector keeps the texts of an exchange; its counts stay. 0 for as long as the exchange.",
        "Sessions",
        low=0,
        high=7 * 24 * 60,
        unit="min",
        zero="as long as the exchange",
    )
    show_originals: bool = option(
        True,
        "Whether the inspector may show what was hidden, once asked to, and the API the originals of an exchange or of "
        "a request in review. No system offers every desktop a way to ask for its password again, so lock the screen "
        "when you leave.",
        "Sessions",
    )
    inspector_memory: int = option(
        64,
        "Memory for the texts of the exchanges that the inspector remembers; those of the oldest are let go of first.",
        "Sessions",
        low=1,
        high=4096,
        unit="MiB",
    )
    notifications: bool = option(
        True,
        "Tell, now and then, of what should not go unseen: the first redaction, a refused request, protection lost.",
        "Application",
    )
    release_feed: str = option(
        "",
        "Atom feed of releases that is asked once a day whether there is a newer version. Nothing is told of you, and "
        "while it is empty nobody is asked.",
        "Application",
        check=_feed,
    )
    welcome: bool = option(True, "Show the first steps at the next start with windows.", "Application")
    theme: Literal["system", "light", "dark"] = option("system", "The colours of the windows.", "Application")
