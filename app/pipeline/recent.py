"""What was used last, as far as it fits in so many bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """A mapping that forgets what was used longest ago when it grows over `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: OrderedDict[K, tuple[V, int]] = OrderedDict()
        #: Bytes that it holds, as those who put them in have told.
        self.size = 0

    def __len__(self) -> int:
        return len(self._items)

    def get(self, key: K) -> V | None:
        """What was put under `key`, which counts as a use; None when it is not there (any more)."""
        if (item := self._items.get(key)) is None:
            return None
        self._items.move_to_end(key)
        return item[0]

    def put(self, key: K, value: V, size: int) -> None:
        """Keeps `value`, which takes `size` bytes with its key; not if that is more than all may take."""
        if (before := self._items.pop(key, None)) is not None:
            self.size -= before[1]
        if size > self._limit:
            return
        self._items[key] = value, size
        self.size += size
        while self.size > self._limit:
            _, (_, freed) = self._items.popitem(last=False)
            self.size -= freed

    def clear(self) -> None:
        """Forgets all."""
        self._items.clear()
        self.size = 0
