"""The messages and fields of an exchange as a list: whose it is, how it begins, how many spans are in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.proxy.section import VEIL, Section
from app.ui.language import counted, later, tr
from app.ui.theme import faint_ink
from app.ui.window import bold

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_WORDS = 160
_HEADINGS = {"request": later("Request"), "answer": later("Answer")}
#: What stands above the first section of a side.
HEADING = Qt.ItemDataRole.UserRole + 1
WORDS = Qt.ItemDataRole.UserRole + 2
SPANS = Qt.ItemDataRole.UserRole + 3


class SectionList(QAbstractListModel):
    """One row for each section, in their order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Section] = []

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        section = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                label = tr(section.label)
                return label[:1].upper() + label[1:]
            case _ if role == HEADING:
                is_first = index.row() == 0 or self._rows[index.row() - 1].side != section.side
                return tr(_HEADINGS[section.side]) if is_first else ""
            case _ if role == WORDS:
                return tr("as it went over the wire") if section.is_whole else _words(section)
            case _ if role == SPANS:
                return len(section.marks)
            case Qt.ItemDataRole.AccessibleTextRole:
                spans = counted("{n} span(s)", len(section.marks))
                return tr("{side}, {label}, {spans}. {words}").format(
                    side=tr(_HEADINGS[section.side]), label=tr(section.label), spans=spans, words=_words(section)
                )
        return None

    def section(self, row: int) -> Section | None:
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def show(self, sections: Sequence[Section]) -> None:
        """Shows `sections`; rows that stay keep their place."""
        same = min(len(sections), len(self._rows))
        if len(self._rows) > same:
            self.beginRemoveRows(_NO_INDEX, same, len(self._rows) - 1)
            del self._rows[same:]
            self.endRemoveRows()
        changed = [row for row in range(same) if sections[row] is not self._rows[row]]
        self._rows[:same] = sections[:same]
        if changed:
            self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))
        if len(sections) > same:
            self.beginInsertRows(_NO_INDEX, same, len(sections) - 1)
            self._rows += sections[same:]
            self.endInsertRows()


def _words(section: Section) -> str:
    """How it begins, as the other side sees it."""
    return " ".join(section.theirs[:_WORDS].split()) or VEIL


class SectionView(QListView):
    """The list itself."""

    def __init__(self, model: SectionList) -> None:
        super().__init__()
        self.setModel(model)
        self.setAccessibleName(tr("Messages and fields"))
        self.setItemDelegate(_Rows(self))
        self.setUniformItemSizes(False)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMinimumWidth(150)


class _Rows(QStyledItemDelegate):
    """A heading where a side begins; label and number of spans; the first words."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line = option.fontMetrics.height()
        return QSize(120, 2 * line + 12 + (line + 10 if index.data(HEADING) else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        palette: QPalette = option.palette
        area: QRect = option.rect
        state = option.state
        font = option.font
        metrics: QFontMetrics = option.fontMetrics
        line = metrics.height()
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.save()
        faint = faint_ink(QApplication.palette())
        if heading := index.data(HEADING):
            top = QRect(area.left() + 8, area.top() + 6, area.width() - 16, line)
            painter.setFont(bold(font, 0.9))
            painter.setPen(faint)
            painter.drawText(top, left, heading)
            area = area.adjusted(0, line + 10, 0, 0)
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        if is_chosen:
            painter.fillRect(area, palette.brush(QPalette.ColorRole.Highlight))
        ink = palette.color(QPalette.ColorRole.HighlightedText if is_chosen else QPalette.ColorRole.Text)
        inner = area.adjusted(8, 5, -8, -5)
        spans = f"{index.data(SPANS):,}" if index.data(SPANS) else ""
        wide = metrics.horizontalAdvance(spans)
        painter.setPen(ink)
        painter.setFont(bold(font))
        label = QRect(inner.left(), inner.top(), inner.width() - wide - 8, line)
        shown = QFontMetrics(painter.font()).elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, label.width())
        painter.drawText(label, left, shown)
        painter.setFont(font)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(inner.left(), inner.top(), inner.width(), line), right, spans)
        painter.setPen(ink if is_chosen else faint)
        words = metrics.elidedText(str(index.data(WORDS)), Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(QRect(inner.left(), inner.top() + line, inner.width(), line), left, words)
        painter.restore()
