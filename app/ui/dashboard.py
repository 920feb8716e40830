"""Today and the last days, in numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.audit.overview import Overview, overview
from app.errors import StorageError, UserError
from app.store.audit_reading import AuditReader
from app.ui.bridge import Bridge
from app.ui.day_bars import DayBars
from app.ui.status import count
from app.ui.tally_table import Tally, TallyTable
from app.ui.tasks import Tasks
from app.ui.window import Window, bold, quiet

_PERIODS = (("Last 30 days", 30), ("Last 7 days", 7), ("Today", 1))
#: Milliseconds between two looks at the trail while requests come.
_EVERY = 3_000
_NO_TRAIL = (
    "These figures are those of the audit trail, which holds no values. It begins with the first exchange; the setting "
    "“audit” has to be on."
)


class Dashboard(Window):
    """Bars by day above, tables by entity, layer and tool below."""

    def __init__(self, path: Path, flush: Callable[[], Awaitable[object]], bridge: Bridge, tasks: Tasks) -> None:
        """Figures of the audit trail at `path`; `flush` writes what of it still waits."""
        super().__init__("Dashboard — Anonamoose", 900, 600)
        self._path = path
        self._flush = flush
        self._tasks = tasks
        self.shown: Overview | None = None
        self.period = QComboBox()
        self.period.setAccessibleName("Period")
        for words, days in _PERIODS:
            self.period.addItem(words, days)
        self.line = QLabel()
        self.line.setFont(bold(self.line.font(), 1.35))
        self.detail = quiet("")
        self.export = QPushButton("&Export…")
        self.export.clicked.connect(self._export)
        self.bars = DayBars()
        self.entities = Tally("Entity", "Values")
        self.layers = Tally("Found by", "Values")
        self.tools = Tally("Tool", "Exchanges")

        top = QHBoxLayout()
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(self.line)
        said.addWidget(self.detail)
        top.addLayout(said, 1)
        top.addWidget(self.period)
        top.addWidget(self.export)
        tables = QHBoxLayout()
        tables.setSpacing(12)
        tables.addWidget(TallyTable(self.entities, "Values by entity", tinted=True), 5)
        tables.addWidget(TallyTable(self.layers, "Values by layer"), 4)
        tables.addWidget(TallyTable(self.tools, "Exchanges by tool"), 4)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setSpacing(12)
        layout.setContentsMargins(16, 14, 16, 16)
        layout.addLayout(top)
        layout.addWidget(self.bars)
        layout.addLayout(tables, 1)
        self.empty = quiet(_NO_TRAIL)
        self.empty.setContentsMargins(40, 40, 40, 40)
        self.pages = QStackedLayout(self)
        self.pages.addWidget(page)
        self.pages.addWidget(self.empty)

        self._wait = QTimer(self, singleShot=True, interval=_EVERY)
        self._wait.timeout.connect(self.refresh)
        self.period.currentIndexChanged.connect(self.refresh)
        bridge.exchanges_changed.connect(self._soon)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _soon(self, changed: object) -> None:
        if self.isVisible() and not self._wait.isActive():
            self._wait.start()

    def refresh(self) -> None:
        """Reads the trail, off this thread, and shows what it says."""
        self._tasks.start(self._read(self.period.currentData()))

    async def _read(self, days: int) -> None:
        await self._flush()
        try:
            found = await asyncio.to_thread(overview, AuditReader(self._path), days)
        except StorageError as error:
            self.empty.setText(str(error) if self._path.exists() else _NO_TRAIL)
            self.pages.setCurrentIndex(1)
            return
        if days == self.period.currentData():  # else another period was asked for meanwhile
            self._show(found)

    def _show(self, found: Overview) -> None:
        self.shown = found
        self.pages.setCurrentIndex(0)
        self.line.setText(f"{count(found.values, 'value')} hidden")
        self.detail.setText(f"In {count(found.exchanges, 'exchange')}, each {found.added_ms:,.0f} ms longer for it.")
        self.bars.setVisible(len(found.days) > 1)
        self.bars.show_days(found.days)
        self.entities.fill(found.entities)
        self.layers.fill([("seen before" if name == "memo" else name, number) for name, number in found.layers])
        self.tools.fill([(name or "not named", number) for name, number in found.tools])

    def _export(self) -> None:
        if self.shown is None:
            return
        name, _ = QFileDialog.getSaveFileName(self, "Export figures", "anonamoose-figures.csv", "Tables (*.csv)")
        if name:
            self._tasks.start(self.write(Path(name), self.shown))

    async def write(self, path: Path, found: Overview) -> None:
        """Writes `found` to a table. Raises UserError."""
        try:
            await asyncio.to_thread(path.write_text, "".join(found.lines()), encoding="utf-8", newline="")
        except OSError as error:
            raise UserError(f"The file could not be written ({error.strerror}).", "Choose another place.") from None
