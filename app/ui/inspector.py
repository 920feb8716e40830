"""The inspector: every exchange of late, and what of it left this machine."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.application import Application
from app.ui.actions import Actions
from app.ui.bridge import Bridge
from app.ui.chips import ChipDelegate
from app.ui.corrections import Corrections
from app.ui.exchange_filter import ExchangeFilter
from app.ui.exchange_table import HIDDEN, ExchangeTable
from app.ui.exchange_view import ExchangeView
from app.ui.filter_bar import FilterBar
from app.ui.language import counted, tr
from app.ui.tasks import Tasks
from app.ui.window import ElidedLabel, Window, bold, quiet
from app.ui.words import entities_line, outcome

#: Widths of columns in letters; what was hidden takes the rest.
_LETTERS = (9, 16, 27, 18, 24, 16, 9, 10)


class Inspector(Window):
    """List above, the chosen exchange below."""

    def __init__(self, application: Application, actions: Actions, bridge: Bridge, tasks: Tasks) -> None:
        super().__init__(tr("Inspector — Anonamoose"), 1180, 820)
        self._application = application
        self.model = ExchangeTable(application.exchanges, self)
        self.found = ExchangeFilter(self.model, self)
        self.filters = FilterBar(self.model, self.found, tasks)
        self.table = self._make_table()
        self.corrections = Corrections(application, tasks, self)
        self.view = ExchangeView(self.corrections, tasks)
        self._summary = ElidedLabel()
        self.originals = QCheckBox(tr("Show &originals"))
        self.originals.toggled.connect(self._show_originals)
        self.forget = QPushButton(tr("&Forget all"))
        self.forget.setToolTip(tr("Forgets the exchanges listed here. They are kept in memory only."))
        self.forget.clicked.connect(self._forget)
        self.empty = _Empty(application, actions)

        bar = QHBoxLayout()
        bar.setSpacing(14)
        bar.addWidget(self._summary, 1)
        bar.addWidget(self.originals)
        bar.addWidget(self.forget)
        above = QWidget()
        upper = QVBoxLayout(above)
        upper.setContentsMargins(0, 0, 0, 0)
        upper.addWidget(self.filters)
        upper.addWidget(self.table, 1)
        below = QWidget()
        lower = QVBoxLayout(below)
        lower.setContentsMargins(0, 6, 0, 0)
        lower.addLayout(bar)
        lower.addWidget(self.view, 1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(above)
        splitter.addWidget(below)
        splitter.setSizes([230, 560])
        splitter.setStretchFactor(1, 1)
        page = QWidget()
        QVBoxLayout(page).addWidget(splitter)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(page)

        self.table.selectionModel().currentRowChanged.connect(self._show)
        bridge.exchanges_changed.connect(self._sync)
        bridge.state_changed.connect(self.empty.refresh)
        bridge.setting_changed.connect(self._setting_changed)
        self._setting_changed("show-originals")

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.found)
        table.setItemDelegateForColumn(HIDDEN, ChipDelegate(table))
        table.setAccessibleName(tr("Exchanges"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 10)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        for column, letters in enumerate(_LETTERS):
            wide = letters * table.fontMetrics().averageCharWidth() + 14
            table.setColumnWidth(column, max(wide, header.sectionSizeHint(column)))
        header.setSectionResizeMode(HIDDEN, QHeaderView.ResizeMode.Stretch)
        return table

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.table.setFocus()
        self._sync(frozenset(exchange.id for exchange in self._application.exchanges))

    def _sync(self, changed: frozenset[int]) -> None:
        if not self.isVisible():
            return  # nobody looks: caught up with when it is shown
        follows = self.table.currentIndex().row() <= 0
        self.model.sync(changed)
        self._pages.setCurrentIndex(1 if self.model.rowCount() else 0)
        self.empty.refresh()
        self.filters.refresh()
        if follows and self.found.rowCount():
            # The newest stays the chosen one until another is picked.
            self.table.selectionModel().setCurrentIndex(
                self.found.index(0, 0),
                QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows,
            )
        self._show(self.table.currentIndex())

    def _show(self, index: QModelIndex, before: QModelIndex | None = None) -> None:
        exchange = self.model.exchange(self.found.mapToSource(index))
        self.view.show_exchange(exchange)
        parts = []
        if exchange is not None:
            parts = [f"{exchange.method} {exchange.path}", exchange.model, outcome(exchange)]
            parts += [
                tr("hidden: {entities}").format(entities=entities_line(exchange))
                if exchange.entities
                else tr("nothing hidden")
            ]
            parts += [counted("{n} value(s) put back", exchange.restored) if exchange.restored else ""]
            hidden = sum(exchange.invented.values())
            parts += [counted("{n} value(s) of the model's own hidden from the tool", hidden) if hidden else ""]
            given = tr("⚠ {entities} given to a tool that may send it on").format(entities=", ".join(exchange.exposed))
            parts += [given] * bool(exchange.exposed)
        self._summary.show_line("   ·   ".join(part for part in parts if part))

    def _show_originals(self, is_shown: bool) -> None:
        self.view.veil(not is_shown)
        self.filters.look_into_originals(is_shown)

    def _setting_changed(self, name: str) -> None:
        if name == "show-originals":
            may = self._application.settings.current.show_originals
            self.originals.setEnabled(may)
            self.originals.setToolTip(
                tr("Shows the values that were hidden") if may else tr("The setting “Show originals” forbids it")
            )
            if not may:
                self.originals.setChecked(False)
        self._sync(frozenset())

    def pick(self, id: int) -> None:
        """Chooses the exchange called `id`, if it is still there."""
        for row in range(self.model.rowCount()):
            exchange = self.model.exchange(self.model.index(row, 0))
            if exchange is not None and exchange.id == id:
                self.table.selectRow(row)

    def _forget(self) -> None:
        self._application.exchanges.clear()
        self._sync(frozenset())


class _Empty(QWidget):
    """What to do while there is nothing to see."""

    def __init__(self, application: Application, actions: Actions) -> None:
        super().__init__()
        self._application = application
        self._title = QLabel()
        self._title.setFont(bold(self._title.font(), 1.35))
        self.text = quiet("")
        for label in (self._title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        copy = QPushButton(tr("Copy base URL"))
        copy.clicked.connect(actions.copy.trigger)
        layout = QVBoxLayout(self)
        layout.addStretch()
        layout.addWidget(self._title)
        layout.addWidget(self.text)
        layout.addSpacing(8)
        layout.addWidget(copy, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch()
        self.refresh()

    def refresh(self) -> None:
        if self._application.exchanges.keeps:
            url = self._application.state.base_url or tr("the base URL")
            self._title.setText(tr("No requests yet"))
            self.text.setText(tr("Give {url} to a tool as its base URL; what it sends appears here.").format(url=url))
        else:
            self._title.setText(tr("The inspector keeps nothing"))
            self.text.setText(tr("Set “Keep exchanges” above 0 in the settings to see requests here."))
