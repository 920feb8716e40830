"""The settings of what waits until somebody has looked at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.chosen import parse_chosen
from app.option import option
from app.proxy_settings import ProxySettings


@dataclass(frozen=True, slots=True)
class ReviewSettings(ProxySettings):
    """The second of `Settings`."""

    review: str = option(
        "off",
        "Requests that wait, redacted, until you have looked at them: off, all, or a list such as tool=claude-cli, "
        "session=work*. A tool is called by the label of its local key or by what it calls itself.",
        "Review",
        check=parse_chosen,
    )
    review_timeout: int = option(
        300,
        "How long a request waits for review. Tools wait ten minutes at most, as a rule.",
        "Review",
        low=1,
        high=3600,
        unit="s",
    )
    review_on_timeout: Literal["refuse", "send"] = option(
        "refuse",
        "What happens to a request that nobody has looked at by then: refuse, or send as it was redacted. After the "
        "machine has slept it is refused in any case.",
        "Review",
    )
    review_as_is: bool = option(
        False, "Whether a request in review may be sent once as it is, with nothing new in it hidden.", "Review"
    )
