"""The QApplication: asked to quit, it says so and stays until it is let go."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QSessionManager
from PySide6.QtWidgets import QApplication

from app.ui.icons import mark


class Shell(QApplication):
    """Turns every wish to quit (menu, session end, Cmd-Q) into `quit_requested`.

    Running requests finish first; `run` then ends the loop by itself, which no event announces.
    """

    quit_requested = Signal()
    #: The user's session ends: whatever is not done within seconds is not done at all.
    session_ends = Signal()
    theme_changed = Signal()

    def __init__(self, arguments: Sequence[str] = ()) -> None:
        super().__init__(list(arguments))
        self.setApplicationName("anonamoose")
        self.setApplicationDisplayName("Anonamoose")
        self.setDesktopFileName("anonamoose")
        self.setQuitOnLastWindowClosed(False)  # the proxy goes on without windows
        self.setWindowIcon(mark("on"))
        self.commitDataRequest.connect(self._commit)

    def _commit(self, manager: QSessionManager) -> None:
        manager.setRestartHint(QSessionManager.RestartHint.RestartNever)  # the login item starts it, where wanted
        self.end_session()

    def end_session(self) -> None:
        """Asks to quit at once."""
        self.session_ends.emit()
        self.quit_requested.emit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Quit:
            event.ignore()
            self.quit_requested.emit()
            return True
        result = super().event(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self.theme_changed.emit()
        return result
