"""Who may ask: the access token, and the keys that tools use in place of a provider's."""

from __future__ import annotations

import time
from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.access_token import access_token
from app.application import Application
from app.store.access import Scope
from app.ui.bridge import Bridge
from app.ui.language import later, tr
from app.ui.local_keys import LocalKeys
from app.ui.notice import ask
from app.ui.rows import RowsView
from app.ui.tasks import Tasks
from app.ui.window import Complaint, bold, quiet, room_for_prompt
from app.upstreams import targets

_TOKEN = later("The management API takes it, and whoever has it may read and change everything.")
_KEYS = later(
    "A local key stands for a provider’s key, which stays here. Each can be limited to a provider and a session, and "
    "be revoked; it is shown once."
)
_DAY = 24 * 3600.0


class AccessPanel(QWidget):
    """Token above, local keys below."""

    def __init__(self, application: Application, bridge: Bridge, tasks: Tasks) -> None:
        super().__init__()
        self.setAccessibleName(tr("Access"))
        self.setAccessibleDescription(f"{tr(_TOKEN)} {tr(_KEYS)} {tr('access token local key rotate revoke')}")
        self._application = application
        self._tasks = tasks
        self.token = QLineEdit(readOnly=True, echoMode=QLineEdit.EchoMode.Password)
        self.token.setAccessibleName(tr("Access token"))
        self.token.setPlaceholderText(tr("Not shown"))
        self.reveal = _button(tr("Show"), tr("Show the access token"), self._reveal)
        self.copy = _button(tr("Copy"), tr("Copy the access token"), lambda: self._copy(self.token))
        self.rotate = _button(tr("Make another…"), tr("Make another access token"), self._ask_to_rotate)
        self.keys = LocalKeys()
        self.view = RowsView(self.keys, tr("Local keys"))
        self.revoke = _button(tr("Revoke…"), tr("Revoke the chosen local key"), self._ask_to_revoke)
        self.label = QLineEdit(placeholderText=tr("Label, say the tool’s name"))
        self.label.setAccessibleName(tr("Label"))
        self.provider = QComboBox()
        self.provider.setAccessibleName(tr("Provider"))
        self.session = QLineEdit(placeholderText=tr("Any session"))
        self.session.setAccessibleName(tr("Session"))
        self.days = QDoubleSpinBox(decimals=0, maximum=36525, suffix=f" {tr('days')}")
        self.days.setSpecialValueText(tr("Until revoked"))
        self.days.setAccessibleName(tr("Days"))
        self.add = _button(tr("Make a key"), tr("Make a local key"), lambda: self._start(self.make()))
        self.made = QLineEdit(readOnly=True)
        self.made.setAccessibleName(tr("New local key"))
        self.copy_made = _button(tr("Copy"), tr("Copy the new local key"), lambda: self._copy(self.made))
        self.complaint = Complaint()
        self._lay_out()
        for widget in (self.made, self.copy_made, self._once):
            widget.hide()
        bridge.setting_changed.connect(self._setting_changed)
        self._fill_providers()

    def _lay_out(self) -> None:
        token = QHBoxLayout()
        token.addWidget(self.token, 1)
        for button in (self.reveal, self.copy, self.rotate):
            token.addWidget(button)
        form = QGridLayout()
        form.addWidget(self.label, 0, 0, 1, 4)
        for column, field in enumerate((self.provider, self.session, self.days, self.add)):
            form.addWidget(field, 1, column)
        form.setColumnStretch(1, 1)
        for line in (self.label, self.session):
            room_for_prompt(line)
        self._once = quiet(tr("Use it as the tool’s API key. It is not shown again."))
        once = QHBoxLayout()
        once.addWidget(self.made, 1)
        once.addWidget(self.copy_made)
        self._none = quiet(tr("No local keys yet: tools send the provider’s own."))
        below = QHBoxLayout()
        below.addStretch(1)
        below.addWidget(self.revoke)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for words, says in ((tr("Access token"), tr(_TOKEN)), (tr("Local keys"), tr(_KEYS))):
            heading = QLabel(words)
            heading.setFont(bold(heading.font()))
            layout.addWidget(heading)
            layout.addWidget(quiet(says))
            if says == tr(_TOKEN):
                layout.addLayout(token)
                layout.addSpacing(10)
        layout.addLayout(form)
        layout.addWidget(self._once)
        layout.addLayout(once)
        layout.addWidget(self.complaint)
        layout.addWidget(self._none)
        layout.addWidget(self.view, 1)
        layout.addLayout(below)
        layout.addStretch()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._application.base_url:
            self._start(self._read())
        self.setEnabled(bool(self._application.base_url))

    def _setting_changed(self, name: str) -> None:
        if name == "upstreams":
            self._fill_providers()

    def _fill_providers(self) -> None:
        self.provider.clear()
        self.provider.addItem(tr("Any provider"), ())
        for target in targets(self._application.settings.current.upstreams):
            self.provider.addItem(target, (target,))

    async def _read(self) -> None:
        self.keys.fill(await self._application.access.all())
        self.revoke.setEnabled(bool(self.keys.rowCount()))
        self._none.setVisible(not self.keys.rowCount())
        for widget in (self.view, self.revoke):
            widget.setVisible(bool(self.keys.rowCount()))

    def _reveal(self) -> None:
        if self.token.text():
            self.token.clear()
            self.reveal.setText(tr("Show"))
        else:
            self._start(self.show_token())

    async def show_token(self, *, another: bool = False) -> None:
        """Shows the access token; makes one where there is none, or `another`. Raises UserError."""
        application = self._application
        token, _ = await access_token(application.access, application.keychain, another=another)
        self.token.setText(token)
        self.token.setEchoMode(QLineEdit.EchoMode.Normal)
        self.reveal.setText(tr("Hide"))

    def _ask_to_rotate(self) -> None:
        words = tr("The one there is now is good for nothing from then on.")
        ask(self.window(), tr("Make another access token?"), words, tr("Make another"), tr("Keep it"),
            lambda yes: self._start(self.show_token(another=True)) if yes else None)  # fmt: skip

    async def make(self) -> None:
        """Makes a local key of what the fields say, and shows it. Raises UserError."""
        days = self.days.value()
        expires = time.time() + days * _DAY if days else 0.0
        scope = Scope(tuple(self.provider.currentData()), self.session.text().strip(), {}, expires)
        self.made.setText(await self._application.access.add(self.label.text().strip(), scope))
        for widget in (self.made, self.copy_made, self._once):
            widget.show()
        self.label.clear()
        await self._read()

    def _ask_to_revoke(self) -> None:
        key = self.keys.item(self.view.currentIndex())
        if key is not None:
            label = key.label
            words = tr("The tool that uses it is refused from its next request on.")
            ask(self.window(), tr("Revoke the local key {label}?").format(label=label), words, tr("Revoke"), tr("Keep"),
                lambda yes: self._start(self.take_back(label)) if yes else None)  # fmt: skip

    async def take_back(self, label: str) -> None:
        """Revokes a local key. Raises UserError."""
        await self._application.access.revoke(label)
        await self._read()

    def hideEvent(self, event: QHideEvent) -> None:
        """What was shown once is not left standing."""
        self.token.clear()
        self.reveal.setText(tr("Show"))
        self.made.clear()
        for widget in (self.made, self.copy_made, self._once):
            widget.hide()
        super().hideEvent(event)

    def _copy(self, field: QLineEdit) -> None:
        if field.text():
            QGuiApplication.clipboard().setText(field.text())
        else:
            self._start(self._copy_token())

    async def _copy_token(self) -> None:
        await self.show_token()
        QGuiApplication.clipboard().setText(self.token.text())

    def _start(self, work: Coroutine[Any, Any, object]) -> None:
        self.complaint.tell("")
        self._tasks.start(work, self.complaint.tell)


def _button(words: str, name: str, slot: Any) -> QPushButton:
    button = QPushButton(words)
    button.setAccessibleName(name)
    button.clicked.connect(lambda: slot())
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
