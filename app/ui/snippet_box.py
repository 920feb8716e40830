"""A snippet to copy: where it goes, the text, a button."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFontDatabase, QGuiApplication, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.ui.language import tr

#: Milliseconds for which the button says that it has copied.
_SAID = 1_500


class SnippetBox(QWidget):
    """One snippet, as high as its text."""

    def __init__(self, where: str, text: str) -> None:
        super().__init__()
        heading = QLabel(where)
        self.text = _Text(text)
        self.text.setAccessibleName(where)
        heading.setBuddy(self.text)
        self.copy = QPushButton(tr("Copy"))
        self.copy.setAccessibleName(tr("Copy: {what}").format(what=where))
        self.copy.clicked.connect(self._copy)
        self._said = QTimer(self, singleShot=True, interval=_SAID)
        self._said.timeout.connect(lambda: self.copy.setText(tr("Copy")))
        top = QHBoxLayout()
        top.addWidget(heading, 1)
        top.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.text)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy.setText(tr("Copied"))
        self._said.start()


class _Text(QPlainTextEdit):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setReadOnly(True)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setTabChangesFocus(True)
        # A line is copied as one, and has to be seen as one.
        self.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        lines = text.count("\n") + 1
        around = 2 * (self.frameWidth() + round(self.document().documentMargin()))
        bar = self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + around + bar // 2)
