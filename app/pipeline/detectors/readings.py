"""What the model saw in each piece of text, so that none is read twice: in memory, and in a store that outlives it."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple, Protocol

from app.pipeline.recent import Recent

#: Bytes that readings take in memory: so many for each, and for each word in it.
LIMIT, _PER_PIECE, _PER_WORD = 16 * 2**20, 200, 240
#: Words of a whole text that are remembered once more as those of the whole.
_WORDS = 200
#: What a name is made for besides the piece, where that is a whole text.
_WHOLE = b"whole"


class Word(NamedTuple):
    """A word of a piece that may belong to an entity: indices in it, and in `scores` a probability for each entity."""

    start: int
    end: int
    begins: bool
    scores: tuple[float, ...]


Reading = tuple[Word, ...]


class Store(Protocol):
    """Readings by name, as bytes, for longer than this process lives. It may forget, and it never raises."""

    def get(self, names: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Those of `names` that are known."""
        ...

    def put(self, readings: Mapping[bytes, bytes]) -> None:
        """Remembers more of them."""
        ...


class Readings:
    """By a keyed digest of the piece: a name tells nothing, and under another key nothing is known."""

    def __init__(self, key: bytes = b"", identity: bytes = b"", store: Store | None = None) -> None:
        """Names depend on `key` (none: one that nobody else has) and on `identity`, all that decides a reading."""
        self._key = blake2b(identity, digest_size=32, key=key or os.urandom(32)).digest()
        self._store = store
        self._known: Recent[bytes, Reading] = Recent(LIMIT)

    def of(self, pieces: Iterable[str], read: Callable[[str], Reading]) -> list[Reading]:
        """The reading of each of `pieces`; `read` makes those that nobody knows."""
        named = [(self._name(piece), piece) for piece in pieces]
        self._recall([name for name, _ in named])
        found, fresh = [], {}
        for name, piece in named:
            reading = self._known.get(name)
            if reading is None:
                reading = fresh[name] = read(piece)
                self._remember(name, reading)
            found.append(reading)
        self._keep(fresh)
        return found

    def of_whole(self, text: str, read: Callable[[str], Reading]) -> Reading:
        """The reading of a text that is itself read in pieces, some of which perhaps not at all."""
        name = self._name(text, _WHOLE)
        self._recall([name])
        reading = self._known.get(name)
        if reading is None:
            reading = read(text)
            # Where it holds more, its pieces are enough.
            if len(reading) <= _WORDS:
                self._remember(name, reading)
                self._keep({name: reading})
        return reading

    def expect(self, texts: Iterable[str]) -> None:
        """Recalls what is known of whole `texts`, all at once."""
        if self._store is not None:
            self._recall([self._name(text, _WHOLE) for text in texts])

    def _name(self, piece: str, kind: bytes = b"") -> bytes:
        # Lone surrogates have no place in UTF-8.
        data = piece.encode("utf-8", "surrogatepass")
        return blake2b(data, digest_size=16, key=self._key, person=kind).digest()

    def _recall(self, names: Iterable[bytes]) -> None:
        if self._store is None:
            return
        missing = [name for name in names if self._known.get(name) is None]
        if missing:
            for name, data in self._store.get(missing).items():
                self._remember(name, unpacked(data))

    def _remember(self, name: bytes, reading: Reading) -> None:
        self._known.put(name, reading, _PER_PIECE + _PER_WORD * len(reading))

    def _keep(self, fresh: Mapping[bytes, Reading]) -> None:
        if fresh and self._store is not None:
            self._store.put({name: packed(reading) for name, reading in fresh.items()})


def packed(reading: Reading) -> bytes:
    """A reading as bytes, exactly: the scores come as single floats."""
    size = len(reading[0].scores) if reading else 0
    layout = struct.Struct(f"<II?{size}f")
    return bytes([size]) + b"".join(layout.pack(*word[:3], *word.scores) for word in reading)


def unpacked(data: bytes) -> Reading:
    """The inverse of `packed`."""
    layout = struct.Struct(f"<II?{data[0]}f")
    return tuple(Word(start, end, begins, tuple(s)) for start, end, begins, *s in layout.iter_unpack(data[1:]))
