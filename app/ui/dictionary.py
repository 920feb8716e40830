"""The dictionary window: the user's own terms, what is allowed, and patterns."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QToolButton, QVBoxLayout, QWidget

from app.store.term_use import TermUse
from app.store.terms import Terms
from app.ui.bridge import Bridge
from app.ui.language import tr
from app.ui.tasks import Tasks
from app.ui.term_kinds import ALLOWED, PATTERNS, TERMS
from app.ui.term_page import TermPage
from app.ui.term_undo import TermHistory
from app.ui.window import Window


class Dictionary(Window):
    """A tab for each kind of entry."""

    def __init__(
        self,
        terms: Terms,
        bridge: Bridge,
        tasks: Tasks,
        use: TermUse | None = None,
        texts: Callable[[], list[str]] = list,
    ) -> None:
        """`use` knows how often terms were met, `texts` gives those that lately were, to try terms on."""
        super().__init__(tr("Dictionary — Anonamoose"), 980, 620)
        self.history = TermHistory(terms, tasks)
        self._store = terms
        self._tasks = tasks
        self.terms, self.allowed, self.patterns = (
            TermPage(page, terms, bridge, tasks, self.history, use, texts) for page in (TERMS, ALLOWED, PATTERNS)
        )
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for page, shown in ((TERMS, self.terms), (ALLOWED, self.allowed), (PATTERNS, self.patterns)):
            self.tabs.addTab(shown, tr(page.tab))
        self.tabs.setCornerWidget(self._make_corner(), Qt.Corner.TopRightCorner)
        layout = QVBoxLayout(self)
        layout.addWidget(self.tabs)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(lambda: self.page.search.setFocus())

    def _make_corner(self) -> QWidget:
        undo, redo = self.history.createUndoAction(self, tr("&Undo")), self.history.createRedoAction(self, tr("&Redo"))
        undo.setShortcut(QKeySequence(QKeySequence.StandardKey.Undo))
        redo.setShortcut(QKeySequence(QKeySequence.StandardKey.Redo))
        corner = QWidget()
        layout = QHBoxLayout(corner)
        layout.setContentsMargins(0, 0, 0, 2)
        for action in (undo, redo):
            button = QToolButton(autoRaise=True)
            button.setDefaultAction(action)
            layout.addWidget(button)
        return corner

    @property
    def page(self) -> TermPage:
        """The page in front."""
        return (self.terms, self.allowed, self.patterns)[self.tabs.currentIndex()]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tasks.start(self._store.refresh())  # the command line may have changed it
