"""A session: which placeholder stands for which value."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from app.pipeline.memo import DIGEST_SIZE, Edits, Memory
from app.pipeline.placeholder import Finder, finder, identity, label_of, render

#: Numbers get another digit each time so many values are known: (values up to, digits).
_DIGITS = ((200, 4), (2_000, 5), (20_000, 6), (200_000, 7))
_MOST_DIGITS = 8
#: A stand-in with this end would run into the bracket of a placeholder that follows it.
_OPEN_END = re.compile(r"\[[^\]]*\Z")


@dataclass(frozen=True, slots=True)
class Entry:
    """One placeholder and the value it stands for (hidden from repr)."""

    placeholder: str
    label: str
    value: str = field(repr=False)


class Pending(NamedTuple):
    """What a session knows and the vault does not."""

    entries: list[Entry]
    reserved: list[str]
    memories: list[Memory]


class Session:
    """Placeholders of one conversation, in both directions.

    The number in a placeholder is an HMAC-SHA256 of the exact value under the session's own key:
    the same value gets the same placeholder whatever came before it, and two spellings of a name
    get two, so that each comes back as it was written. Numbers are unique in a session whatever
    their label. `pending` holds what has to be stored before anything may be sent.
    """

    def __init__(
        self,
        id: str,
        key: bytes,
        entries: Iterable[Entry] = (),
        reserved: Iterable[str] = (),
        memories: Iterable[Memory] = (),
    ) -> None:
        """`key` has 32 bytes; the rest is what the vault holds of this session."""
        self.id = id
        # Apart from the key that seals the values at rest, which is derived from the same one.
        self._key = hashlib.sha256(b"anonamoose/number" + key).digest()
        self._by_placeholder: dict[tuple[str, str], Entry] = {}  # by its identity
        self._by_value: dict[str, Entry] = {}
        self._generated: dict[str, Entry] = {}
        self._numbers: set[str] = set()
        self._reserved: set[tuple[str, str]] = set()
        self._labels: frozenset[str] = frozenset()
        self._fixed: frozenset[str] = frozenset()
        self._new: list[Entry] = []
        self._newly_reserved: list[str] = []
        self._memories = {memory.digest: memory.edits for memory in memories}
        self._new_memories: list[Memory] = []
        for entry in entries:
            self._add(entry)
        for token in reserved:
            self._block(token)

    def __repr__(self) -> str:
        return f"<Session {self.id} with {len(self._by_placeholder)} values>"

    def __len__(self) -> int:
        return len(self._by_placeholder)

    def placeholder(self, entity: str, value: str, preferred: str = "") -> str:
        """The placeholder of `value`, a new one if it has none yet.

        `preferred` is the user's own stand-in; it is taken unless it stands for another value.
        """
        known = self._by_value.get(value)
        if known is not None:
            return known.placeholder
        if not preferred or self._is_taken(preferred) or _OPEN_END.search(preferred):
            return self.generated(entity, value)
        return self._issue(Entry(preferred, "", value))

    def generated(self, entity: str, value: str) -> str:
        """A generated placeholder of `value`, for a place where its stand-in would be misread."""
        known = self._generated.get(value)
        if known is not None:
            return known.placeholder
        label = label_of(entity)
        return self._issue(Entry(render(label, self._number(value)), label, value))

    def _issue(self, entry: Entry) -> str:
        self._add(entry)
        self._new.append(entry)
        return entry.placeholder

    def is_stand_in(self, placeholder: str) -> bool:
        """Whether `placeholder` was issued and is the user's own."""
        entry = self._by_placeholder.get(identity(placeholder))
        return entry is not None and not entry.label

    def issued(self, placeholder: str) -> bool:
        """Whether `placeholder` stands for a value here."""
        return identity(placeholder) in self._by_placeholder

    def value(self, placeholder: str) -> str | None:
        """What `placeholder` stands for, or None when it was never issued here."""
        entry = self._by_placeholder.get(identity(placeholder))
        return None if entry is None else entry.value

    def reserve(self, placeholder: str) -> None:
        """Never issues `placeholder`: the user has written it, and means just these characters."""
        if not self._is_taken(placeholder):
            self._block(placeholder)
            self._newly_reserved.append(placeholder)

    def _is_taken(self, placeholder: str) -> bool:
        return identity(placeholder) in self._reserved or self.issued(placeholder)

    def label(self, placeholder: str) -> str:
        """The label of a placeholder that was issued here; "" for a stand-in or an unknown one."""
        entry = self._by_placeholder.get(identity(placeholder))
        return entry.label if entry else ""

    def remember(self, memory: Memory) -> None:
        """What was sent for a text, or what a restored one came as. The latest counts."""
        name = self._name(memory.digest)
        if self._memories.get(name) != memory.edits:
            self._memories[name] = memory.edits
            self._new_memories.append(Memory(name, memory.edits))

    def recall(self, digest: bytes) -> Edits | None:
        """How the text called `digest` went out before, or None when it never did."""
        return self._memories.get(self._name(digest))

    def _name(self, digest: bytes) -> bytes:
        """A digest alone could be guessed from a short text; keyed, it tells nothing."""
        return hmac.digest(self._key, b"memo" + digest, "sha256")[:DIGEST_SIZE]

    def take_pending(self) -> Pending:
        """What is not stored yet; the caller stores it now."""
        pending = Pending(self._new, self._newly_reserved, self._new_memories)
        self._new, self._newly_reserved, self._new_memories = [], [], []
        return pending

    def put_back(self, pending: Pending) -> None:
        """Undoes `take_pending` after a failed save, so that the next request tries again."""
        self._new = pending.entries + self._new
        self._newly_reserved = pending.reserved + self._newly_reserved
        self._new_memories = pending.memories + self._new_memories

    @property
    def finder(self) -> Finder:
        """Finds this session's placeholders in a text."""
        return finder(self._labels, self._fixed)

    def _number(self, value: str) -> int:
        known = len(self._by_placeholder) + len(self._reserved)
        digits = next((d for limit, d in _DIGITS if known < limit), _MOST_DIGITS)
        attempt = 0
        encoded = value.encode("utf-8", "surrogatepass")
        while True:
            digest = hmac.digest(self._key, attempt.to_bytes(4, "big") + encoded, "sha256")
            low: int = 10 ** (digits - 1)
            number = low + int.from_bytes(digest[:8], "big") % (9 * low)
            if str(number) not in self._numbers:
                return number
            attempt += 1
            # A crowded range would be searched for long: give up on it early and take a wider one.
            digits = min(_MOST_DIGITS, digits + (attempt % 16 == 0))

    def _add(self, entry: Entry) -> None:
        self._by_placeholder[identity(entry.placeholder)] = entry
        # A stand-in goes before a generated one, in whatever order the vault gives them back.
        if not entry.label or entry.value not in self._by_value:
            self._by_value[entry.value] = entry
        if entry.label:
            self._generated.setdefault(entry.value, entry)
        self._look_for(entry.placeholder, entry.label)

    def _block(self, placeholder: str) -> None:
        self._reserved.add(identity(placeholder))
        # Looked for as well: found as what it is, it is not taken for another that overlaps it.
        self._look_for(placeholder, placeholder[1:-1].rpartition("_")[0] if identity(placeholder)[0] else "")

    def _look_for(self, placeholder: str, label: str) -> None:
        if label:
            self._labels |= {label}
            self._numbers.add(placeholder[len(label) + 2 : -1])
        else:
            self._fixed |= {placeholder}
