"""A request as a redaction knows it, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from app.pipeline.draft import Draft
from app.pipeline.session import Session
from app.proxy.controls import Controls
from app.proxy.exchange import Spans
from app.proxy.likeness import Likeness
from app.proxy.route import Route


@dataclass(frozen=True, slots=True)
class Request:
    """What a redaction needs to know of a request. `credential` keeps clients apart, `media` is its content type,
    `own` the address before the API's path under which the client has reached us.
    """

    route: Route
    asked: Controls
    credential: bytes
    media: str
    body: bytes
    own: str = ""


@dataclass(slots=True)
class Redacted:
    """A request whose `body` may be sent. `sources` are the parts that an answer may cite, `noted` is what
    its exchange had hidden before, `renew` drafts it anew in what its session has become.
    """

    request: Request
    like: Likeness = field(repr=False)
    draft: Draft
    sources: Sequence[int]
    noted: tuple[dict[str, int], dict[str, int], Spans, Counter[str]] = field(repr=False)
    renew: Callable[[Session], Awaitable[Draft]] = field(repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def session(self) -> Session:
        """It knows what stands for what."""
        return self.draft.session
