"""Models that read names: those at hand and those that can be fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.errors import UserError
from app.hub import Hub, Progress
from app.hub.fetch import fetch, wanted
from app.hub.installed import listed, remove
from app.hub.trial import try_model
from app.settings_store import SettingsStore
from app.ui.bridge import Bridge
from app.ui.model_table import Models
from app.ui.notice import ask
from app.ui.rows import RowsView
from app.ui.tasks import Tasks
from app.ui.window import Complaint, quiet

_SAYS = (
    "The embedded model needs no network. Others are fetched when you ask for one, checked against their digests, and "
    "used after a restart."
)


class ModelsPanel(QWidget):
    """The table, and what to do with the chosen one. What takes long can be cancelled."""

    #: Nothing that takes long is going on any more.
    settled = Signal()

    def __init__(self, store: SettingsStore, bridge: Bridge, tasks: Tasks) -> None:
        super().__init__()
        self.setAccessibleName("Models")
        self.setAccessibleDescription(f"{_SAYS} model fetch download remove test licence size hub")
        self._store = store
        self._tasks = tasks
        self._work: asyncio.Task[Any] | None = None
        self.table = Models(store)
        self.view = RowsView(self.table, "Models")
        self.name = QLineEdit(placeholderText="owner/name or owner/name@commit")
        self.name.setAccessibleName("Repository on the hub")
        self.fetch_other = _button("Fetch it", lambda: self._start(self.fetch(self.name.text().strip())))
        self.fetch_chosen = _button("Fetch", lambda: self._start(self.fetch(self._chosen())))
        self.test = _button("Test", lambda: self._start(self.try_it(self._chosen())))
        self.use = _button("Use", self._use)
        self.remove = _button("Remove…", self._ask_to_remove)
        self.cancel = _button("Cancel", self._cancel)
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Progress")
        self.said = quiet("")
        self.complaint = Complaint()
        buttons = QHBoxLayout()
        for button in (self.fetch_chosen, self.test, self.use, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        other = QHBoxLayout()
        other.addWidget(self.name, 1)
        other.addWidget(self.fetch_other)
        going = QHBoxLayout()
        going.addWidget(self.progress, 1)
        going.addWidget(self.cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(quiet(_SAYS))
        layout.addWidget(self.view, 1)
        layout.addLayout(buttons)
        layout.addLayout(other)
        layout.addLayout(going)
        layout.addWidget(self.said)
        layout.addWidget(self.complaint)
        self.view.selectionModel().currentRowChanged.connect(self._enable)
        bridge.setting_changed.connect(self._changed)
        self._settle()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _changed(self, name: str) -> None:
        if name == "ner-model":
            self.refresh()

    def refresh(self) -> None:
        """Looks for what is there."""
        name = self._chosen()
        self.table.fill(list(listed(self._store.paths.models)))
        self.view.selectRow(max(0, self.table.row(name)))
        self._enable()

    def _chosen(self) -> str:
        return self.table.name(self.view.currentIndex())

    def _enable(self) -> None:
        entry, is_idle = self.table.item(self.view.currentIndex()), self._work is None
        is_fetched = entry is not None and bool(entry.model.repository) and entry.is_here
        in_use = self._chosen() == self._store.current.ner_model
        self.fetch_chosen.setEnabled(is_idle and entry is not None and not entry.is_here)
        self.test.setEnabled(is_idle and entry is not None and entry.is_here)
        self.use.setEnabled(
            entry is not None and entry.is_here and not in_use and not self._store.is_fixed("ner-model")
        )
        self.remove.setEnabled(is_idle and is_fetched and not in_use)
        self.fetch_other.setEnabled(is_idle)

    def _start(self, work: Coroutine[Any, Any, object]) -> None:
        if self._work is not None:
            work.close()
            return
        self.complaint.tell("")
        self.said.setText("")
        self._work = asyncio.ensure_future(work)
        self.progress.setRange(0, 0)
        for widget in (self.progress, self.cancel):
            widget.show()
        self._enable()
        self._tasks.start(self._watched(self._work), self.complaint.tell)

    async def _watched(self, work: asyncio.Task[Any]) -> None:
        try:
            await asyncio.wait([work])
            if work.cancelled():
                self.said.setText("Cancelled. What came is kept: fetch it again to go on.")
            else:
                await work
        finally:
            self._settle()

    def _settle(self) -> None:
        self._work = None
        for widget in (self.progress, self.cancel):
            widget.hide()
        if self.isVisible():
            self.refresh()
        self.settled.emit()

    def _cancel(self) -> None:
        if self._work is not None:
            self._work.cancel()

    async def fetch(self, name: str) -> None:
        """Fetches a model of the registry, or a repository. Raises UserError."""
        model, now = wanted(name), self._store.current
        self._store.paths.create()
        self.said.setText(f"{model.repository}, licence: {model.licence}")
        await fetch(model, self._store.paths.models, Hub(now.hub_endpoint, now.hub_proxy, now.hub_offline), self._told)
        self.said.setText(f"{model.name} is fetched and checked.")

    def _told(self, step: Progress) -> None:
        # In thousands: a bar counts no further than two thousand millions.
        self.progress.setRange(0, step.total // 1000)
        self.progress.setValue(step.done // 1000)
        of = f" of {step.total / 1e6:.1f}" if step.total else ""
        self.progress.setFormat(f"{step.file}: {step.done / 1e6:.1f}{of} MB")

    async def try_it(self, name: str) -> None:
        """Has a model read a sentence. Raises UserError."""
        trial = await try_model(name, self._store.paths.models)
        found = ", ".join(f"{text} ({entity}, {score:.2f})" for entity, score, text in trial.found)
        intact = "" if trial.is_checked else " Nobody has checked its files."
        self.said.setText(
            f"Loaded in {trial.seconds:.1f} s, {trial.size / 2**20:.0f} MiB. In a sentence of three names it finds "
            f"{found}.{intact}"
        )

    def _use(self) -> None:
        try:
            self._store.set("ner-model", self._chosen())
        except UserError as error:
            self.complaint.tell(error)

    def _ask_to_remove(self) -> None:
        name = self._chosen()
        ask(self.window(), f"Remove the model {name}?", "It can be fetched again.", "Remove", "Keep",
            lambda yes: self._start(self.take_away(name)) if yes else None)  # fmt: skip

    async def take_away(self, name: str) -> None:
        """Deletes what was fetched. Raises UserError."""
        await asyncio.to_thread(remove, name, self._store.paths.models)
        self.said.setText(f"{name} is removed.")


def _button(words: str, slot: Callable[[], None]) -> QPushButton:
    button = QPushButton(words)
    button.clicked.connect(lambda: slot())
    return button
