"""The dictionary as an editable table. Each edit is checked at once and saved behind."""

from __future__ import annotations

import dataclasses
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.pipeline.terms import Term, check
from app.store.terms import Terms
from app.ui.tasks import Tasks

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()

#: Attribute of `Term`, heading, and what it means.
COLUMNS = (
    ("enabled", "On", "Whether the term is looked for."),
    ("text", "Term", "What to look for."),
    ("entity", "Type", "What it is redacted as, such as CUSTOM or PERSON."),
    ("replacement", "Replacement", "Your own stand-in. Empty: a placeholder such as [CUSTOM_1]."),
    ("case_sensitive", "Match case", "Only in the same case."),
    ("whole_word", "Whole word", "Only between word boundaries, not inside other words."),
)
ENABLED, TEXT, ENTITY, REPLACEMENT, CASE, WHOLE = range(len(COLUMNS))
_CHECKS = (ENABLED, CASE, WHOLE)
_EDITS = (Qt.ItemDataRole.EditRole, Qt.ItemDataRole.CheckStateRole)


class TermTable(QAbstractTableModel):
    """One row for each term, in the order they were added."""

    #: What is wrong with the latest edit; empty when it was accepted.
    judged = Signal(object)

    def __init__(self, terms: Terms, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._terms = terms
        self._tasks = tasks
        self._rows: list[tuple[int, Term]] = list(terms.all().items())

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return COLUMNS[section][1]
            if role == Qt.ItemDataRole.ToolTipRole:
                return COLUMNS[section][2]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if not index.isValid():
            return flags
        if index.column() in _CHECKS:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        value = getattr(self._rows[index.row()][1], COLUMNS[index.column()][0])
        if index.column() in _CHECKS:
            if role == Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Checked if value else Qt.CheckState.Unchecked
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return value
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if not index.isValid() or role not in _EDITS:
            return False
        if (role == Qt.ItemDataRole.CheckStateRole) != (index.column() in _CHECKS):
            return False
        if index.column() in _CHECKS:
            value = Qt.CheckState(value) == Qt.CheckState.Checked
        elif index.column() == ENTITY:
            value = str(value).strip().upper()
        id, before = self._rows[index.row()]
        term = dataclasses.replace(before, **{COLUMNS[index.column()][0]: value})
        if term == before:
            return True
        try:
            check(term)
        except ValueError as error:
            self.judged.emit(error)
            return False
        self.judged.emit("")
        # Shown at once; if it cannot be saved, `sync` brings the old one back.
        self._rows[index.row()] = (id, term)
        self._row_changed(index.row())
        self._tasks.start(self._change(id, term), self._refused)
        return True

    async def _change(self, id: int, term: Term) -> None:
        try:
            await self._terms.change(id, term)
        except KeyError:  # removed meanwhile
            self.sync()

    def _refused(self, error: Exception) -> None:
        self.judged.emit(error)
        self.sync()

    def id(self, row: int) -> int:
        """The id in `Terms` of a row."""
        return self._rows[row][0]

    def sync(self) -> None:
        """Brings the rows in line with the store, whoever changed it."""
        current = self._terms.all()
        for row in range(len(self._rows) - 1, -1, -1):
            id, term = self._rows[row]
            if id not in current:
                self.beginRemoveRows(_NO_INDEX, row, row)
                del self._rows[row]
                self.endRemoveRows()
            elif current[id] != term:
                self._rows[row] = (id, current[id])
                self._row_changed(row)
        known = {id for id, _ in self._rows}
        fresh = [(id, term) for id, term in current.items() if id not in known]
        if fresh:
            self.beginInsertRows(_NO_INDEX, len(self._rows), len(self._rows) + len(fresh) - 1)
            self._rows += fresh
            self.endInsertRows()

    def _row_changed(self, row: int) -> None:
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))
