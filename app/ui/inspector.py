"""The inspector: every exchange of late, and what of it left this machine."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
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
from app.ui.exchange_table import HIDDEN, ExchangeTable, entities, outcome
from app.ui.exchange_view import ExchangeView
from app.ui.status import count
from app.ui.window import Window, bold, quiet


class Inspector(Window):
    """Table above, the chosen exchange below."""

    def __init__(self, application: Application, actions: Actions, bridge: Bridge) -> None:
        super().__init__("Inspector — Anonamoose", 1120, 780)
        self._application = application
        self.model = ExchangeTable(application.exchanges, self)
        self.table = self._make_table()
        self.view = ExchangeView()
        self._summary = QLabel()
        self._summary.setTextFormat(Qt.TextFormat.PlainText)
        self.forget = QPushButton("&Forget all")
        self.forget.setToolTip("Forgets the exchanges listed here. They are kept in memory only.")
        self.forget.clicked.connect(self._forget)
        self.empty = _Empty(application, actions)

        bar = QHBoxLayout()
        bar.addWidget(self._summary, 1)
        bar.addWidget(self.forget)
        below = QWidget()
        lower = QVBoxLayout(below)
        lower.setContentsMargins(0, 6, 0, 0)
        lower.addLayout(bar)
        lower.addWidget(self.view, 1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.table)
        splitter.addWidget(below)
        splitter.setSizes([180, 560])
        page = QWidget()
        QVBoxLayout(page).addWidget(splitter)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(page)

        self.table.selectionModel().currentRowChanged.connect(self._show)
        bridge.exchanges_changed.connect(self._sync)
        bridge.state_changed.connect(self.empty.refresh)
        bridge.setting_changed.connect(lambda _: self._sync(frozenset()))

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setAccessibleName("Exchanges")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 8)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        for column, letters in enumerate((10, 18, 28, 18, 26, 16, 9)):
            table.setColumnWidth(column, letters * table.fontMetrics().averageCharWidth() + 14)
        header.setSectionResizeMode(HIDDEN, QHeaderView.ResizeMode.Stretch)
        return table

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._sync(frozenset(exchange.id for exchange in self._application.exchanges))

    def _sync(self, changed: frozenset[int]) -> None:
        if not self.isVisible():
            return  # nobody looks: caught up with when it is shown
        current = self.model.exchange(self.table.currentIndex())
        follows = current is None or self.table.currentIndex().row() == 0
        self.model.sync(changed)
        self._pages.setCurrentIndex(1 if self.model.rowCount() else 0)
        self.empty.refresh()
        if follows and self.model.rowCount():
            # The newest stays the chosen one until another is picked.
            self.table.selectionModel().setCurrentIndex(
                self.model.index(0, 0),
                QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows,
            )
        self._show(self.table.currentIndex())

    def _show(self, index: QModelIndex, before: QModelIndex | None = None) -> None:
        exchange = self.model.exchange(index)
        self.view.show_exchange(exchange)
        parts = []
        if exchange is not None:
            parts = [f"{exchange.method} {exchange.path}", exchange.model, outcome(exchange)]
            parts += [f"hidden: {entities(exchange)}" if exchange.entities else "nothing hidden"]
            parts += [f"{count(exchange.restored, 'value')} put back" if exchange.restored else ""]
            parts += [f"⚠ {', '.join(exchange.exposed)} given to a tool that may send it on"] * bool(exchange.exposed)
        self._summary.setText("   ·   ".join(part for part in parts if part))

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
        copy = QPushButton("Copy base URL")
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
            url = self._application.state.base_url or "the base URL"
            self._title.setText("No requests yet")
            self.text.setText(f"Give {url} to a tool as its base URL; what it sends appears here.")
        else:
            self._title.setText("The inspector keeps nothing")
            self.text.setText("Set “Keep exchanges” above 0 in the settings to see requests here.")
