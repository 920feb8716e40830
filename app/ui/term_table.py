"""One page of the dictionary as an editable table. Each edit is shown at once and saved behind."""

from __future__ import annotations

import dataclasses
from bisect import bisect
from collections import Counter
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QDateTime,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from app.pipeline.steps import Steps, finished
from app.pipeline.terms import Term, caution, check
from app.slices import sliced
from app.store.term_use import TermUse
from app.store.terms import Terms
from app.ui.language import tr
from app.ui.tasks import Tasks
from app.ui.term_kinds import USE, Page
from app.ui.term_rows import TermRows

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_EDITS = (Qt.ItemDataRole.EditRole, Qt.ItemDataRole.CheckStateRole)
#: So many rows that come and go are told of one by one; views of more begin anew.
_FEW = 200
#: So many terms are read and arranged at once; more, in slices behind what is shown.
_AT_ONCE = 2_000


class TermTable(QAbstractTableModel):
    """One row for each entry of the page's kind that is found by what is searched for.

    They come in the order they were added, or sorted by a column; an edit moves no row.
    """

    #: What is wrong with the latest edit, or to be told of it; empty when there is nothing.
    judged = Signal(object)
    #: An edit is on disk: the id, the term before, the term now.
    edited = Signal(int, object, object)

    def __init__(
        self, page: Page, terms: Terms, tasks: Tasks, use: TermUse | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._page = page
        self._terms = terms
        self._tasks = tasks
        self._rows = TermRows(page.kind, use)
        self.columns = page.columns + (USE if use is not None and page.kind == "term" else ())
        self._ids: list[int] = []
        self._saving: Counter[int] = Counter()
        #: Counts what makes an arrangement under way worthless.
        self._turn = 0
        self._is_renewing = False
        self._is_unread = False
        #: What was told of while the dictionary is read.
        self._late: set[int] | None = None
        self._arrange(read=True)

    def column(self, attribute: str) -> int:
        """Where the table shows an attribute of `Term`."""
        return [column.attribute for column in self.columns].index(attribute)

    @property
    def total(self) -> int:
        """How many there are, found or not."""
        return len(self._rows)

    @property
    def is_reading(self) -> bool:
        """Whether it is yet to show what is in the dictionary; it says `modelReset` when it does."""
        return self._is_renewing and not self._rows

    def find(self, text: str) -> None:
        """Shows those alone that have `text` in what they hide, their type or their replacement."""
        self._rows.seek(text)
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        down = order == Qt.SortOrder.DescendingOrder
        self._rows.order = (self.columns[column].attribute, down) if 0 <= column < len(self.columns) else None
        self._arrange()

    def _arrange(self, *, read: bool = False) -> None:
        """Finds and sorts the rows anew, after reading all terms anew if asked to."""
        self._turn += 1
        self._is_unread |= read
        if self._is_renewing:
            return  # what is under way begins again
        self._is_renewing = True
        if max(len(self._terms), len(self._rows)) <= _AT_ONCE:
            finished(self._renewing())
        else:
            self._tasks.start(sliced(self._renewing()))

    def _renewing(self) -> Steps[None]:
        turn = -1
        while turn != self._turn:
            if self._is_unread:
                yield from self._reading()
            turn = self._turn
            ids = yield from self._rows.arranged()
        self._is_renewing = False
        self._show(ids)

    def _show(self, ids: list[int]) -> None:
        self.beginResetModel()
        self._ids = ids
        self.endResetModel()

    def _reading(self) -> Steps[None]:
        """Takes over what the dictionary holds."""
        self._is_unread, late = False, set[int]()
        self._late = late
        entries = yield from self._rows.read(self._terms.all())
        self.beginResetModel()
        self._rows.replace(entries, but=[id for id, number in self._saving.items() if number])
        self._ids = [id for id in self._ids if id in self._rows]
        self.endResetModel()
        self._late = None
        self.sync(late)

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return tr(self.columns[section].heading)
            if role == Qt.ItemDataRole.ToolTipRole:
                return tr(self.columns[section].tip)
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if not index.isValid():
            return flags
        column = self.columns[index.column()]
        if column.is_check:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags if column.is_read else flags | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        value = self._rows.value(self._ids[index.row()], column.attribute)
        if column.is_check:
            if role == Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Checked if value else Qt.CheckState.Unchecked
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            match column.attribute:
                case "entity":
                    return value or tr("any type")
                case "hits":
                    return f"{value:,}" if value else ""
                case "last":
                    return when(value)
        return value if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole) else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if not index.isValid() or role not in _EDITS:
            return False
        column = self.columns[index.column()]
        if column.is_read or (role == Qt.ItemDataRole.CheckStateRole) != column.is_check:
            return False
        if column.is_check:
            value = Qt.CheckState(value) == Qt.CheckState.Checked
        elif column.attribute == "entity":
            value = str(value).strip().upper()
        id = self._ids[index.row()]
        before = self._rows[id]
        term = dataclasses.replace(before, **{column.attribute: value})
        if term == before:
            return True
        try:
            check(term)
        except ValueError as error:
            self.judged.emit(error)
            return False
        self.judged.emit(tr(caution(term)))
        # Shown at once; if it cannot be saved, `sync` brings the old one back.
        self._rows.keep(id, term)
        self._row_changed(index.row())
        self._saving[id] += 1
        self._tasks.start(self._change(id, before, term), self.judged.emit)
        return True

    async def _change(self, id: int, before: Term, term: Term) -> None:
        try:
            await self._terms.change(id, term)
            self.edited.emit(id, before, term)
        except KeyError:
            pass  # removed meanwhile
        finally:
            self._saving[id] -= 1
            self.sync([id])

    def id(self, row: int) -> int:
        """The id in `Terms` of a row."""
        return self._ids[row]

    def term(self, row: int) -> Term:
        """What a row shows."""
        return self._rows[self._ids[row]]

    def sync(self, ids: Iterable[int]) -> None:
        """Brings the rows of `ids` in line with the store, whoever changed it; those being saved, once they are."""
        ids = tuple(ids)
        if len(ids) > _AT_ONCE:
            self._arrange(read=True)
            return
        if self._late is not None:
            self._late.update(ids)
        terms = {id: self._terms.get(id) for id in ids if not self._saving.get(id)}
        now = {id: term for id, term in terms.items() if term is not None and term.kind == self._page.kind}
        gone = [id for id in terms if id in self._rows and id not in now]
        fresh = [id for id in now if id not in self._rows]
        different = [id for id in now if id in self._rows and self._rows[id] != now[id]]
        for id in (*fresh, *different):
            self._rows.keep(id, now[id])
        if len(gone) + len(fresh) > _FEW:
            kept = set(self._ids).difference(gone)
            self._show([id for id in self._ids if id in kept])
            self._rows.drop(gone)
            self._arrange()
            return
        if gone or fresh:
            self._turn += 1
        rows = {id: row for row, id in enumerate(self._ids)}
        for id in different:
            if id in rows:
                self._row_changed(rows[id])
        for row in sorted((rows[id] for id in gone if id in rows), reverse=True):
            self.beginRemoveRows(_NO_INDEX, row, row)
            del self._ids[row]
            self.endRemoveRows()
        self._rows.drop(gone)
        for id in sorted(id for id in fresh if self._rows.is_found(id)):
            # One that comes back is put where it was.
            row = bisect(self._ids, id) if self._rows.order is None else len(self._ids)
            self.beginInsertRows(_NO_INDEX, row, row)
            self._ids.insert(row, id)
            self.endInsertRows()

    def tell_use(self, _: object = None) -> None:
        """Shows how often terms were met by now."""
        if self._ids and len(self.columns) > len(self._page.columns):
            first = len(self._page.columns)
            self.dataChanged.emit(self.index(0, first), self.index(len(self._ids) - 1, len(self.columns) - 1))

    def _row_changed(self, row: int) -> None:
        self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))


def when(seconds: float) -> str:
    """A time as the desktop writes it, empty for none."""
    if not seconds:
        return ""
    at = QDateTime.fromSecsSinceEpoch(int(seconds))
    locale, short = QLocale.system(), QLocale.FormatType.ShortFormat
    is_today = at.date() == QDateTime.currentDateTime().date()
    return locale.toString(at.time(), short) if is_today else locale.toString(at.date(), short)
