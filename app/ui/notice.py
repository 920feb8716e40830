"""Message boxes that never block: `exec()` in a coroutine would stop every running request."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from app.errors import UserError
from app.ui.language import tr


def ask(
    parent: QWidget | None, question: str, consequence: str, yes: str, no: str, then: Callable[[bool], None]
) -> QMessageBox:
    """Opens a question; calls `then` with the answer. Return and Escape both mean `no`."""
    box = box_of(parent, QMessageBox.Icon.Warning, question, consequence)
    accept = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    refuse = box.addButton(no, QMessageBox.ButtonRole.RejectRole)
    assert isinstance(refuse, QPushButton)
    box.setDefaultButton(refuse)
    box.setEscapeButton(refuse)
    box.finished.connect(lambda _: then(box.clickedButton() is accept))
    box.open()
    return box


def tell(parent: QWidget | None, error: UserError) -> QMessageBox:
    """Opens a box with what happened and what to do about it."""
    box = box_of(parent, QMessageBox.Icon.Critical, tr(error.title), tr(error.hint))
    box.addButton(QMessageBox.StandardButton.Ok)
    box.open()
    return box


def box_of(parent: QWidget | None, icon: QMessageBox.Icon, text: str, more: str) -> QMessageBox:
    """A box that is not open yet."""
    box = QMessageBox(icon, "Anonamoose", text, QMessageBox.StandardButton.NoButton, parent)
    box.setInformativeText(more)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box
