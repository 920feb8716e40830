"""The line above the list of exchanges: search, what to list, and how many that are."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from app.proxy.exchange import holds
from app.ui.exchange_filter import FACETS, ExchangeFilter, Facet
from app.ui.exchange_table import ExchangeTable
from app.ui.language import counted, tr
from app.ui.tasks import Tasks
from app.ui.window import quiet, with_key

#: Milliseconds after the last key before texts are searched.
_PAUSE = 200


class FilterBar(QWidget):
    """Sets the filter as somebody types and chooses."""

    def __init__(self, table: ExchangeTable, found: ExchangeFilter, tasks: Tasks) -> None:
        super().__init__()
        self._table, self._found, self._tasks = table, found, tasks
        self._search = 0
        self._originals = False
        self.search = QLineEdit(placeholderText=tr("Search"), clearButtonEnabled=True)
        self.search.setAccessibleName(tr("Search exchanges"))
        says = tr("Searches tools, endpoints, models and what left this machine")
        self.search.setToolTip(with_key(says, QKeySequence.StandardKey.Find))
        self.boxes = {facet.name: _FacetBox(facet, found) for facet in FACETS}
        self._number = quiet("")
        self._number.setWordWrap(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.search, 3)
        for box in self.boxes.values():
            layout.addWidget(box, 1)
        layout.addWidget(self._number)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._pause.timeout.connect(self._look)
        self.search.textChanged.connect(self._typed)
        for signal in (found.rowsInserted, found.rowsRemoved, found.modelReset, found.layoutChanged):
            signal.connect(self.refresh)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self).activated.connect(self.search.setFocus)
        self.refresh()

    @property
    def number(self) -> str:
        return self._number.text()

    def look_into_originals(self, may: bool) -> None:
        """Whether what did not leave this machine is searched as well."""
        if may != self._originals:
            self._originals = may
            self._typed(self.search.text())

    def refresh(self) -> None:
        """Counts anew."""
        shown, there = self._found.rowCount(), self._table.rowCount()
        self._number.setText(
            counted("{shown} of {n} exchange(s)", there, shown=f"{shown:,}")
            if self._found.is_on
            else counted("{n} exchange(s)", there)
        )

    def _typed(self, text: str) -> None:
        self._search += 1
        self._found.search(text)
        self.refresh()
        self._pause.start() if text.strip() else self._pause.stop()

    def _look(self) -> None:
        self._tasks.start(self._look_into_texts(self.search.text().strip().casefold(), self._search))

    async def _look_into_texts(self, needle: str, search: int) -> None:
        """One exchange after the other, beside the windows; what was found shows when all were looked into."""
        found = set()
        for exchange in tuple(self._table.exchanges):
            if await asyncio.to_thread(holds, exchange, needle, originals=self._originals):
                found.add(exchange.id)
            if search != self._search:
                return  # something else was typed meanwhile
        self._found.found(frozenset(found))
        self.refresh()


class _FacetBox(QComboBox):
    """All there are to choose from, looked up when it is opened."""

    def __init__(self, facet: Facet, found: ExchangeFilter) -> None:
        super().__init__()
        self._facet, self._found = facet, found
        self.setAccessibleName(tr(facet.name))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(len(tr(facet.everything)))
        self.addItem(tr(facet.everything), "")
        self.currentIndexChanged.connect(lambda: found.choose(facet, self.currentData() or ""))

    def showPopup(self) -> None:
        self.update_values()
        super().showPopup()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.update_values()

    def update_values(self) -> None:
        """Brings what there is to choose from up to date; what is chosen stays."""
        values = self._found.values(self._facet)
        for row in range(self.count() - 1, 0, -1):
            if self.itemData(row) not in values and row != self.currentIndex():
                self.removeItem(row)
        listed = {self.itemData(row) for row in range(self.count())}
        for value in values:
            if value not in listed:
                self.addItem(value if len(value) <= 40 else f"{value[:38]}…", value)
