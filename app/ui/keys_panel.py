"""The providers' keys: kept in the system's keyring, tried, and never shown again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.application import Application
from app.changes import Change
from app.provider_keys import ProviderKey, read_key, upstream_of
from app.proxy.key_trial import try_key
from app.ui.bridge import Bridge
from app.ui.language import later, tr
from app.ui.notice import ask
from app.ui.tasks import Tasks
from app.ui.window import Complaint, quiet
from app.upstreams import origin_of, targets

_SAYS = later(
    "A tool with a local key (see Access) needs no key of a provider: yours goes on in its place. Keys are kept in the "
    "system’s keyring, or where there is none in a file that only you can read; each is sent to one place and nowhere "
    "else."
)


@dataclass(frozen=True, slots=True)
class _Row:
    target: str
    state: QLabel
    buttons: dict[str, QPushButton]


class KeysPanel(QWidget):
    """A row for each provider and named upstream."""

    def __init__(self, application: Application, bridge: Bridge, tasks: Tasks) -> None:
        super().__init__()
        self.setAccessibleName(tr("Keys"))
        self.setAccessibleDescription(f"{tr(_SAYS)} {tr('openai anthropic gemini ollama api key test')}")
        self._application = application
        self._tasks = tasks
        self.rows: dict[str, _Row] = {}
        self.complaint = Complaint()
        self.said = quiet("")
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._grid.setVerticalSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(quiet(tr(_SAYS)))
        layout.addLayout(self._grid)
        layout.addWidget(self.said)
        layout.addWidget(self.complaint)
        layout.addStretch(1)
        bridge.setting_changed.connect(self._changed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _changed(self, name: str) -> None:
        if name.endswith("upstream") or name == "upstreams":
            self.refresh()

    def refresh(self) -> None:
        """Reads which keys there are, beside the windows: a keyring may ask to be unlocked."""
        known = targets(self._application.settings.current.upstreams)
        if [*self.rows] != known:
            self._make_rows(known)
        if self.isVisible():
            self._start(self._read())

    def _make_rows(self, known: list[str]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.rows = {}
        ways: dict[str, Callable[[str], None]] = {later("Set…"): self._ask, later("Confirm…"): self._ask_to_confirm}
        ways |= {later("Test"): self._test, later("Remove…"): self._ask_to_remove}
        for number, target in enumerate(known):
            state = quiet("")
            row = self.rows[target] = _Row(target, state, {})
            self._grid.addWidget(QLabel(target), number, 0)
            self._grid.addWidget(state, number, 1)
            side = QWidget()
            buttons = QHBoxLayout(side)
            buttons.setContentsMargins(0, 0, 0, 0)
            self._grid.addWidget(side, number, 2, Qt.AlignmentFlag.AlignRight)
            for words, slot in ways.items():
                button = row.buttons[words] = QPushButton(tr(words))
                button.setAccessibleName(f"{tr(words)} {target}")
                button.clicked.connect(lambda _=False, slot=slot, target=target: slot(target))
                buttons.addWidget(button)
                button.setVisible(words == "Set…")

    async def _read(self) -> None:
        for target, row in list(self.rows.items()):
            key = await asyncio.to_thread(self._application.provider_keys.get, target)
            if self.rows.get(target) is row:
                self._show(row, key)

    def _show(self, row: _Row, key: ProviderKey | None) -> None:
        place = upstream_of(self._application.settings.current, row.target)
        is_sent = key is not None and key.is_for(place)
        if key is None:
            row.state.setText(tr("No key. Tools send their own."))
        elif is_sent:
            row.state.setText(tr("Kept, for {place} alone.").format(place=key.origin))
        else:
            row.state.setText(
                tr("Not sent: kept for {place}, while requests go to {other}.").format(
                    place=key.origin or tr("no place"), other=origin_of(place)
                )
            )
        row.buttons["Set…"].setText(tr("Replace…") if key else tr("Set…"))
        row.buttons["Confirm…"].setVisible(key is not None and not is_sent)
        row.buttons["Test"].setVisible(is_sent)
        row.buttons["Remove…"].setVisible(key is not None)

    def _ask(self, target: str) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle("Anonamoose")
        dialog.setLabelText(tr("Key of {target}:").format(target=target))
        dialog.setTextEchoMode(QLineEdit.EchoMode.Password)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.textValueSelected.connect(lambda text: self._start(self.keep(target, text)))
        dialog.open()

    async def keep(self, target: str, text: str) -> None:
        """Keeps a key. Raises UserError."""
        url = upstream_of(self._application.settings.current, target)
        where = await asyncio.to_thread(self._application.provider_keys.put, target, read_key(text), url)
        await self._told(
            "provider-key-set", tr("The key of {target} is kept in {where}.").format(target=target, where=tr(where))
        )

    def _ask_to_confirm(self, target: str) -> None:
        place = origin_of(upstream_of(self._application.settings.current, target))
        words = tr("From now on the key of {target} is sent to {place}, and to no other place.")
        words = words.format(target=target, place=place)
        question = tr("Send the key to {place}?").format(place=place)
        ask(self.window(), question, words, tr("Send it there"), tr("Keep it back"),
            lambda yes: self._start(self.confirm(target)) if yes else None)  # fmt: skip

    async def confirm(self, target: str) -> None:
        """Lets a key be sent to where requests go now. Raises UserError."""
        url = upstream_of(self._application.settings.current, target)
        await asyncio.to_thread(self._application.provider_keys.confirm, target, url)
        said = tr("The key of {target} is sent to {place}.").format(target=target, place=origin_of(url))
        await self._told("provider-key-confirmed", said)

    def _test(self, target: str) -> None:
        self.said.setText(tr("Asking {target}…").format(target=target))
        self._start(self.test(target))

    async def test(self, target: str) -> None:
        """Asks the provider whether it takes the key. Raises UserError."""
        keys = self._application.provider_keys
        self.said.setText(tr(await try_key(self._application.settings.current, target, keys)))

    def _ask_to_remove(self, target: str) -> None:
        words = tr("Tools with a local key get no further there until another one is set.")
        ask(self.window(), tr("Remove the key of {target}?").format(target=target), words, tr("Remove"), tr("Keep"),
            lambda yes: self._start(self.remove(target)) if yes else None)  # fmt: skip

    async def remove(self, target: str) -> None:
        """Forgets a key. Raises UserError."""
        await asyncio.to_thread(self._application.provider_keys.remove, target)
        await self._told("provider-key-removed", tr("The key of {target} is gone.").format(target=target))

    async def _told(self, change: Change, said: str) -> None:
        await self._application.access.changed(change)
        self.said.setText(said)
        await self._read()

    def _start(self, work: Coroutine[Any, Any, object]) -> None:
        self.complaint.tell("")
        self._tasks.start(work, self._complain)

    def _complain(self, error: Exception) -> None:
        self.said.setText("")
        self.complaint.tell(error)
