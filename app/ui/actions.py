"""The actions that tray menu and main window share, kept in step with the app's state."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMessageBox, QWidget

from app.application import Application
from app.chosen import parse_chosen
from app.errors import UserError
from app.state import Protection
from app.ui.language import counted, tr
from app.ui.notice import ask
from app.ui.status import off_warning, status
from app.ui.tasks import Tasks


class Actions(QObject):
    """One QAction for each thing to do; `changed` follows every refresh."""

    changed = Signal()
    main_asked = Signal()
    inspector_asked = Signal()
    dictionary_asked = Signal()
    settings_asked = Signal()
    review_asked = Signal()
    connect_asked = Signal()
    dashboard_asked = Signal()
    welcome_asked = Signal()
    try_asked = Signal()
    redact_asked = Signal()
    restore_asked = Signal()
    quit_asked = Signal()

    def __init__(self, application: Application, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._tasks = tasks
        self._question: QMessageBox | None = None
        self._forgetting: QMessageBox | None = None
        #: What is waited for before the app ends, in words; "" while nobody wants it to.
        self.quitting = ""
        self.busy = False

        # Not disabled, which would be hard to read: they lead to where more is said.
        self.state = self._action("", self.main_asked.emit)
        self.reason = self._action("", self.main_asked.emit)
        self.protection = QAction(tr("&Protection"), self, checkable=True)
        self.protection.triggered.connect(self.turn)
        self.inspector = self._action(tr("&Inspector…"), self.inspector_asked.emit)
        self.dictionary = self._action(tr("&Dictionary…"), self.dictionary_asked.emit)
        self.settings = self._action(tr("&Settings…"), self.settings_asked.emit)
        self.settings.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.review = QAction(tr("Re&view before sending"), self, checkable=True)
        self.review.triggered.connect(self._review)
        self.waiting = self._action("", self.review_asked.emit)
        self.newer = self._action("", self._show_release)
        self.connect_tool = self._action(tr("&Connect a tool…"), self.connect_asked.emit)
        self.dashboard = self._action(tr("D&ashboard…"), self.dashboard_asked.emit)
        self.welcome = self._action(tr("Fi&rst steps…"), self.welcome_asked.emit)
        self.try_it = self._action(tr("&Try it…"), self.try_asked.emit)
        self.redact = self._action(tr("R&edact clipboard"), self.redact_asked.emit)
        self.restore = self._action(tr("Restore clip&board"), self.restore_asked.emit)
        self.forget = self._action(tr("&Forget everything…"), self._ask_to_forget)
        self.copy = self._action(tr("C&opy base URL"), self._copy)
        self.quit = self._action(tr("&Quit"), self.quit_asked.emit)
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        self.quit.setShortcut(QKeySequence(QKeySequence.StandardKey.Quit))
        self.quit.setShortcutVisibleInContextMenu(False)  # it works in the main window only
        self.refresh()

    def _action(self, text: str, slot: Callable[[], None]) -> QAction:
        action = QAction(text, self)
        action.triggered.connect(lambda: slot())  # without the checked state
        return action

    @property
    def is_on(self) -> bool:
        return self._application.settings.current.protection

    def refresh(self) -> None:
        """Brings texts, checks and icons up to date."""
        state = self._application.state
        waiting = len(self._application.review.waiting)
        self.now = now = status(state, busy=self.busy, waiting=waiting)
        self.state.setText(self.quitting or now.line)
        # A second time, nothing is waited for.
        self.quit.setText(tr("&Quit now") if self.quitting else tr("&Quit"))
        self.reason.setText(now.detail)
        self.reason.setVisible(state.protection is Protection.BROKEN)
        self.protection.setChecked(self.is_on)
        self.protection.setEnabled(not self.quitting)
        self.review.setChecked(bool(parse_chosen(self._application.settings.current.review)))
        self.waiting.setText(counted("{n} request(s) waiting for revie&w…", waiting))
        self.waiting.setVisible(waiting > 0)
        release = self._application.news.release
        self.newer.setText(tr("Version {version} is out…").format(version=release.version) if release else "")
        self.newer.setVisible(release is not None)
        self.newer.setEnabled(bool(release and release.page))
        for action in (
            self.copy,
            self.dictionary,
            self.dashboard,
            self.try_it,
            self.redact,
            self.restore,
            self.forget,
        ):  # there is neither URL nor vault before the start
            action.setEnabled(bool(state.base_url))
        self.copy.setToolTip(state.base_url)
        self.changed.emit()

    def turn(self, on: bool, parent: QWidget | None = None) -> None:
        """Turns protection on, or asks whether to turn it off."""
        self.protection.setChecked(self.is_on)  # until it is so: the click itself has changed the check
        if on == self.is_on:
            return
        if on:
            self._set(True)
        elif self._question is None:
            question, consequence = off_warning(self._application.settings.current.when_off)
            self._question = ask(parent, question, consequence, tr("Turn off"), tr("Keep protecting"), self._answered)
        else:
            self._question.activateWindow()

    def _show_release(self) -> None:
        if release := self._application.news.release:
            QDesktopServices.openUrl(QUrl(release.page))

    def _review(self, on: bool) -> None:
        try:
            self._application.settings.set("review", "all" if on else "off")
        except UserError as error:
            self._tasks.failed.emit(error)
        self.refresh()

    def _answered(self, off: bool) -> None:
        self._question = None
        if off:
            self._set(False)
        self.refresh()

    def _ask_to_forget(self) -> None:
        if self._forgetting is None:
            self._forgetting = ask(
                None,
                tr("Forget everything?"),
                tr(
                    "All sessions with their values, the counts, the audit trail and the exchanges in the inspector "
                    "are deleted for good. Placeholders in old conversations can never be restored. The dictionary "
                    "and the settings stay, as do the keys of tools and providers."
                ),
                tr("Forget everything"),
                tr("Keep"),
                self._forget,
            )
        else:
            self._forgetting.activateWindow()

    def _forget(self, forget: bool) -> None:
        self._forgetting = None
        if forget:
            self._tasks.start(self._application.forget_everything())

    def _set(self, on: bool) -> None:
        self._tasks.start(self._application.set_protection(on))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._application.state.base_url)
