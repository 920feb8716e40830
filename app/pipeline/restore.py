"""Restoring: placeholders in an answer become the values again, as the text arrives."""

from __future__ import annotations

import copy
import html
from collections.abc import Set
from urllib.parse import quote

from app.pipeline.entry import Entry
from app.pipeline.json_context import JsonContext
from app.pipeline.memo import Edit
from app.pipeline.session import Session

#: Stands for a value where only the way through JSON counts.
_ANY = "x"


class Restorer:
    """Restores one stream of text. Its output does not depend on how the input was cut.

    What could still become a placeholder is held back, always less than `placeholder.MAX_LENGTH`
    characters. A restored value is not looked at again: it may itself look like a placeholder.
    Where the text is JSON, values are escaped for the place they come to.
    """

    def __init__(self, session: Session, *, escaping: bool = True, withheld: Set[str] = frozenset()) -> None:
        """`escaping` False is for a text `redact` made itself: values go back as they stood there.

        Placeholders whose label is `withheld` stay.
        """
        self._session = session
        self._withheld = withheld
        self._escaping = escaping
        self._finder = session.finder
        self._idle = len(session) == 0
        self._context = JsonContext()
        self._held = ""
        self._left = ""
        self._length = 0
        #: Where in the restored text values stand, and what they came as.
        self.edits: list[Edit] = []
        self.restored = 0
        self.unknown = 0
        #: Of the values that were put back.
        self.labels: frozenset[str] = frozenset()

    @property
    def held(self) -> str:
        """What waits for more text (as it came, not restored)."""
        return self._held

    def feed(self, text: str) -> str:
        """The restored text that is certain now."""
        if self._idle or not text:
            return text
        if not self._held and self._finder.is_clear(text, self._left):  # as most pieces of a stream are
            self._advance(text)
            self._length += len(text)
            self._left = text[-1]
            return text
        self._held += text
        return self._release(self._finder.held(self._held, self._left))

    def flush(self, *, cut: bool = False) -> str:
        """The rest: no more text follows.

        Where it was `cut` off inside a placeholder that can only have been one of the session's, that one
        is restored; any other piece of one stays as it is.
        """
        found = self._completed() if cut else None
        if found is None:
            return self._release(len(self._held))
        start, entry = found
        came, self._held = self._held[start:], self._held[:start]
        before = self._release(start)
        value = self._context.escape(entry.value)
        self.labels |= {entry.label}
        self.edits.append(Edit(self._length, self._length + len(value), came))
        self._length += len(value)
        self.restored += 1
        return before + value

    @property
    def may_be_cut(self) -> bool:
        """Whether it would make a difference to `flush` that the text was cut."""
        return self._completed() is not None

    def _completed(self) -> tuple[int, Entry] | None:
        found = self._session.completed(self._held)
        return None if found is None or found[1].label in self._withheld else found

    def foreseen(self) -> tuple[str, list[Edit]]:
        """What `flush` would give, and all edits then; nothing changes."""
        twin = copy.copy(self)
        twin.edits, twin._context = list(self.edits), copy.deepcopy(self._context)
        return twin.flush(), twin.edits

    def _release(self, limit: int) -> str:
        if not limit:
            return ""
        text = self._held
        seen = self._finder.find(text, self._left)
        for sighting in seen:
            if sighting.start < limit < sighting.end:
                # It is certain: what waits begins inside it, and of two the first counts.
                limit = sighting.end + self._finder.held(text[sighting.end :], text[sighting.end - 1])
        parts: list[str] = []
        position = 0
        for sighting in seen:
            if sighting.end > limit:
                break
            value = self._session.value(sighting.token)
            if value is None:
                self.unknown += 1
                continue
            label = self._session.label(sighting.token)
            if label in self._withheld:
                continue
            self.labels |= {label}
            before = text[position : sighting.start]
            self._advance(before)
            value = self._written(value, text[sighting.start : sighting.end])
            parts += (before, value)
            at = self._length + sum(map(len, parts))
            self.edits.append(Edit(at - len(value), at, text[sighting.start : sighting.end]))
            self._advance(_ANY)  # not the placeholder's own characters: its bracket begins no JSON
            position = sighting.end
            self.restored += 1
        rest = text[position:limit]
        self._advance(rest)
        parts.append(rest)
        self._length += sum(map(len, parts))
        self._left = text[limit - 1]
        self._held = text[limit:]
        return "".join(parts)

    def _written(self, value: str, came: str) -> str:
        """`value` as it must stand in the place of `came`: if that was encoded, so is the value."""
        if self._escaping:
            if came.startswith("%"):
                value = quote(value, safe="", errors="surrogatepass")
            elif came.startswith("&"):
                value = html.escape(value)
        return self._context.escape(value)

    def _advance(self, text: str) -> None:
        if self._escaping:
            self._context.advance(text)


def restore(text: str, session: Session, *, escaping: bool = True, cut: bool = False) -> str:
    """`text` with every placeholder of `session` turned back into its value."""
    restorer = Restorer(session, escaping=escaping)
    return restorer.feed(text) + restorer.flush(cut=cut)
