"""What all windows share: they come to the front when asked, and closing one only hides it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QKeySequence, QPainter, QPaintEvent, QPalette, QShortcut
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.errors import UserError
from app.ui.theme import error_ink, faint_ink, is_dark


class Window(QWidget):
    """A top-level window."""

    def __init__(self, title: str, width: int, height: int) -> None:
        super().__init__()
        self.setWindowTitle(title)
        self.resize(width, height)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Close), self).activated.connect(self.close)

    def present(self) -> None:
        """Shows the window in front of others, also when it was minimised."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()


class InkedLabel(QLabel):
    """A label whose ink is worked out from the theme, and again when that changes."""

    def __init__(self, text: str, ink: Callable[[QPalette], QColor]) -> None:
        super().__init__(text)
        self._ink = ink
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)  # it may quote what somebody typed
        self._colour()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange):
            self._colour()
        super().changeEvent(event)

    def _colour(self) -> None:
        ink = self._ink(QApplication.palette())
        palette = self.palette()
        if palette.color(QPalette.ColorRole.WindowText) != ink:  # setting it comes back here
            palette.setColor(QPalette.ColorRole.WindowText, ink)
            self.setPalette(palette)


class Complaint(InkedLabel):
    """A line under a field that says what is wrong with it. Takes no room while all is well."""

    def __init__(self) -> None:
        super().__init__("", lambda palette: error_ink(is_dark(palette)))
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.hide()

    def tell(self, what: str | Exception) -> None:
        """Shows `what`; an empty text hides the line."""
        text = f"{what.title} {what.hint}".strip() if isinstance(what, UserError) else str(what)
        self.setText(text)
        self.setVisible(bool(text))


class ElidedLabel(QLabel):
    """A line that ends in dots where there is no room for it; pointed at, it says all."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setMinimumWidth(100)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    def show_line(self, text: str) -> None:
        """Shows `text`."""
        self.setText(text)
        self.setToolTip(text)


def with_key(tip: str, key: QKeySequence.StandardKey | str) -> str:
    """`Searches terms (Ctrl+F)`, as this system writes keys."""
    return f"{tip} ({QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)})"


def quiet(text: str) -> QLabel:
    """A label in fainter ink, for explanations."""
    return InkedLabel(text, faint_ink)


def bold(font: QFont, scale: float = 1.0) -> QFont:
    """`font` for a heading."""
    heading = QFont(font)
    heading.setBold(True)
    heading.setPointSizeF(font.pointSizeF() * scale)
    return heading
