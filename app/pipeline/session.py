"""A session: which placeholder stands for which value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import count

from app.pipeline.entry import Entry, Pending
from app.pipeline.finder import Finder
from app.pipeline.keyed import Keyed
from app.pipeline.known import Known
from app.pipeline.memo import Edits, Memory
from app.pipeline.placeholder import (
    Style,
    can_stand_in,
    entity_of,
    fragment,
    identity,
    is_doubled,
    is_generated,
    label_of,
    parts,
    relatives,
    render,
)
from app.pipeline.surrogate import Surroundings, surrogates

_NOWHERE = Surroundings(())


class Session:
    """Placeholders of one conversation, in both directions.

    The number in a placeholder is an HMAC-SHA256 of the exact value under the session's own key: the same
    value gets the same placeholder whatever came before it. Two spellings get two, so that each comes back
    as it was written. Their number is one, as it is for parts of a name (see `placeholder.relatives`); else
    numbers are unique whatever their label. A value keeps the placeholder it got first, also when another
    style is asked for later. `pending` holds what has to be stored before anything may be sent.
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
        self.known = Known()
        self._keyed = Keyed(key)
        self._by_placeholder: dict[tuple[str, str], Entry] = {}  # by its identity
        self._by_value: dict[str, Entry] = {}
        self._generated: dict[str, Entry] = {}
        self._numbers: set[str] = set()
        self._labelled: Counter[str] = Counter()
        self._doubled: set[str] = set()  # numbers that stand in two brackets
        self._originals: set[str] = set()  # values as a surrogate must not be, in whatever case
        self._reserved: set[tuple[str, str]] = set()
        self.labels: frozenset[str] = frozenset()  # issued or reserved
        self._fixed: frozenset[str] = frozenset()
        self._words: set[str] = set()
        self._styles: frozenset[Style] = frozenset()
        self._finder: Finder | None = None
        self._memories: dict[bytes, Edits] = {}
        self._pending = Pending([], [], [], [])
        self.adopt(entries, reserved, memories)

    def __repr__(self) -> str:
        return f"<Session {self.id} with {len(self._by_placeholder)} values>"

    def __len__(self) -> int:
        return len(self._by_placeholder)

    def adopt(self, entries: Iterable[Entry], reserved: Iterable[str], memories: Iterable[Memory]) -> None:
        """Takes over what is stored of this session, by whomever. What it knows already is no matter.

        Raises ValueError when a placeholder stands for another value here.
        """
        for entry in entries:
            known = self._by_placeholder.get(identity(entry.placeholder))
            if known is None:
                self._add(entry)
            elif known.value != entry.value:
                raise ValueError("a placeholder stands for two values")
        for token in reserved:
            if identity(token) not in self._reserved:
                self._block(token)
        self._memories |= {memory.digest: memory.edits for memory in memories}

    def placeholder(
        self,
        entity: str,
        value: str,
        preferred: str = "",
        style: Style = "default",
        surroundings: Surroundings = _NOWHERE,
        among: Known | None = None,
        own: bool = False,
    ) -> str:
        """The placeholder of `value`, a new one in `style` if it has none yet.

        `preferred` is the user's own stand-in; it is taken unless it stands for another value. No surrogate is
        anything that is in its `surroundings`. It may be a part of a value `among` these, or of this session's;
        `own` is as in `Entry`.
        """
        if (known := self._by_value.get(value)) is not None:
            return known.placeholder
        if preferred and self.can_give(preferred, value):
            return self._issue(Entry(preferred, "", value))
        relative = None if own or style in ("surrogate", "pua") else self._relative(entity, value, style, among)
        if relative:
            return self._issue(Entry(relative, label_of(entity), value))
        if style == "surrogate":
            found = surrogates(
                entity, value, self._keyed.draw, lambda token: self._is_free(token, surroundings), self._surrogate_of
            )
            # A part that has a placeholder of another style keeps it.
            new = [Entry(token, label_of(entity), part, own) for token, part in found if part not in self._by_value]
            if new:
                return [self._issue(entry) for entry in new][-1]
        return self.generated(entity, value, style, own)

    def generated(self, entity: str, value: str, style: Style = "default", own: bool = False) -> str:
        """A generated placeholder of `value`, for a place where its stand-in would be misread."""
        if (known := self._generated.get(value)) is not None:
            return known.placeholder
        return self._issue(Entry(self.unused(entity, value, style), label_of(entity), value, own))

    def unused(self, entity: str, value: str, style: Style) -> str:
        """A generated placeholder for `value` that was neither issued nor reserved."""
        if style == "pua":
            return self._keyed.unused_private(value, self._is_taken)
        label, held = label_of(entity), len(self._by_placeholder) + len(self._reserved)
        number = self._ordinal(label) if style == "ordinal" else self._keyed.unused(value, self._numbers, held)
        return render(label, number, style)

    def _relative(self, entity: str, value: str, style: Style, among: Known | None) -> str | None:
        related = (self.known if among is None else among).related(entity, value)
        if related is None:
            return None
        root = self._by_value.get(related.value)
        token = root.placeholder if root else self.generated(entity, related.value, style)
        return next((free for free in relatives(token, related.part) if not self._is_taken(free)), None)

    def _surrogate_of(self, value: str) -> str | None:
        entry = self._by_value.get(value)
        return entry.placeholder if entry and entry.placeholder in self._words else None

    def _is_free(self, token: str, surroundings: Surroundings) -> bool:
        """Whether `token` may be a surrogate."""
        is_used = self._is_taken(token) or token.casefold() in self._originals or parts(token) is not None
        return not is_used and not surroundings.hold(token)

    def _issue(self, entry: Entry) -> str:
        self._add(entry)
        self._pending.entries.append(entry)
        return entry.placeholder

    @property
    def has_stand_ins(self) -> bool:
        """Whether anything was issued that could also be a word of the user's."""
        return bool(self._words or self._fixed)

    def is_stand_in(self, placeholder: str) -> bool:
        """Whether `placeholder` was issued and is the user's own, or a surrogate."""
        entry = self._by_placeholder.get(identity(placeholder))
        return entry is not None and (not entry.label or entry.placeholder in self._words)

    def issued(self, placeholder: str) -> bool:
        """Whether `placeholder` stands for a value here."""
        return identity(placeholder) in self._by_placeholder

    def can_give(self, placeholder: str, value: str) -> bool:
        """Whether `placeholder`, the user's own, can come to stand for `value`, or does."""
        known = self._by_value.get(value)
        free = not self._is_taken(placeholder) and can_stand_in(placeholder)
        return free if known is None else known.placeholder == placeholder

    def hides(self, value: str) -> bool:
        """Whether `value` is one of the client's, in whatever case."""
        return value.casefold() in self._originals

    def value(self, placeholder: str) -> str | None:
        """What `placeholder` stands for, or None when it was never issued here."""
        entry = self._by_placeholder.get(identity(placeholder))
        return None if entry is None else entry.value

    def completed(self, text: str) -> tuple[int, Entry] | None:
        """Where the end of `text` cuts off a placeholder, and its entry, if it can only have been that one."""
        if (found := fragment(text)) is None:
            return None
        start, (label, digits) = found
        alike = [k for k in (*self._by_placeholder, *self._reserved) if k[0] == label and k[1].startswith(digits)]
        entry = self._by_placeholder.get(alike[0]) if len(alike) == 1 else None
        if entry is None:
            return None
        # In two brackets, one may be the text's own.
        start += text.startswith("[[", start) and not is_doubled(entry.placeholder)
        return (start, entry) if entry.placeholder.startswith(text[start:]) else None

    def reserve(self, placeholder: str) -> None:
        """Never issues `placeholder`: the user has written it, and means just these characters."""
        if not self._is_taken(placeholder):
            self._block(placeholder)
            self._pending.reserved.append(placeholder)

    def _is_taken(self, placeholder: str) -> bool:
        return identity(placeholder) in self._reserved or self.issued(placeholder)

    def label(self, placeholder: str) -> str:
        """The label of a placeholder that was issued here; "" for a stand-in or an unknown one."""
        return entry.label if (entry := self._by_placeholder.get(identity(placeholder))) else ""

    def learn(self, memory: Memory) -> None:
        """What a restored text came as, unless the same text went out before: it goes on as it went then."""
        name = self._keyed.name(memory.digest, memory.number)
        if name not in self._memories:
            self._keep(name, memory.edits, self._pending.learnt)

    def remember(self, memory: Memory) -> None:
        """What was sent for a text. The latest counts."""
        self._keep(self._keyed.name(memory.digest, memory.number), memory.edits, self._pending.memories)

    def _keep(self, name: bytes, edits: Edits, pending: list[Memory]) -> None:
        if self._memories.get(name) != edits:
            self._memories[name] = edits
            pending.append(Memory(name, edits))

    def recall(self, digest: bytes, number: int = 0) -> Edits | None:
        """How the text called `digest` went out, the one after `number` of the same; None when it is not known."""
        return self._memories.get(self._keyed.name(digest, number))

    @property
    def has_given_out(self) -> bool:
        """Whether it has given out or reserved placeholders that are not stored yet."""
        return bool(self._pending.entries or self._pending.reserved)

    def take_pending(self) -> Pending:
        """What is not stored yet; the caller stores it now."""
        taken, self._pending = self._pending, Pending([], [], [], [])
        return taken

    def put_back(self, pending: Pending) -> None:
        """Undoes `take_pending` after a failed save, so that the next request tries again."""
        self._pending = pending.then(self._pending)

    @property
    def finder(self) -> Finder:
        """Finds this session's placeholders in a text."""
        if self._finder is None:
            self._finder = Finder(self.labels, self._fixed, self._words, self._styles, frozenset(self._doubled))
        return self._finder

    def _ordinal(self, label: str) -> int:
        return next(n for n in count(self._labelled[label] + 1) if not self._is_taken(render(label, n)))

    def _add(self, entry: Entry) -> None:
        self._by_placeholder[identity(entry.placeholder)] = entry
        self._originals.add(entry.value.casefold())
        generated = bool(entry.label) and is_generated(entry.placeholder)
        named = parts(entry.placeholder)
        if entry.label and (named is None or named[0] == entry.label):  # what it is a part of has taught the rest
            self._labelled[entry.label] += 1
            if not entry.own:
                self.known.learn(entity_of(entry.label), entry.value)
        # A stand-in goes before a generated one, in whatever order the vault gives them back.
        if not generated or entry.value not in self._by_value:
            self._by_value[entry.value] = entry
        if generated:
            self._generated.setdefault(entry.value, entry)
        if entry.label and not generated:
            self._words.add(entry.placeholder)
            self._finder = None
        else:
            self._look_for(entry.placeholder, generated)

    def _block(self, placeholder: str) -> None:
        self._reserved.add(identity(placeholder))
        # Looked for as well: found as what it is, it is not taken for another that overlaps it.
        self._look_for(placeholder, is_generated(placeholder))

    def _look_for(self, placeholder: str, generated: bool) -> None:
        named = parts(placeholder) if generated else None
        if named is not None:
            label, number = named
            self.labels |= {label}
            self._numbers.add(number)
            if len(number) < 4:
                self._styles |= {"ordinal"}
            if is_doubled(placeholder):
                self._styles |= {"double"}
                self._doubled.add(number)
        elif generated:
            self._styles |= {"pua"}
        else:
            self._fixed |= {placeholder}
        self._finder = None
