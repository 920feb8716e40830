"""The first steps: what this does, what to look for, how to go on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.application import Application
from app.ui.first_steps import Choices, Going, Showing
from app.ui.language import tr
from app.ui.tasks import Tasks
from app.ui.window import Window, bold, quiet


class FirstRun(Window):
    """Three pages. Closing it, at any of them, is having seen it."""

    #: The user wants to connect a tool.
    connect_asked = Signal()

    def __init__(self, application: Application, tasks: Tasks) -> None:
        super().__init__(tr("Welcome — Anonamoose"), 720, 600)
        self._settings = application.settings
        self.showing = Showing(application, tasks)
        self.choices = Choices(application.settings)
        self.going = Going(application)
        self.going.connect_asked.connect(self._connect)
        self._pages = QStackedLayout()
        for page in (self.showing, self.choices, self.going):
            self._pages.addWidget(_headed(tr(page.TITLE), tr(page.SAYS), page))
        self.step = quiet("")
        self.back = QPushButton(tr("&Back"))
        self.next = QPushButton(tr("&Next"))
        self.back.clicked.connect(lambda: self._go(-1))
        self.next.clicked.connect(lambda: self._go(1))
        buttons = QHBoxLayout()
        buttons.addWidget(self.step, 1)
        buttons.addWidget(self.back)
        buttons.addWidget(self.next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(14)
        layout.addLayout(self._pages, 1)
        layout.addLayout(buttons)
        self._go(0)

    @property
    def page(self) -> int:
        """Which page is shown, from 0."""
        return self._pages.currentIndex()

    def _go(self, by: int) -> None:
        page = self.page + by
        if page == self._pages.count():
            self.close()
            page = 0
        self._pages.setCurrentIndex(page)
        last = self._pages.count() - 1
        self.step.setText(tr("Step {number} of {all}").format(number=page + 1, all=last + 1))
        self.back.setEnabled(page > 0)
        self.next.setText(tr("&Done") if page == last else tr("&Next"))
        self.next.setFocus()

    def _connect(self) -> None:
        self.close()
        self.connect_asked.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._settings.current.welcome and not self._settings.is_fixed("welcome"):
            self._settings.set("welcome", False)
        super().closeEvent(event)


def _headed(title: str, says: str, page: QWidget) -> QWidget:
    whole = QWidget()
    layout = QVBoxLayout(whole)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(10)
    heading = QLabel(title)
    heading.setFont(bold(heading.font(), 1.5))
    layout.addWidget(heading)
    layout.addWidget(quiet(says))
    room = QScrollArea(widgetResizable=True)  # for large letters on a small screen
    room.setFrameShape(QFrame.Shape.NoFrame)
    room.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it comes into view as it is reached
    room.setWidget(page)
    layout.addWidget(room, 1)
    return whole
