"""The clipboard, redacted or restored where it is. Told are counts, and nothing of what it holds."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.application import Application
from app.errors import UserError
from app.pipeline.extract import LIMIT
from app.scratch import clip, unclip
from app.ui.language import counted, tr
from app.ui.tasks import Tasks
from app.ui.words import error_text


class ClipboardActions(QObject):
    """Emits `told` with a sentence on what was done, or why nothing was."""

    told = Signal(str)

    def __init__(self, application: Application, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._tasks = tasks

    def redact(self) -> None:
        """Puts the redacted text in place of the one in the clipboard."""
        self._start(self._redacted)

    def restore(self) -> None:
        """Puts the values back into the text in the clipboard."""
        self._start(self._restored)

    async def _redacted(self, text: str) -> tuple[str, str]:
        app = self._application
        result = await clip(text, app.settings, app.worker, app.vault)
        hidden = len(result.replacements)
        return result.text, (
            counted("{n} value(s) hidden in the clipboard.", hidden) if hidden else tr("Nothing was hidden.")
        )

    async def _restored(self, text: str) -> tuple[str, str]:
        back, restored, unknown = await unclip(text, self._application.vault)
        told = counted("{n} value(s) restored in the clipboard.", restored)
        return back, f"{told} {counted('{n} placeholder(s) unknown.', unknown)}" if unknown else told

    def _start(self, change: Callable[[str], Coroutine[Any, Any, tuple[str, str]]]) -> None:
        clipboard = QGuiApplication.clipboard()
        holds = clipboard.mimeData()
        text = holds.text() if holds.hasText() and not holds.hasImage() and not holds.hasUrls() else ""
        if not text:
            # Under Wayland an app without focus sees an empty clipboard.
            self.told.emit(tr("The clipboard holds no text that can be seen from here; it is left as it was."))
            return
        if len(text) > LIMIT:
            self.told.emit(
                tr("The clipboard holds more than {most} characters; it is left as it was.").format(most=f"{LIMIT:,}")
            )
            return

        async def work() -> None:
            try:
                new, told = await change(text)
            except UserError as error:
                self.told.emit(tr("The clipboard is left as it was. {error}").format(error=error_text(error)))
                return
            if clipboard.text() != text:
                self.told.emit(tr("The clipboard has changed meanwhile; it is left as it is."))
                return
            if new != text:
                clipboard.setText(new)
            self.told.emit(told)

        self._tasks.start(work())
