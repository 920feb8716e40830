"""What all windows share: they come to the front when asked, and closing one only hides it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QFont, QKeySequence, QPainter, QPaintEvent, QPalette, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.theme import error_ink, faint_ink, is_dark
from app.ui.words import error_text

#: The height of a line, in points, that the sizes of windows are meant for.
_LINE = 16


class Window(QWidget):
    """A top-level window, `width` and `height` points large where letters are as most systems have them."""

    def __init__(self, title: str, width: int, height: int) -> None:
        super().__init__()
        self.setWindowTitle(title)
        self.resize(self._room(width, height))
        QShortcut(QKeySequence(QKeySequence.StandardKey.Close), self).activated.connect(self.close)

    def _room(self, width: int, height: int) -> QSize:
        """As much more as the letters are larger, as far as the screen allows."""
        scale = max(1.0, self.fontMetrics().height() / _LINE)
        return (QSize(width, height) * scale).boundedTo(self.screen().availableSize()).expandedTo(QSize(width, height))

    def present(self) -> None:
        """Shows the window in front of others, also when it was minimised."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()


class WrappedLabel(QLabel):
    """A label of as many lines as it needs, for which its layout then makes room."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setWordWrap(True)

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        return (
            QSize(least.width(), max(least.height(), self.heightForWidth(self.width()))) if self.wordWrap() else least
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()


class InkedLabel(WrappedLabel):
    """A label whose ink is worked out from the theme, and again when that changes."""

    def __init__(self, text: str, ink: Callable[[QPalette], QColor]) -> None:
        super().__init__(text)
        self._ink = ink
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
        text = what if isinstance(what, str) else error_text(what)
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


class Roomy(QStyledItemDelegate):
    """Rows of a list a little apart, as they are to be clicked."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return super().sizeHint(option, index) + QSize(0, option.fontMetrics.height() // 2)


def room_for_prompt(line: QLineEdit) -> None:
    """Makes a field at least as wide as the words that stand in it while it is empty."""
    line.setMinimumWidth(line.fontMetrics().horizontalAdvance(line.placeholderText()) + 2 * _LINE)


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
