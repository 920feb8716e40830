"""Models that are not shipped: fetched from the hub when somebody asks for one, and never by themselves."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import Exit, UserError


@dataclass(frozen=True, slots=True)
class Hub:
    """How the hub is reached. An empty `endpoint` or `proxy` is what the environment says, or the usual one."""

    endpoint: str = ""
    proxy: str = ""
    offline: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """`file` is being fetched; `done` of `total` bytes of the whole model are here, `total` 0 while nobody knows."""

    file: str
    done: int
    total: int


class FetchError(UserError):
    """A model could not be fetched. What came so far stays for the next time, unless it was wrong."""

    code = Exit.UNAVAILABLE
