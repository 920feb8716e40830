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
from app.ui.language import counted, later, tr
from app.ui.tally_table import Tally, TallyTable
from app.ui.tasks import Tasks
from app.ui.window import Window, bold, quiet
from app.ui.words import error_text

_PERIODS = ((later("Last 30 days"), 30), (later("Last 7 days"), 7), (later("Today"), 1))
#: Milliseconds between two looks at the trail while requests come.
_EVERY = 3_000
_NO_TRAIL = later(
    "These figures are those of the audit trail, which holds no values. It begins with the first exchange; the setting "
    "“audit” has to be on."
)


class Dashboard(Window):
    """Bars by day above, tables by entity, layer and tool below."""

    def __init__(self, path: Path, flush: Callable[[], Awaitable[object]], bridge: Bridge, tasks: Tasks) -> None:
        """Figures of the audit trail at `path`; `flush` writes what of it still waits."""
        super().__init__(tr("Dashboard — Anonamoose"), 900, 600)
        self._path = path
        self._flush = flush
        self._tasks = tasks
        self.shown: Overview | None = None
        self.period = QComboBox()
        self.period.setAccessibleName(tr("Period"))
        for words, days in _PERIODS:
            self.period.addItem(tr(words), days)
        self.line = QLabel()
        self.line.setFont(bold(self.line.font(), 1.35))
        self.detail = quiet("")
        self.export = QPushButton(tr("&Export…"))
        self.export.clicked.connect(self._export)
        self.bars = DayBars()
        self.entities = Tally(tr("Entity"), tr("Values"))
        self.layers = Tally(tr("Found by"), tr("Values"))
        self.tools = Tally(tr("Tool"), tr("Exchanges"))

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
        tables.addWidget(TallyTable(self.entities, tr("Values by entity"), tinted=True), 5)
        tables.addWidget(TallyTable(self.layers, tr("Values by layer")), 4)
        tables.addWidget(TallyTable(self.tools, tr("Exchanges by tool")), 4)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setSpacing(12)
        layout.setContentsMargins(16, 14, 16, 16)
        layout.addLayout(top)
        layout.addWidget(self.bars)
        layout.addLayout(tables, 1)
        self.empty = quiet(tr(_NO_TRAIL))
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
            self.empty.setText(error_text(error) if self._path.exists() else tr(_NO_TRAIL))
            self.pages.setCurrentIndex(1)
            return
        if days == self.period.currentData():  # else another period was asked for meanwhile
            self._show(found)

    def _show(self, found: Overview) -> None:
        self.shown = found
        self.pages.setCurrentIndex(0)
        self.line.setText(counted("{n} value(s) hidden", found.values))
        self.detail.setText(
            counted("In {n} exchange(s), each {ms} ms longer for it.", found.exchanges, ms=f"{found.added_ms:,.0f}")
        )
        self.bars.setVisible(len(found.days) > 1)
        self.bars.show_days(found.days)
        self.entities.fill(found.entities)
        self.layers.fill([(tr("seen before") if name == "memo" else name, number) for name, number in found.layers])
        self.tools.fill([(name or tr("not named"), number) for name, number in found.tools])

    def _export(self) -> None:
        if self.shown is None:
            return
        name, _ = QFileDialog.getSaveFileName(
            self, tr("Export figures"), "anonamoose-figures.csv", tr("Tables (*.csv)")
        )
        if name:
            self._tasks.start(self.write(Path(name), self.shown))

    async def write(self, path: Path, found: Overview) -> None:
        """Writes `found` to a table. Raises UserError."""
        try:
            await asyncio.to_thread(path.write_text, "".join(found.lines()), encoding="utf-8", newline="")
        except OSError as error:
            said = tr("The file could not be written ({why}).").format(why=error.strerror)
            raise UserError(said, tr("Choose another place.")) from None
