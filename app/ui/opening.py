"""Opens every window once, to see that it can be drawn."""

from __future__ import annotations

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app.application import Application
from app.errors import UserError
from app.ui.desktop import Desktop
from app.ui.language import tr
from app.ui.shell import Shell
from app.ui.window import Window

#: Text has edges in many shades; what is empty has one colour, or those of a frame.
_COLOURS = 8


async def open_all(application: Application, shell: Shell) -> list[str]:
    """The titles of all windows of the running app. Raises UserError for one that stays empty."""
    desktop = Desktop(application, shell, patience=3_600_000)
    desktop.show()
    try:
        for name in vars(Desktop):
            if name.startswith("open_"):
                getattr(desktop, name)()
        windows = [one for one in QApplication.topLevelWidgets() if isinstance(one, Window) and one.isVisible()]
        for window in windows:
            picture = window.grab().toImage().convertToFormat(QImage.Format.Format_Indexed8)
            if picture.colorCount() < _COLOURS:
                raise UserError(tr("The window “{window}” stays empty.").format(window=window.windowTitle()))
        return sorted(window.windowTitle() for window in windows)
    finally:
        desktop.hide()
        await desktop.close()
