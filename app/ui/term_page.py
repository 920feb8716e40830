"""A page of the dictionary window: entry on top, search and table below; what is wrong is said in between."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.pipeline.terms import Kind, Term, caution
from app.store.terms import Terms
from app.ui.bridge import Bridge
from app.ui.notice import ask
from app.ui.pattern_trial import PatternTrial
from app.ui.status import count
from app.ui.tasks import Tasks
from app.ui.term_entry import TermEntry, entity_box
from app.ui.term_kinds import Page
from app.ui.term_table import TermTable
from app.ui.window import Complaint, quiet

#: Widths of columns in letters; the text takes what is left.
_LETTERS = {"enabled": 5, "entity": 20, "replacement": 20, "case_sensitive": 12, "whole_word": 12, "first_group": 14}


class TermPage(QWidget):
    """Everything about one kind of entry."""

    def __init__(self, page: Page, terms: Terms, bridge: Bridge, tasks: Tasks) -> None:
        super().__init__()
        self._page = page
        self._terms = terms
        self._tasks = tasks
        self.question: QMessageBox | None = None
        self.model = TermTable(page, terms, tasks, self)
        self._found = QSortFilterProxyModel(self)
        self._found.setSourceModel(self.model)
        self._found.setFilterKeyColumn(-1)
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.entry = TermEntry(page)
        self.complaint = Complaint()
        self.search = QLineEdit(placeholderText="Search", clearButtonEnabled=True)
        self.search.setAccessibleName("Search")
        self.table = self._make_table()
        self.trial = PatternTrial() if page.kind == "pattern" else None
        self._number = quiet("")
        self.remove = QPushButton("&Remove")
        bar = QHBoxLayout()
        bar.addWidget(self._number, 1)
        bar.addWidget(self.remove)
        layout = QVBoxLayout(self)
        layout.addWidget(quiet(page.about))
        layout.addWidget(self.entry)
        layout.addWidget(self.complaint)
        if self.trial is not None:
            layout.addWidget(self.trial)
            self.entry.changed.connect(self._try)
        layout.addWidget(self.search)
        layout.addWidget(self.table, 1)
        layout.addLayout(bar)

        self.entry.entered.connect(self._add)
        self.search.textChanged.connect(self._found.setFilterFixedString)
        self.model.judged.connect(self.complaint.tell)
        self.remove.clicked.connect(self._ask_remove)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.table)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._ask_remove)
        self.table.selectionModel().selectionChanged.connect(self._count)
        bridge.terms_changed.connect(self._sync)
        self._count()

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self._found)
        table.setAccessibleName(f"{self._page.noun.capitalize()}s")
        table.setItemDelegateForColumn(self.model.column("entity"), _EntityDelegate(self._page.kind, table))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setSortingEnabled(True)
        table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)  # as they were added
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 12)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        for number, column in enumerate(self._page.columns):
            if column.attribute in _LETTERS:
                letters = _LETTERS[column.attribute]
                table.setColumnWidth(number, letters * table.fontMetrics().averageCharWidth() + 14)
        header.setSectionResizeMode(self.model.column("text"), QHeaderView.ResizeMode.Stretch)
        return table

    def _add(self, term: Term) -> None:
        self.complaint.tell("")
        self._tasks.start(self._store(term), self.complaint.tell)

    async def _store(self, term: Term) -> None:
        await self._terms.add([term])
        self.entry.reset()
        self.complaint.tell(caution(term))

    def _rows_chosen(self) -> list[int]:
        return [self._found.mapToSource(index).row() for index in self.table.selectionModel().selectedRows()]

    def _ask_remove(self) -> None:
        ids = [self.model.id(row) for row in self._rows_chosen()]
        if not ids or self.question is not None:
            return

        def answered(yes: bool) -> None:
            self.question = None
            if yes:
                self._tasks.start(self._terms.remove(ids), self.complaint.tell)

        it = "It" if len(ids) == 1 else "They"
        what = f"Remove {count(len(ids), self._page.noun)}?"
        self.question = ask(self, what, f"{it} {self._page.consequence}", "Remove", "Keep", answered)

    def _sync(self, ids: frozenset[int]) -> None:
        self.model.sync(ids)
        self._count()

    def _count(self) -> None:
        chosen = len(self._rows_chosen())
        self.remove.setEnabled(chosen > 0)
        text = count(self.model.rowCount(), self._page.noun) if self.model.rowCount() else self._page.empty
        self._number.setText(f"{text}, {chosen} selected" if chosen else text)
        self._try()

    def _try(self) -> None:
        """Tries the pattern that is being typed, else the one that is selected."""
        if self.trial is not None:
            rows = self._rows_chosen()
            term = self.entry.term()
            self.trial.use(term if term.text or len(rows) != 1 else self.model.term(rows[0]))


class _EntityDelegate(QStyledItemDelegate):
    def __init__(self, kind: Kind, parent: QWidget) -> None:
        super().__init__(parent)
        self._kind: Kind = kind

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        return entity_box(self._kind, parent)

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        assert isinstance(editor, QComboBox)
        editor.setCurrentText(str(index.data(Qt.ItemDataRole.EditRole)))
        editor.lineEdit().selectAll()  # type: ignore[union-attr]
