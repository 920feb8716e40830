"""The tray icon while there is nothing behind it yet."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.ui.icons import mark
from app.ui.language import later, tr

#: Milliseconds a tray host may take to appear: at login the panel often starts after us.
PATIENCE = 10_000
#: What the state is called, as in `status`.
STARTING = later("Starting…")


class FirstIcon(QSystemTrayIcon):
    """Shown at once, so that who has started the app sees that it comes; `Tray` makes it its own."""

    def __init__(self) -> None:
        super().__init__(mark("starting"))
        self.setToolTip(f"Anonamoose: {tr(STARTING)}")
        # Some hosts ask for the menu once and then only for what has changed in it.
        self._menu = QMenu()
        self._menu.addAction(tr(STARTING)).setEnabled(False)
        self.setContextMenu(self._menu)
