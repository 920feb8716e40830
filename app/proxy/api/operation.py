"""One operation of the management API, as data: it is what is called, what is checked, and what is documented."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from app.proxy.api.parts import Parts
from app.proxy.api.schema import Schema, flag, record, text

#: Where all of it is.
ROOT = "/api/v1"
JSON = "application/json"
SESSION = text("The name of a session.", pattern="^[A-Za-z0-9._:-]{1,128}$")
#: What stands in the places of a path.
PLACES: Mapping[str, Schema] = {
    "session": SESSION,
    "term": text("The id of an entry.", pattern="^[0-9]{1,18}$"),
    "waiting": text("The id of a request that waits.", pattern="^[0-9]{1,18}$"),
    "exchange": text("The id of an exchange.", pattern="^[0-9]{1,18}$"),
    "setting": text("The name of a setting.", pattern="^[A-Za-z-]{1,64}$"),
}
DONE = flag("Always true; what fails answers with an error.")


@dataclass(frozen=True, slots=True)
class Call:
    """One request, checked. `places` are those of the path, `body` is text where it is no JSON."""

    parts: Parts
    request: web.Request = field(repr=False)
    places: Mapping[str, str]
    query: Mapping[str, Any] = field(repr=False)
    body: Any = field(repr=False)
    media: str = JSON


#: What an operation answers: a value that becomes JSON, or an answer of its own.
Answered = Mapping[str, Any] | web.StreamResponse


@dataclass(frozen=True, slots=True)
class Operation:
    """`path` follows ROOT. `query` and `body` are records; `text_body` are media in which a body may come as it is.

    `answer` is that of status 200; `media` is what it comes in, where that is not JSON alone. `statuses` are those of
    errors that not every operation of its form may answer, `also` answers that are none. `access` says who needs no
    token: "open" nobody, "near" programs on this machine where the settings allow it. `reveals` says which original
    values it returns, `needs` what has to be in the query. What `works` long takes a place, as
    a provider's request does.
    """

    method: str
    path: str
    says: str
    run: Callable[[Call], Awaitable[Answered]]
    query: Mapping[str, Schema] = field(default_factory=dict)
    body: Schema | None = None
    text_body: tuple[str, ...] = ()
    answer: Schema | None = None
    media: tuple[str, ...] = ()
    statuses: tuple[int, ...] = ()
    also: Mapping[int, Schema] = field(default_factory=dict)
    access: Literal["token", "near", "open"] = "token"
    reveals: str = ""
    needs: tuple[str, ...] = ()
    works: bool = False

    @property
    def group(self) -> str:
        """The noun it is about."""
        return self.path.split("/")[1] or "this document"

    @property
    def asked(self) -> Schema:
        """Its query, as a record."""
        return record(self.query, needs=self.needs)

    @property
    def places(self) -> tuple[str, ...]:
        """The names of those parts of the path that stand for something."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    def fits(self, segments: list[str]) -> bool:
        """Whether a path of such segments, behind ROOT, is this one's."""
        own = self.path.split("/")[1:]
        return len(own) == len(segments) and all(
            a.startswith("{") or a == b for a, b in zip(own, segments, strict=True)
        )
