"""A window in which entries from a file or a paste are looked at before they are added."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QHeaderView, QPlainTextEdit, QPushButton, QTableView, QVBoxLayout

from app.pipeline.term_files import Format, decoded, rows
from app.pipeline.term_plan import Planned, Traffic, changes, plan
from app.store.terms import Terms
from app.ui.language import counted, tr
from app.ui.plan_table import COUNTED, FATES, PlanTable
from app.ui.tasks import Tasks
from app.ui.term_kinds import Page
from app.ui.term_undo import TermHistory
from app.ui.window import Complaint, Window, quiet

#: Bytes of a file, and entries in it; a dictionary of more would slow down every request.
LARGEST, MOST = 200_000_000, 1_000_000
#: Entries after which the reading thread makes way.
_PAUSE = 50
_AFTER, _POLL = 250, 100  # milliseconds after the last key; between looks at how far the reading is


class TermImport(Window):
    """Reads off the thread of the windows, shows what would change, and changes it when asked to."""

    #: Everything is in; how many.
    imported = Signal(int)

    def __init__(
        self, page: Page, terms: Terms, history: TermHistory, tasks: Tasks, texts: Callable[[], list[str]]
    ) -> None:
        super().__init__(tr(page.adds), 820, 560)
        self._page = page
        self._terms = terms
        self._history = history
        self._tasks = tasks
        self._texts = texts
        self._stop = threading.Event()
        self._read = 0
        self._planned: list[Planned] = []
        self.about = quiet("")
        self.pasted = QPlainTextEdit(placeholderText=tr(page.each_line))
        self.pasted.setAccessibleName(tr(page.to_add))
        self.pasted.setTabChangesFocus(True)
        self.pasted.setFixedHeight(self.pasted.fontMetrics().lineSpacing() * 7 + 14)
        self.complaint = Complaint()
        self.shown = QComboBox()
        self.shown.setAccessibleName(tr("Entries to show"))
        self.shown.addItems([tr("All entries"), *map(tr, FATES.values())])
        self.model = PlanTable(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName(tr("Entries"))
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setAlternatingRowColors(True)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + 12)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        letter = self.table.fontMetrics().averageCharWidth()
        for column, letters in enumerate((8, 15, 34, 18)):
            self.table.setColumnWidth(column, max(letters * letter + 14, header.sectionSizeHint(column)))
        self.verdict = quiet("")
        self.take = QPushButton(tr("&Add them"))
        self.cancel = QPushButton(tr("Cancel"))
        top = QHBoxLayout()
        top.addWidget(self.verdict, 1)
        top.addWidget(self.shown)
        bar = QHBoxLayout()
        bar.addStretch(1)
        bar.addWidget(self.cancel)
        bar.addWidget(self.take)
        layout = QVBoxLayout(self)
        for widget in (self.about, self.pasted, self.complaint):
            layout.addWidget(widget)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        layout.addLayout(bar)
        self._timer = QTimer(self, singleShot=True, interval=_AFTER)
        self._timer.timeout.connect(self._read_paste)
        self._poll = QTimer(self, interval=_POLL)
        self._poll.timeout.connect(self._tell_progress)
        self.pasted.textChanged.connect(self._timer.start)
        self.shown.currentIndexChanged.connect(self._filter)
        self.take.clicked.connect(self._take)
        self.cancel.clicked.connect(self.close)
        self._show([])

    def paste(self, text: str = "") -> None:
        """Begins with a text that can be added to."""
        self.about.setText(tr("Nothing is added before you have seen what changes."))
        self.pasted.show()
        self.pasted.setPlainText(text)
        self._read_paste()

    def open_file(self, path: Path) -> None:
        """Begins with a file."""
        self.about.setText(
            tr("From {file}. Nothing is added before you have seen what changes.").format(file=path.name)
        )
        self.pasted.hide()
        format: Format = "json" if path.suffix.lower() == ".json" else "csv"

        def load() -> str:
            try:
                if (size := path.stat().st_size) > LARGEST:
                    told = tr("The file has {size} MB, which is more than {most} MB: split it.")
                    raise ValueError(told.format(size=f"{size // 10**6:,}", most=LARGEST // 10**6))
                return decoded(path.read_bytes())
            except OSError as error:
                raise ValueError(tr("The file cannot be read ({why}).").format(why=error.strerror)) from None

        self._start(load, format)

    def _read_paste(self) -> None:
        text = self.pasted.toPlainText().replace("\t", ",") if self._is_table() else self.pasted.toPlainText()
        self._start(lambda: text, "json" if text.lstrip()[:1] == "[" else "csv", lines=not self._is_table())

    def _is_table(self) -> bool:
        """Whether the first line are headings: else commas and quotes are parts of the terms."""
        first = self.pasted.document().firstBlock().text().lower().replace("\t", ",")
        return "text" in [cell.strip(' "') for cell in first.split(",")]

    def _start(self, load: Callable[[], str], format: Format, *, lines: bool = False) -> None:
        self._stop.set()
        self._stop = stop = threading.Event()
        self._read = 0
        known, texts = self._terms.all(), self._texts()
        self.complaint.tell("")
        self.take.setEnabled(False)
        self._poll.start()

        def work() -> list[Planned]:
            text = load()
            given = rows(text, format)
            if lines and format == "csv":
                given = ({"text": line.strip()} for line in text.splitlines() if line.strip())
            planned = []
            for row in plan(given, known, self._page.kind, Traffic(texts)):
                planned.append(row)
                self._read = len(planned)
                if stop.is_set():
                    return []
                if not self._read % _PAUSE:
                    time.sleep(0.001)  # lets the windows have the interpreter
                if len(planned) > MOST:
                    raise ValueError(tr("The file has more than {most} entries: split it.").format(most=f"{MOST:,}"))
            return planned

        async def read() -> None:
            try:
                planned = await asyncio.to_thread(work)
            except ValueError:
                if stop is self._stop:
                    self._show([])
                    raise
                return
            if not stop.is_set():
                self._show(planned)

        self._tasks.start(read(), self.complaint.tell)

    def _tell_progress(self) -> None:
        self.verdict.setText(counted("Reading: {n} entr(y/ies) so far.", self._read))

    def _show(self, planned: list[Planned]) -> None:
        self._poll.stop()
        self._planned = planned
        fates = Counter(row.fate for row in planned)
        told = [counted(said, fates[fate]) for fate, said in COUNTED.items() if fates[fate]]
        self.verdict.setText(", ".join(told) or tr("No entries."))
        number = fates["new"] + fates["changed"]
        self.take.setEnabled(number > 0)
        self.take.setText(
            (tr("&Add or change {number}") if fates["changed"] else tr("&Add {number}")).format(number=f"{number:,}")
        )
        self._filter()

    def _filter(self) -> None:
        wanted = [None, *FATES][self.shown.currentIndex()]
        self.model.show_rows([row for row in self._planned if wanted in (None, row.fate)])

    def _take(self) -> None:
        self.take.setEnabled(False)
        new, changed = changes(self._planned, self._terms.get)

        async def take() -> None:
            try:
                await self._history.add(
                    tr("adding {number}").format(number=f"{len(new) + len(changed):,}"), new, dict(changed)
                )
            except Exception:
                self.take.setEnabled(True)
                raise
            self.imported.emit(len(new) + len(changed))
            self.close()

        self._tasks.start(take(), self.complaint.tell)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._stop.set()
        self._poll.stop()
        super().closeEvent(event)
