"""A small window with all that the tray has, for desktops without one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenuBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
)

from app.application import Application
from app.ui.actions import Actions
from app.ui.icons import mark_pixmap
from app.ui.language import tr
from app.ui.pause_menu import PauseMenu
from app.ui.window import Window, WrappedLabel, bold, quiet


class MainWindow(Window):
    """State, switch, base URL and the ways to the other windows."""

    def __init__(self, application: Application, actions: Actions) -> None:
        super().__init__("Anonamoose", 460, 300)
        self._application = application
        self._actions = actions
        self._trayless = False
        self.banner = quiet(
            tr("This desktop has no system tray, so Anonamoose keeps to this window; closing it only minimises it.")
        )
        self.banner.hide()
        self._mark = QLabel()
        self.line = WrappedLabel()
        self.line.setFont(bold(self.line.font(), 1.35))
        self.detail = quiet("")
        self.switch = QCheckBox(tr("&Protection"))
        self.switch.clicked.connect(self._switch)
        self.url = QLineEdit(readOnly=True)
        self.url.setAccessibleName(tr("Base URL"))
        label = QLabel(tr("Base &URL for your tools:"))
        label.setBuddy(self.url)
        self.copy = QPushButton(tr("C&opy"))
        self.copy.clicked.connect(actions.copy.trigger)

        layout = QVBoxLayout(self)
        layout.setMenuBar(self._make_menu())
        layout.setSpacing(10)
        layout.setContentsMargins(18, 14, 18, 16)
        words = QVBoxLayout()
        words.addWidget(self.line)
        words.addWidget(self.detail)
        words.addSpacing(4)
        words.addWidget(self.switch)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self._mark, alignment=Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        address = QHBoxLayout()
        address.addWidget(self.url, 1)
        address.addWidget(self.copy)
        ways = QHBoxLayout()
        for action in (actions.inspector, actions.dictionary, actions.settings, actions.connect_tool):
            ways.addWidget(_button(action), 1)
        rule = QFrame(frameShape=QFrame.Shape.HLine)
        rule.setForegroundRole(rule.palette().ColorRole.Mid)
        layout.addWidget(self.banner)
        layout.addLayout(top)
        layout.addStretch(1)
        layout.addWidget(rule)
        layout.addWidget(label)
        layout.addLayout(address)
        layout.addSpacing(4)
        layout.addLayout(ways)
        actions.changed.connect(self.refresh)
        self.refresh()

    def _make_menu(self) -> QMenuBar:
        bar = QMenuBar(self)
        menu = bar.addMenu(tr("&Anonamoose"))
        menu.addAction(self._actions.protection)
        self.pause = PauseMenu(self._application, self._actions, self)
        menu.addMenu(self.pause)
        menu.addSeparator()
        menu.addActions([self._actions.waiting, self._actions.review])
        menu.addSeparator()
        actions = self._actions
        menu.addActions([actions.inspector, actions.dashboard, actions.dictionary, actions.settings])
        menu.addActions([actions.try_it, actions.redact, actions.restore])
        menu.addSeparator()
        menu.addActions([actions.connect_tool, actions.copy, actions.welcome])
        menu.addSeparator()
        menu.addAction(actions.forget)
        menu.addAction(self._actions.quit)
        return bar

    def refresh(self) -> None:
        """Shows the current state."""
        now = self._actions.now
        self.line.setText(self._actions.state.text())
        self.detail.setText(now.detail)
        self._mark.setPixmap(mark_pixmap(now.mark, 72, self.devicePixelRatioF()))
        self.switch.setChecked(self._actions.is_on)
        self.switch.setEnabled(self._actions.protection.isEnabled())
        self.url.setText(self._application.state.base_url)
        self.copy.setEnabled(self._actions.copy.isEnabled())

    def stand_in(self, trayless: bool) -> None:
        """Whether this window stands in for the tray, and so must stay reachable."""
        self._trayless = trayless
        self.banner.setVisible(trayless)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._trayless:
            event.ignore()
            self.showMinimized()
        else:
            super().closeEvent(event)

    def _switch(self, on: bool) -> None:
        self.switch.setChecked(self._actions.is_on)
        self._actions.turn(on, self)


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    action.setIconText(action.text().removesuffix("…"))  # with its key, which Qt leaves out of buttons
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
    button.setIconSize(QSize(0, 0))
    return button
