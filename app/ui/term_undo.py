"""Changes of the dictionary that can be taken back, and made again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from PySide6.QtGui import QUndoCommand, QUndoStack

from app.pipeline.terms import Term
from app.store.terms import Changes, Terms
from app.ui.tasks import Tasks

#: Steps that are kept.
_STEPS = 100


class TermHistory(QUndoStack):
    """Everything that was done to the dictionary in its window, one step for each thing the user did."""

    def __init__(self, terms: Terms, tasks: Tasks) -> None:
        super().__init__()
        self.setUndoLimit(_STEPS)
        self._terms = terms
        self._tasks = tasks

    def done(self, what: str, before: Changes, after: Changes) -> None:
        """Notes what is already so on disk."""
        if before:
            self.push(_Step(self, what, before, after))

    async def do(self, what: str, before: Changes, after: Changes) -> None:
        """Changes terms on disk and notes those that did change. Raises UserError and ValueError."""
        ids = await self._terms.swap(before, after)
        self.done(what, {id: before[id] for id in ids}, {id: after[id] for id in ids})

    async def add(self, what: str, new: list[Term], changed: Mapping[int, Term]) -> None:
        """Adds terms and changes others, as one step. Raises UserError and ValueError."""
        before: dict[int, Term | None] = {id: self._terms.get(id) for id in changed}
        swapped = await self._terms.swap(before, changed) if changed else []
        ids = await self._terms.add(new) if new else []
        await asyncio.sleep(0)  # very many are a piece of work for all who hear of them, and so are the steps
        after: dict[int, Term | None] = {id: changed[id] for id in swapped}
        after.update(zip(ids, new, strict=True))
        self.done(what, {id: before.get(id) for id in after}, after)

    def swap(self, before: Changes, after: Changes) -> None:
        """Changes terms behind; what cannot be is told."""
        self._tasks.start(self._terms.swap(before, after))


class _Step(QUndoCommand):
    def __init__(self, history: TermHistory, what: str, before: Changes, after: Changes) -> None:
        super().__init__(what)
        self._history = history
        self._before = before
        self._after = after
        self._is_new = True

    def undo(self) -> None:
        self._history.swap(self._after, self._before)

    def redo(self) -> None:
        # Pushing a step calls this, when it has been done.
        if not self._is_new:
            self._history.swap(self._before, self._after)
        self._is_new = False
