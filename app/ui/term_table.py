"""One page of the dictionary as an editable table. Each edit is shown at once and saved behind."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.pipeline.terms import Term, caution, check
from app.store.terms import Terms
from app.ui.tasks import Tasks
from app.ui.term_kinds import Page

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_EDITS = (Qt.ItemDataRole.EditRole, Qt.ItemDataRole.CheckStateRole)
#: So many rows that come and go are told of one by one; views of more begin anew.
_FEW = 200


class TermTable(QAbstractTableModel):
    """One row for each entry of the page's kind, in the order they were added."""

    #: What is wrong with the latest edit, or to be told of it; empty when there is nothing.
    judged = Signal(object)

    def __init__(self, page: Page, terms: Terms, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._page = page
        self._terms = terms
        self._tasks = tasks
        self._rows: list[tuple[int, Term]] = []
        self._saving: Counter[int] = Counter()
        self.sync(terms.all())

    def column(self, attribute: str) -> int:
        """Where the table shows an attribute of `Term`."""
        return [column.attribute for column in self._page.columns].index(attribute)

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._page.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self._page.columns[section].heading
            if role == Qt.ItemDataRole.ToolTipRole:
                return self._page.columns[section].tip
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if not index.isValid():
            return flags
        is_check = self._page.columns[index.column()].is_check
        return flags | (Qt.ItemFlag.ItemIsUserCheckable if is_check else Qt.ItemFlag.ItemIsEditable)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self._page.columns[index.column()]
        value = getattr(self._rows[index.row()][1], column.attribute)
        if column.is_check:
            if role == Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Checked if value else Qt.CheckState.Unchecked
            return None
        if role == Qt.ItemDataRole.DisplayRole and column.attribute == "entity":
            return value or "any type"
        return value if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole) else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if not index.isValid() or role not in _EDITS:
            return False
        column = self._page.columns[index.column()]
        if (role == Qt.ItemDataRole.CheckStateRole) != column.is_check:
            return False
        if column.is_check:
            value = Qt.CheckState(value) == Qt.CheckState.Checked
        elif column.attribute == "entity":
            value = str(value).strip().upper()
        id, before = self._rows[index.row()]
        term = dataclasses.replace(before, **{column.attribute: value})
        if term == before:
            return True
        try:
            check(term)
        except ValueError as error:
            self.judged.emit(error)
            return False
        self.judged.emit(caution(term))
        # Shown at once; if it cannot be saved, `sync` brings the old one back.
        self._rows[index.row()] = (id, term)
        self._row_changed(index.row())
        self._saving[id] += 1
        self._tasks.start(self._change(id, term), self.judged.emit)
        return True

    async def _change(self, id: int, term: Term) -> None:
        try:
            await self._terms.change(id, term)
        except KeyError:
            pass  # removed meanwhile
        finally:
            self._saving[id] -= 1
            self.sync([id])

    def id(self, row: int) -> int:
        """The id in `Terms` of a row."""
        return self._rows[row][0]

    def term(self, row: int) -> Term:
        """What a row shows."""
        return self._rows[row][1]

    def sync(self, ids: Iterable[int]) -> None:
        """Brings the rows of `ids` in line with the store, whoever changed it; those being saved, once they are."""
        terms = {id: self._terms.get(id) for id in ids if not self._saving[id]}
        now = {id: term for id, term in terms.items() if term is not None and term.kind == self._page.kind}
        at = {id: row for row, (id, _) in enumerate(self._rows) if id in terms}
        gone = [row for id, row in at.items() if id not in now]
        fresh = [(id, term) for id, term in now.items() if id not in at]
        if len(gone) + len(fresh) > _FEW:
            self.beginResetModel()
            self._rows = [(id, now.get(id, term)) for id, term in self._rows if id not in terms or id in now] + fresh
            self.endResetModel()
            return
        for id, row in at.items():
            if id in now and self._rows[row][1] != now[id]:
                self._rows[row] = (id, now[id])
                self._row_changed(row)
        for row in sorted(gone, reverse=True):
            self.beginRemoveRows(_NO_INDEX, row, row)
            del self._rows[row]
            self.endRemoveRows()
        if fresh:
            self.beginInsertRows(_NO_INDEX, len(self._rows), len(self._rows) + len(fresh) - 1)
            self._rows += fresh
            self.endInsertRows()

    def _row_changed(self, row: int) -> None:
        self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))
