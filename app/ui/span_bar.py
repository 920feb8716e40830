"""The line under the texts: which span is the chosen one, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAction
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.ui.language import tr
from app.ui.window import ElidedLabel, quiet


class SpanBar(QWidget):
    """`move` goes to other spans, `act` is about the chosen one; `undo` is asked for where `tell` has offered it."""

    undo = Signal()

    def __init__(self, move: tuple[QAction, ...], act: tuple[QAction, ...]) -> None:
        super().__init__()
        self._status = ElidedLabel()
        self._told = quiet("")
        self._undo = QPushButton(tr("&Undo"))
        self._undo.clicked.connect(self.undo)
        self._message = QWidget()
        said = QHBoxLayout(self._message)
        said.setContentsMargins(0, 0, 0, 0)
        said.addWidget(self._told, 1)
        said.addWidget(self._undo)
        line = QHBoxLayout()
        line.setSpacing(4)
        for action in move:
            line.addWidget(_button(action))
        line.addSpacing(6)
        line.addWidget(self._status, 1)
        for action in act:
            line.addWidget(_button(action))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(line)
        layout.addWidget(self._message)
        self._message.hide()

    @property
    def status(self) -> str:
        return self._status.text()

    @property
    def told(self) -> str:
        """What was last said of a correction, while it is shown."""
        return "" if self._message.isHidden() else self._told.text()

    def show_status(self, text: str, *, aloud: bool = False) -> None:
        """Says which span is the chosen one; `aloud` to screen readers as well."""
        self._status.show_line(text)
        if aloud and text:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._status, text))

    def tell(self, text: str, can_undo: bool) -> None:
        """Says what was done, or why not; "" takes the line away."""
        self._told.setText(text)
        self._undo.setVisible(can_undo)
        self._message.setVisible(bool(text))
        if text:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._told, text))


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if not any(map(str.isalpha, action.text())):
        button.setAccessibleName(action.toolTip())  # a sign says nothing aloud
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    return button
