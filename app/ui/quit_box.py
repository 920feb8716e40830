"""What is still going on while the app quits, and the way to quit without it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton

from app.ui.bridge import Bridge
from app.ui.notice import box_of
from app.ui.status import count

_MORE = "Nothing new is accepted. Anonamoose quits when they are done, {} at the latest."


def still(running: int) -> str:
    """How many answers still arrive, in words."""
    return f"{count(running, 'answer')} {'is' if running == 1 else 'are'} still arriving"


def quit_box(bridge: Bridge, drain: int, now: Callable[[], object]) -> QMessageBox:
    """Opens the box: it counts down as answers end, and `now` is called by whoever does not want to wait."""
    box = box_of(None, QMessageBox.Icon.Information, "", _MORE.format(f"in {count(drain, 'second')}"))
    box.setWindowModality(Qt.WindowModality.NonModal)
    wait = box.addButton("Quit when they are done", QMessageBox.ButtonRole.RejectRole)
    at_once = box.addButton("Quit now", QMessageBox.ButtonRole.DestructiveRole)
    assert isinstance(wait, QPushButton)
    box.setDefaultButton(wait)
    box.setEscapeButton(wait)

    def look() -> None:
        box.setText(f"{still(len(bridge.running))}.")

    box.finished.connect(lambda _: now() if box.clickedButton() is at_once else None)
    bridge.exchanges_changed.connect(look)
    box.destroyed.connect(lambda: bridge.exchanges_changed.disconnect(look))
    look()
    box.show()
    return box
