"""What is still going on while the app quits, and the way to quit without it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton

from app.ui.bridge import Bridge
from app.ui.language import counted, later, tr
from app.ui.notice import box_of

_MORE = later(
    "Nothing new is accepted. Anonamoose quits when they are done, in {n} second(s) at the latest.", counts=True
)


def still(running: int) -> str:
    """How many answers still arrive, in words."""
    return counted("{n} answer(s) (is/are) still arriving", running)


def quit_box(bridge: Bridge, drain: int, now: Callable[[], object]) -> QMessageBox:
    """Opens the box: it counts down as answers end, and `now` is called by whoever does not want to wait."""
    box = box_of(None, QMessageBox.Icon.Information, "", counted(_MORE, drain))
    box.setWindowModality(Qt.WindowModality.NonModal)
    wait = box.addButton(tr("Quit when they are done"), QMessageBox.ButtonRole.RejectRole)
    at_once = box.addButton(tr("Quit now"), QMessageBox.ButtonRole.DestructiveRole)
    assert isinstance(wait, QPushButton)
    box.setDefaultButton(wait)
    box.setEscapeButton(wait)

    def look() -> None:
        box.setText(counted("{n} answer(s) (is/are) still arriving.", len(bridge.running)))

    box.finished.connect(lambda _: now() if box.clickedButton() is at_once else None)
    bridge.exchanges_changed.connect(look)
    box.destroyed.connect(lambda: bridge.exchanges_changed.disconnect(look))
    look()
    box.show()
    return box
