"""The dictionary window: the user's own terms, what is allowed, and patterns."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout

from app.store.terms import Terms
from app.ui.bridge import Bridge
from app.ui.tasks import Tasks
from app.ui.term_kinds import ALLOWED, PATTERNS, TERMS
from app.ui.term_page import TermPage
from app.ui.window import Window


class Dictionary(Window):
    """A tab for each kind of entry."""

    def __init__(self, terms: Terms, bridge: Bridge, tasks: Tasks) -> None:
        super().__init__("Dictionary — Anonamoose", 900, 600)
        self._store = terms
        self._tasks = tasks
        self.terms, self.allowed, self.patterns = (
            TermPage(page, terms, bridge, tasks) for page in (TERMS, ALLOWED, PATTERNS)
        )
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for page, shown in ((TERMS, self.terms), (ALLOWED, self.allowed), (PATTERNS, self.patterns)):
            self.tabs.addTab(shown, page.tab)
        layout = QVBoxLayout(self)
        layout.addWidget(self.tabs)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(lambda: self.page.search.setFocus())

    @property
    def page(self) -> TermPage:
        """The page in front."""
        return (self.terms, self.allowed, self.patterns)[self.tabs.currentIndex()]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tasks.start(self._store.refresh())  # the command line may have changed it
