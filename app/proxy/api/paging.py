"""Lists in pages, as the original product has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.proxy.api.schema import Schema, whole

#: What a query may say, and what an answer then does.
PAGE: Mapping[str, Schema] = {
    "page": whole("Which page, from 1.", low=1, high=1_000_000, default=1),
    "limit": whole("How many on a page.", low=1, high=1000, default=50),
}
PAGED: Mapping[str, Schema] = {
    "total": whole("How many there are.", low=0),
    "page": whole(low=1),
    "pages": whole("How many pages.", low=1),
}


class Page(NamedTuple):
    """Which part of a list."""

    number: int
    limit: int

    @classmethod
    def of(cls, query: Mapping[str, Any]) -> Page:
        return cls(query["page"], query["limit"])

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.limit


def page_of(page: Page, total: int) -> dict[str, int]:
    """What an answer says of a page of `total` entries."""
    return {"total": total, "page": page.number, "pages": max(1, -(-total // page.limit))}
