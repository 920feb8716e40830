"""What the provider calls things, in a path."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: No plain word, no version of an API, no call of a model.
_MAY_BE_ID = re.compile(r"(?!v\d[a-z\d]*\Z)[^:]*[_\-\d][^:]*")


def gone(path: str) -> str:
    """The id of what a request to delete names."""
    return path.rstrip("/").rpartition("/")[2]


def ids_in(path: str) -> Iterable[str]:
    """What may be ids in a path."""
    return filter(_MAY_BE_ID.fullmatch, path.split("/"))
