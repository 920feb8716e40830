"""How the rows of the audit trail hang together, and what breaks when one is touched."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

#: What a row says: strings, numbers, truth values, and lists and objects of them.
Entry = Mapping[str, Any]
#: A row as it is stored: its number, what it says, and its link.
Row = tuple[int, bytes, bytes]


class Link(NamedTuple):
    """The number of a row, and what it is tied to the next one by."""

    number: int
    digest: bytes


#: What the first row of all is tied to.
START = Link(0, bytes(32))


def canonical(entry: Entry) -> str:
    """`entry` as it is stored and tied: one spelling for what is the same."""
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


class Chain:
    """Ties rows: a link is an HMAC-SHA256 of a row's number, of the link before it and of what the row says.

    Who has no key can make none, so that a row cannot be changed, put in, taken out or moved unseen.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __repr__(self) -> str:
        return "<Chain>"

    def is_of(self, key: bytes) -> bool:
        """Whether it is tied with this key."""
        return hmac.compare_digest(self._key, key)

    def next(self, before: Link, said: bytes) -> Link:
        """The link of the row behind `before` that says `said`."""
        number = before.number + 1
        tied = number.to_bytes(8, "big") + before.digest + said
        return Link(number, hmac.digest(self._key, tied, hashlib.sha256))

    def name(self, kind: str, value: str) -> str:
        """What stands for `value` where two of the same shall be seen to be the same: 16 hexadecimal digits."""
        said = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, b"name\0" + said, hashlib.sha256).hex()[:16]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the trail. `rows` were looked at, from the number `first` on.

    `bad` is the number of the first row that is not as it was written, None if there is none; `why` says it in a
    sentence. `last` is the number of the last row that is good.
    """

    rows: int
    first: int
    last: int
    bad: int | None = None
    why: str = ""

    @property
    def is_intact(self) -> bool:
        return self.bad is None


def verify(chain: Chain, rows: Iterable[Row], start: Link, head: Link) -> Verdict:
    """Follows `rows`, in the order of their numbers, and compares each link with the one that it should have.

    `start` is the last row that was dropped because its time was over, `head` the last one that is known.
    """
    before, count = start, 0

    def verdict(bad: int | None = None, why: str = "") -> Verdict:
        return Verdict(count, start.number + 1, before.number, bad, why)

    for number, said, digest in rows:
        expected = before.number + 1
        if number < expected:
            return verdict(number, f"Row {number} was dropped when its time was over, and is there again.")
        if number > expected:
            return verdict(expected, f"{_rows(expected, number - 1)} missing.")
        link = chain.next(before, said)
        if not hmac.compare_digest(link.digest, digest):
            return verdict(number, f"Row {number} is not the one that was written here.")
        if number == head.number and link != head:
            return verdict(number, f"Row {number} is not the one that the vault knows.")
        before, count = link, count + 1
    if before.number < head.number:
        return verdict(before.number + 1, f"{_rows(before.number + 1, head.number)} missing from the end.")
    return verdict()


def _rows(first: int, last: int) -> str:
    return f"Row {first} is" if first == last else f"Rows {first} to {last} are"
