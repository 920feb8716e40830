"""One exchange: its messages and fields on the left, the chosen one side by side, and every span by keyboard."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.proxy.exchange import Exchange
from app.proxy.section import Section
from app.proxy.sections import answer_sections, request_sections
from app.ui.corrections import Corrections
from app.ui.language import counted, tr
from app.ui.notes import notes, nothing
from app.ui.reading import LONG, NOTHING, Ready, is_long, ready
from app.ui.section_list import SectionList, SectionView
from app.ui.side_by_side import SideBySide
from app.ui.span_actions import Span, SpanActions, selected_text
from app.ui.span_bar import SpanBar
from app.ui.tasks import Tasks
from app.ui.words import why

#: Milliseconds between two looks at an answer that is still coming.
_LIVE = 200


class ExchangeView(QWidget):
    """Shows what the exchange keeps; `is_veiled` hides what did not leave this machine."""

    #: What is shown is up to date with what was asked for last.
    settled = Signal()

    def __init__(self, corrections: Corrections, tasks: Tasks) -> None:
        super().__init__()
        self._tasks = tasks
        self._exchange: Exchange | None = None
        self._request: list[Section] = []
        self._bodies: tuple[object, ...] = ()
        self._state: tuple[object, ...] | None = None
        self._reading = 0
        self._is_veiled = True
        self._row = -1
        self._number = -1  # of the chosen span in its section
        self._ready = NOTHING
        self._opening = 0
        self.model = SectionList(self)
        self.list = SectionView(self.model)
        self.sides = SideBySide()
        self.actions_of_span = SpanActions(self, corrections)
        before = self._key("‹", tr("Previous span (Alt+Up)"), ["Alt+Up", "Shift+F3"], lambda: self.step(-1))
        after = self._key("›", tr("Next span (Alt+Down)"), ["Alt+Down", "F3"], lambda: self.step(1))
        self.bar = SpanBar((before, after), self.actions_of_span.all[:4])
        self.bar.undo.connect(corrections.undo)
        corrections.told.connect(self.bar.tell)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(self.list)
        split.addWidget(self.sides)
        split.setSizes([230, 870])
        split.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(split, 1)
        layout.addWidget(self.bar)
        self._live = QTimer(self, interval=_LIVE)
        self._live.timeout.connect(lambda: self.show_exchange(self._exchange))
        self.list.selectionModel().currentChanged.connect(self._row_changed)
        self.sides.clicked.connect(lambda number: self.choose(self._row, number))
        self.sides.menu_asked.connect(self._menu)
        self._present(NOTHING, -1)

    def _key(self, text: str, tip: str, keys: list[str], slot: object) -> QAction:
        action = QAction(text, self)
        action.setToolTip(tip)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.triggered.connect(lambda: slot())  # type: ignore[operator]
        self.addAction(action)
        return action

    @property
    def section(self) -> Section:
        """What is shown, as it is shown."""
        return self._ready.section

    def veil(self, is_veiled: bool) -> None:
        """Whether values are hidden here, too."""
        if is_veiled != self._is_veiled:
            self._is_veiled = is_veiled
            self._open(self._row, self._number)

    def show_exchange(self, exchange: Exchange | None) -> None:
        """Shows `exchange`, or nothing. One that has grown keeps its place."""
        is_other = exchange is not self._exchange
        self._exchange = exchange
        state = None if exchange is None else _state(exchange)
        is_live = exchange is not None and exchange.is_running
        self._live.start() if is_live and self.isVisible() else self._live.stop()
        if not is_other and state == self._state:
            return
        self._state = state
        self._reading += 1
        if is_other:
            self._bodies, self._request = (), []
            self.bar.tell("", False)
        if exchange is None or not is_long(exchange):
            self._use(*self._read(exchange), is_other=is_other)
        else:
            if is_other:
                self._row = self._number = -1
                self.model.show([])
                self._present(NOTHING, -1, opening=True)
            self._tasks.start(self._read_aside(exchange, self._reading, is_other))

    async def _read_aside(self, exchange: Exchange, reading: int, is_other: bool) -> None:
        read = await asyncio.to_thread(self._read, exchange)
        if reading == self._reading:
            self._use(*read, is_other=is_other or self._row < 0)

    def _read(self, exchange: Exchange | None) -> tuple[tuple[object, ...], list[Section], list[Section]]:
        """The bodies that were read, the sections of the request and those of the answer."""
        if exchange is None:
            return (), [], []
        bodies = exchange.bodies
        same = len(bodies) == len(self._bodies) and (not bodies or bodies[-1] is self._bodies[-1])
        request = self._request if same else request_sections(exchange)
        return bodies, request, answer_sections(exchange)

    def _use(self, bodies: tuple[object, ...], request: list[Section], answer: list[Section], is_other: bool) -> None:
        self._bodies, self._request = bodies, request
        # Bodies as a whole come last: they are for those who want to be sure.
        sections = sorted((*request, *answer), key=lambda section: (section.side == "answer", section.is_whole))
        row = self._row
        is_other |= not 0 <= row < len(sections)  # nothing of it was there before
        if is_other:
            row = _first(sections)
        number = 0 if is_other else self._number
        self._row = row
        self.model.show(sections)
        index = self.model.index(row, 0) if row >= 0 else QModelIndex()
        self.list.setCurrentIndex(index)
        if is_other:
            self.list.scrollTo(index)
        self._open(row, number, stay=not is_other)

    def _row_changed(self, index: QModelIndex) -> None:
        if index.row() != self._row and index.isValid():
            self._open(index.row(), 0, aloud=False)

    def choose(self, row: int, number: int, *, aloud: bool = True) -> None:
        """Makes a span the chosen one: the section's row, and the mark's number in it (-1: none)."""
        if row == self._row and self._ready.source is self.model.section(row):
            self._choose(number, aloud=aloud)
        else:
            self._open(row, number, aloud=aloud)

    def _open(self, row: int, number: int, *, aloud: bool = False, stay: bool = False) -> None:
        """Shows a section and goes to a span in it, once it is ready; with `stay`, what is in view stays there."""
        is_other = row != self._row
        self._row = row
        if is_other:
            self.list.setCurrentIndex(self.model.index(row, 0))
        self._opening += 1
        section = self.model.section(row)
        if section is None:
            self._present(NOTHING, -1)
        elif len(section.ours) < LONG:
            self._present(self._made_ready(section), number, aloud=aloud, stay=stay)
        else:
            self._tasks.start(self._open_aside(section, number, self._opening, aloud, stay))

    async def _open_aside(self, section: Section, number: int, opening: int, aloud: bool, stay: bool) -> None:
        made = await asyncio.to_thread(self._made_ready, section)
        if opening == self._opening:
            self._present(made, number, aloud=aloud, stay=stay)

    def _made_ready(self, section: Section) -> Ready:
        is_refused = self._exchange is not None and self._exchange.outcome == "refused"
        return ready(section, is_veiled=self._is_veiled, did_leave=section.side == "answer" or not is_refused)

    def _present(
        self, made: Ready, number: int, *, aloud: bool = False, stay: bool = False, opening: bool = False
    ) -> None:
        self._ready = made
        if opening:
            told = tr("Opening…"), ""
        elif made.source is None:
            told = nothing(self._exchange)
        else:
            told = notes(made.section, self._exchange, self._is_veiled)
        self.sides.show_section(made, told)
        self._choose(number, aloud=aloud, stay=stay)
        if not opening:
            self.settled.emit()

    def _choose(self, number: int, *, aloud: bool, stay: bool = False) -> None:
        real = self._ready.source
        if real is None or not 0 <= number < len(self.section.marks):
            self._number = -1
            self.actions_of_span.use(None)
            total = sum(self._counts())
            self.bar.show_status(counted("{n} spans: Alt+Down goes to the next", total) if total else "")
            return
        self._number = number
        self.sides.choose(number, stay=stay)
        mark = real.marks[number]
        counts = [len(real.marks)] if real.is_whole else self._counts()
        first = 0 if real.is_whole else sum(counts[: self._row])
        place = tr("Span {number} of {all}").format(number=f"{first + number + 1:,}", all=f"{sum(counts):,}")
        parts = [place, mark.entity, real.placeholder(mark), why(mark)]
        self.bar.show_status(" · ".join(filter(None, parts)), aloud=aloud)
        self.actions_of_span.use(Span(real.value(mark), mark.entity, real.placeholder(mark), not self._is_veiled))

    def _counts(self) -> list[int]:
        """How many spans there are to go to in each row. Those of whole bodies are in other rows already."""
        rows = (self.model.section(row) for row in range(self.model.rowCount()))
        is_veiled = self._is_veiled
        return [0 if s is None or s.is_whole or (s.is_open and is_veiled) else len(s.marks) for s in rows]

    def step(self, by: int) -> None:
        """To the next span (1), or the one before (-1), over all messages; round at the ends."""
        if self.section.is_whole and self.section.marks:
            self._choose((self._number + by) % len(self.section.marks), aloud=True)
            return
        counts = self._counts()
        if not any(counts):
            return
        row, number = self._row, self._number + by
        if 0 <= row < len(counts) and 0 <= number < counts[row]:
            self.choose(row, number)
            return
        ahead = range(row + 1, row + 1 + len(counts)) if by > 0 else range(row - 1, row - 1 - len(counts), -1)
        row = next(at % len(counts) for at in ahead if counts[at % len(counts)])
        self.choose(row, 0 if by > 0 else counts[row] - 1)

    def _menu(self, at: QPoint, number: int, is_ours: bool) -> None:
        section = self.section
        pane = self.sides.ours if is_ours else self.sides.theirs
        start, end = pane.view.selection
        if number >= 0 and start == end:
            self.choose(self._row, number)
        self.actions_of_span.menu(at, selected_text(section, start, end, is_ours=is_ours) if start < end else "")


def _state(exchange: Exchange) -> tuple[object, ...]:
    """What tells whether there is something new to show."""
    came, got = exchange.transcript()
    ends = exchange.outcome, exchange.is_running, exchange.is_wiped, exchange.notices
    return id(exchange.sent), len(exchange.earlier), len(came), len(got), *ends


def _first(sections: Sequence[Section]) -> int:
    """The row to begin with: the latest message in which something was hidden, else the latest."""
    asked = [row for row, section in enumerate(sections) if section.side == "request"]
    marked = [row for row in asked if sections[row].marks and not sections[row].is_whole]
    plain = [row for row in asked if not sections[row].is_whole]
    return (marked or plain or asked or range(len(sections)) or [-1])[-1]
