"""What is wrong with a redaction, put right for the next request; and taken back."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QInputDialog, QWidget

from app.application import Application
from app.pipeline.fold import fold
from app.pipeline.terms import Term
from app.ui.language import later, tr
from app.ui.tasks import Tasks
from app.ui.term_entry import USUAL
from app.ui.words import error_text

#: Said of every correction.
NEXT = later("This holds from the next request on; what a conversation has sent already stays as it went.")


class Corrections(QObject):
    """Changes the dictionary. `told` follows with a sentence, and whether it can be undone."""

    told = Signal(str, bool)

    def __init__(self, application: Application, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._tasks = tasks
        self._back: Callable[[], Awaitable[None]] | None = None

    def never(self, value: str) -> None:
        """Lets `value` through from now on: allows it, and turns the terms off that ask for it."""
        self._start(self._never(value))

    def always(self, value: str, entity: str) -> None:
        """Hides `value` wherever it occurs, as an `entity`."""
        self._start(self._always(value, entity))

    def undo(self) -> None:
        """Takes the latest correction back."""
        back, self._back = self._back, None
        if back is not None:
            self._start(self._undone(back))

    def _start(self, work: Awaitable[None]) -> None:
        async def run() -> None:
            await work

        self._tasks.start(run(), lambda error: self.told.emit(error_text(error), False))

    async def _never(self, value: str) -> None:
        terms = self._application.terms
        folded = fold(value)
        mine = {
            id: term
            for id, term in terms.all().items()
            if term.kind == "term" and term.enabled and fold(term.text) == folded
        }
        added = await terms.add([Term(value, "", kind="allowed")])
        for id, term in mine.items():
            await terms.change(id, dataclasses.replace(term, enabled=False))

        async def back() -> None:
            await terms.remove(added)
            for id, term in mine.items():
                await terms.change(id, term)

        off = tr("It will never be redacted. The term that asked for it is turned off.")
        self._done(off if mine else tr("It will never be redacted."), back)

    async def _always(self, value: str, entity: str) -> None:
        terms = self._application.terms
        added = await terms.add([Term(value, entity)])
        said = tr("It will always be redacted as {entity}.").format(entity=entity)
        self._done(said, lambda: terms.remove(added))

    async def _undone(self, back: Callable[[], Awaitable[None]]) -> None:
        await back()
        self.told.emit(tr("The correction is taken back."), False)

    def _done(self, what: str, back: Callable[[], Awaitable[None]]) -> None:
        self._back = back
        self.told.emit(f"{what} {tr(NEXT)}", True)


def ask_entity(parent: QWidget, title: str, current: str, then: Callable[[str], None]) -> QInputDialog:
    """Asks for a type, those there are to choose from; calls `then` with it unless that is cancelled."""
    from app.pipeline.detection import known_entities

    dialog = QInputDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setLabelText(tr("Redact it as:"))
    dialog.setComboBoxItems([*USUAL, *sorted(known_entities() - set(USUAL))])
    dialog.setComboBoxEditable(True)
    dialog.setTextValue(current)
    dialog.setOkButtonText(tr("Redact"))
    dialog.textValueSelected.connect(lambda text: then(text.strip().upper()))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
