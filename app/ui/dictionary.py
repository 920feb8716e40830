"""The dictionary window: the user's own terms."""

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

from app.pipeline.terms import Term
from app.store.terms import Terms
from app.ui.bridge import Bridge
from app.ui.notice import ask
from app.ui.status import count
from app.ui.tasks import Tasks
from app.ui.term_entry import TermEntry, entity_box
from app.ui.term_table import CASE, ENABLED, ENTITY, REPLACEMENT, TEXT, WHOLE, TermTable
from app.ui.window import Complaint, Window, quiet

_ABOUT = "Terms are hidden wherever they occur, however they are spaced or accented. They are kept sealed."
_EMPTY = "No terms yet: add the first one above."


class Dictionary(Window):
    """Entry on top, search and table below; what is wrong is said in between."""

    def __init__(self, terms: Terms, bridge: Bridge, tasks: Tasks) -> None:
        super().__init__("Dictionary — Anonamoose", 900, 560)
        self._terms = terms
        self._tasks = tasks
        self.question: QMessageBox | None = None
        self.model = TermTable(terms, tasks, self)
        self._found = QSortFilterProxyModel(self)
        self._found.setSourceModel(self.model)
        self._found.setFilterKeyColumn(-1)
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.entry = TermEntry()
        self.complaint = Complaint()
        self.search = QLineEdit(placeholderText="Search", clearButtonEnabled=True)
        self.search.setAccessibleName("Search")
        self.table = self._make_table()
        self._number = quiet("")
        self.remove = QPushButton("&Remove")
        bar = QHBoxLayout()
        bar.addWidget(self._number, 1)
        bar.addWidget(self.remove)
        layout = QVBoxLayout(self)
        layout.addWidget(quiet(_ABOUT))
        layout.addWidget(self.entry)
        layout.addWidget(self.complaint)
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
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self).activated.connect(self.search.setFocus)
        self.table.selectionModel().selectionChanged.connect(self._count)
        bridge.terms_changed.connect(self._sync)
        self._count()

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self._found)
        table.setAccessibleName("Terms")
        table.setItemDelegateForColumn(ENTITY, _EntityDelegate(table))
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
        for column, letters in ((ENABLED, 5), (ENTITY, 20), (REPLACEMENT, 20), (CASE, 12), (WHOLE, 12)):
            table.setColumnWidth(column, letters * table.fontMetrics().averageCharWidth() + 14)
        header.setSectionResizeMode(TEXT, QHeaderView.ResizeMode.Stretch)
        return table

    def _add(self, term: Term) -> None:
        self.complaint.tell("")
        self._tasks.start(self._store(term), self.complaint.tell)

    async def _store(self, term: Term) -> None:
        await self._terms.add([term])
        self.entry.reset()

    def _chosen(self) -> list[int]:
        rows = self.table.selectionModel().selectedRows()
        return [self.model.id(self._found.mapToSource(index).row()) for index in rows]

    def _ask_remove(self) -> None:
        ids = self._chosen()
        if not ids or self.question is not None:
            return

        def answered(yes: bool) -> None:
            self.question = None
            if yes:
                self._tasks.start(self._terms.remove(ids), self.complaint.tell)

        it = "It" if len(ids) == 1 else "They"
        self.question = ask(
            self,
            f"Remove {count(len(ids), 'term')}?",
            f"{it} will no longer be hidden in requests.",
            "Remove",
            "Keep",
            answered,
        )

    def _sync(self) -> None:
        self.model.sync()
        self._count()

    def _count(self) -> None:
        chosen = len(self._chosen())
        self.remove.setEnabled(chosen > 0)
        text = count(self.model.rowCount(), "term") if self.model.rowCount() else _EMPTY
        self._number.setText(f"{text}, {chosen} selected" if chosen else text)


class _EntityDelegate(QStyledItemDelegate):
    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        return entity_box(parent)

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        assert isinstance(editor, QComboBox)
        editor.setCurrentText(str(index.data(Qt.ItemDataRole.EditRole)))
        editor.lineEdit().selectAll()  # type: ignore[union-attr]
