"""Two texts of one section beside each other; where one is scrolled to, the other follows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from app.proxy.section import Mark
from app.ui.language import tr
from app.ui.marked_text import MarkedText
from app.ui.reading import NOTHING, Ready, Side
from app.ui.window import bold, quiet


class TextPane(QWidget):
    """A heading, a sentence, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self._heading = QLabel()
        self._heading.setFont(bold(self._heading.font()))
        self._note = quiet("")
        self.view = MarkedText()
        self._heading.setBuddy(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._heading)
        top.addWidget(self._note, 1)
        layout.addLayout(top)
        layout.addWidget(self.view, 1)

    def show_text(self, heading: str, note: str, side: Side) -> None:
        """Shows all of it; unchanged texts keep their place."""
        self._heading.setText(heading)
        self._note.setText(note)
        self.view.setAccessibleName(heading)
        self.view.setAccessibleDescription(note)
        self.view.fill(side)

    @property
    def heading(self) -> str:
        return self._heading.text()

    @property
    def note(self) -> str:
        return self._note.text()


class SideBySide(QSplitter):
    """On the left what came first."""

    #: The number of a mark that was clicked.
    clicked = Signal(int)
    #: A menu is asked for: there, for this mark (-1: none), on the side of ours or not.
    menu_asked = Signal(QPoint, int, bool)

    def __init__(self) -> None:
        super().__init__()
        self.setChildrenCollapsible(False)
        self.left, self.right = TextPane(), TextPane()
        self._ready = NOTHING
        self._is_following = False
        for pane, other in ((self.left, self.right), (self.right, self.left)):
            self.addWidget(pane)
            pane.view.clicked.connect(self.clicked)
            pane.view.moved.connect(lambda pane=pane, other=other: self._follow(pane, other))
            pane.view.menu_asked.connect(
                lambda at, number, pane=pane: self.menu_asked.emit(at, number, self.is_ours(pane))
            )
        self.setSizes([500, 500])

    def is_ours(self, pane: TextPane) -> bool:
        """Whether a pane shows what is on this side of the proxy."""
        return (pane is self.left) == (self._ready.section.side == "request")

    @property
    def ours(self) -> TextPane:
        return self.left if self.is_ours(self.left) else self.right

    @property
    def theirs(self) -> TextPane:
        return self.right if self.is_ours(self.left) else self.left

    def show_section(self, ready: Ready, notes: tuple[str, str]) -> None:
        """Shows a section with a sentence for each pane, the left one's first."""
        self._ready = ready
        if ready.section.side == "request":
            self.left.show_text(tr("Your tool sent"), notes[0], ready.ours)
            self.right.show_text(tr("Left this machine"), notes[1], ready.theirs)
        else:
            self.left.show_text(tr("Came back"), notes[0], ready.theirs)
            self.right.show_text(tr("Your tool got"), notes[1], ready.ours)

    def choose(self, number: int, *, stay: bool = False) -> None:
        """Sets a mark off on both sides, and brings it into view unless what is there is to `stay`."""
        self._is_following = True  # both go there by themselves
        self.left.view.choose(number, stay=stay)
        self.right.view.choose(number, stay=stay)
        self._is_following = False

    def _follow(self, pane: TextPane, other: TextPane) -> None:
        if self._is_following:
            return
        self._is_following = True
        bar = pane.view.verticalScrollBar()
        if bar.value() == bar.minimum():
            other.view.verticalScrollBar().setValue(0)
        elif bar.value() == bar.maximum():
            other.view.verticalScrollBar().setValue(other.view.verticalScrollBar().maximum())
        else:
            other.view.scroll_to(across(self._ready.section.marks, pane.view.top, to_theirs=self.is_ours(pane)))
        self._is_following = False


def across(marks: Sequence[Mark], place: int, *, to_theirs: bool) -> int:
    """The place on the other side that `place` stands for."""
    number = bisect_right(marks, place, key=lambda mark: mark.start if to_theirs else mark.at) - 1
    if number < 0:
        return place
    mark = marks[number]
    _start, end, at, until = (
        (mark.start, mark.end, mark.at, mark.until) if to_theirs else (mark.at, mark.until, mark.start, mark.end)
    )
    return at if place < end else until + place - end
