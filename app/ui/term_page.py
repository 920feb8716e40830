"""A page of the dictionary window: entry on top, search and table below; what is wrong is said in between."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
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

from app.pipeline.term_files import write
from app.pipeline.terms import Kind, Term, caution
from app.store.term_use import TermUse
from app.store.terms import Terms
from app.ui.bridge import Bridge
from app.ui.language import counted, tr
from app.ui.notice import ask
from app.ui.pattern_trial import PatternTrial
from app.ui.tasks import Tasks
from app.ui.term_entry import TermEntry, entity_box
from app.ui.term_import import TermImport
from app.ui.term_kinds import Page
from app.ui.term_table import TermTable
from app.ui.term_undo import TermHistory
from app.ui.window import Complaint, quiet, with_key

#: Widths of columns in letters; the text takes what is left.
_LETTERS = {
    "enabled": 5,
    "entity": 20,
    "replacement": 20,
    "case_sensitive": 12,
    "whole_word": 12,
    "first_group": 14,
    "hits": 7,
    "last": 11,
}


class TermPage(QWidget):
    """Everything about one kind of entry."""

    def __init__(
        self,
        page: Page,
        terms: Terms,
        bridge: Bridge,
        tasks: Tasks,
        history: TermHistory,
        use: TermUse | None,
        texts: Callable[[], list[str]],
    ) -> None:
        super().__init__()
        self._page = page
        self._terms = terms
        self._tasks = tasks
        self._history = history
        self._texts = texts
        self.importing: TermImport | None = None
        self.question: QMessageBox | None = None
        self.chooser: QFileDialog | None = None
        self.model = TermTable(page, terms, tasks, use, self)
        self.entry = TermEntry(page)
        self.complaint = Complaint()
        self.search = QLineEdit(placeholderText=tr("Search"), clearButtonEnabled=True)
        self.search.setAccessibleName(tr("Search"))
        self.search.setToolTip(with_key(tr(page.searches), QKeySequence.StandardKey.Find))
        self.table = self._make_table()
        self.trial = PatternTrial() if page.kind == "pattern" else None
        self._number = quiet("")
        self.paste = QPushButton(tr("Add &many…"))
        self.paste.setToolTip(with_key(tr("In the table, what is in the clipboard"), QKeySequence.StandardKey.Paste))
        self.read = QPushButton(tr("&Import…"))
        self.save = QPushButton(tr("&Export…"))
        self.on = QPushButton(tr("Turn &on"))
        self.off = QPushButton(tr("Turn o&ff"))
        self.remove = QPushButton(tr("&Remove"))
        self.remove.setToolTip(with_key(tr("Removes what is selected"), QKeySequence.StandardKey.Delete))
        finding = QHBoxLayout()
        for widget, share in ((self.search, 1), (self.paste, 0), (self.read, 0), (self.save, 0)):
            finding.addWidget(widget, share)
        bar = QHBoxLayout()
        for part, share in ((self._number, 1), (self.on, 0), (self.off, 0), (self.remove, 0)):
            bar.addWidget(part, share)
        layout = QVBoxLayout(self)
        layout.addWidget(quiet(tr(page.about)))
        layout.addWidget(self.entry)
        layout.addWidget(self.complaint)
        if self.trial is not None:
            layout.addWidget(self.trial)
            self.entry.changed.connect(self._try)
        layout.addLayout(finding)
        layout.addWidget(self.table, 1)
        layout.addLayout(bar)

        self.entry.entered.connect(self._add)
        self.search.textChanged.connect(self._find)
        self.model.judged.connect(self.complaint.tell)
        self.model.edited.connect(lambda id, before, term: history.done(tr("the edit"), {id: before}, {id: term}))
        self.on.clicked.connect(lambda: self._turn(True))
        self.off.clicked.connect(lambda: self._turn(False))
        self.paste.clicked.connect(lambda: self._make_import().paste())
        self.read.clicked.connect(self._choose_import)
        self.save.clicked.connect(self._choose_export)
        self.remove.clicked.connect(self._ask_remove)
        paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self.table)
        paste.setContext(Qt.ShortcutContext.WidgetShortcut)
        paste.activated.connect(lambda: self._make_import().paste(QGuiApplication.clipboard().text()))
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.table)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._ask_remove)
        self.table.selectionModel().selectionChanged.connect(self._count)
        self.model.modelReset.connect(self._count)
        bridge.terms_changed.connect(self._sync)
        bridge.exchanges_changed.connect(self.model.tell_use)
        self._count()

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setAccessibleName(tr(self._page.names))
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
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 12)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        for number, column in enumerate(self.model.columns):
            if column.attribute in _LETTERS:
                letters = _LETTERS[column.attribute]
                wide = letters * table.fontMetrics().averageCharWidth() + 14
                table.setColumnWidth(number, max(wide, header.sectionSizeHint(number)))
        text = self.model.column("text")
        header.setSectionResizeMode(text, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(header.sectionSizeHint(text))  # also where others take all there is
        return table

    def _add(self, term: Term) -> None:
        self.complaint.tell("")
        self._tasks.start(self._store(term), self.complaint.tell)

    async def _store(self, term: Term) -> None:
        await self._history.add(tr("adding"), [term], {})
        self.entry.reset()
        self.complaint.tell(tr(caution(term)))

    def _rows_chosen(self) -> list[int]:
        return [index.row() for index in self.table.selectionModel().selectedRows()]

    def _ask_remove(self) -> None:
        ids = [self.model.id(row) for row in self._rows_chosen()]
        if not ids or self.question is not None:
            return

        def answered(yes: bool) -> None:
            self.question = None
            if yes:
                before = {id: self._terms.get(id) for id in ids}
                self._tasks.start(self._history.do(tr("removing"), before, dict.fromkeys(ids)), self.complaint.tell)

        what, then = (counted(said, len(ids)) for said in (self._page.removes, self._page.consequence))
        self.question = ask(self, what, then, tr("Remove"), tr("Keep"), answered)

    def _turn(self, on: bool) -> None:
        chosen = {self.model.id(row): self.model.term(row) for row in self._rows_chosen()}
        after = {id: dataclasses.replace(term, enabled=on) for id, term in chosen.items() if term.enabled != on}
        before = {id: chosen[id] for id in after}
        if after:
            what = tr("turning on") if on else tr("turning off")
            self._tasks.start(self._history.do(what, before, after), self.complaint.tell)

    def _find(self, text: str) -> None:
        self.model.find(text)

    def _make_import(self) -> TermImport:
        if self.importing is not None:
            self.importing.close()
        self.importing = TermImport(self._page, self._terms, self._history, self._tasks, self._texts)
        self.importing.present()
        return self.importing

    def import_file(self, path: Path) -> None:
        """Shows what a file would change."""
        self._make_import().open_file(path)

    def _choose_import(self) -> None:
        chooser = QFileDialog(self, tr("Import"), "", tr("Tables and lists (*.csv *.json *.txt);;All files (*)"))
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.fileSelected.connect(lambda path: self.import_file(Path(path)))
        self._choose(chooser)

    def _choose_export(self) -> None:
        chooser = QFileDialog(self, tr("Export"), self._page.file, tr("CSV (*.csv);;JSON (*.json)"))
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("csv")
        chooser.fileSelected.connect(lambda path: self.export(Path(path)))
        self._choose(chooser)

    def _choose(self, chooser: QFileDialog) -> None:
        self.chooser = chooser
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.open()

    def export(self, path: Path) -> None:
        """Writes all entries of this page to a file, whatever is searched for."""
        terms = [term for term in self._terms.all().values() if term.kind == self._page.kind]

        def work() -> None:
            try:
                text = write(terms, "json" if path.suffix.lower() == ".json" else "csv")
                path.write_text(text, encoding="utf-8")
            except OSError as error:
                raise ValueError(tr("The file cannot be written ({why}).").format(why=error.strerror)) from None

        self.complaint.tell("")
        self._tasks.start(asyncio.to_thread(work), self.complaint.tell)

    def _sync(self, ids: frozenset[int]) -> None:
        self.model.sync(ids)
        self._count()

    def _count(self) -> None:
        chosen = len(self._rows_chosen())
        for button in (self.on, self.off, self.remove):
            button.setEnabled(chosen > 0)
        self.save.setEnabled(self.model.total > 0)
        text = counted(self._page.number, self.model.total) if self.model.total else tr(self._page.empty)
        if self.model.is_reading:
            text = tr(self._page.reading)
        if self.search.text().strip() and self.model.total:
            text = tr("{shown} of {all}").format(shown=f"{self.model.rowCount():,}", all=text)
        self._number.setText(tr("{all}, {chosen} selected").format(all=text, chosen=chosen) if chosen else text)
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
