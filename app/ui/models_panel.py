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
from app.ui.language import later, tr
from app.ui.model_table import Models
from app.ui.notice import ask
from app.ui.rows import RowsView
from app.ui.tasks import Tasks
from app.ui.window import Complaint, quiet

_SAYS = later(
    "The embedded model needs no network. Others are fetched when you ask for one, checked against their digests, and "
    "used after a restart."
)


class ModelsPanel(QWidget):
    """The table, and what to do with the chosen one. What takes long can be cancelled."""

    #: Nothing that takes long is going on any more.
    settled = Signal()

    def __init__(self, store: SettingsStore, bridge: Bridge, tasks: Tasks) -> None:
        super().__init__()
        self.setAccessibleName(tr("Models"))
        self.setAccessibleDescription(f"{tr(_SAYS)} {tr('model fetch download remove test licence size hub')}")
        self._store = store
        self._tasks = tasks
        self._work: asyncio.Task[Any] | None = None
        self.table = Models(store)
        self.view = RowsView(self.table, tr("Models"))
        self.name = QLineEdit(placeholderText=tr("owner/name or owner/name@commit"))
        self.name.setAccessibleName(tr("Repository on the hub"))
        self.fetch_other = _button(tr("Fetch it"), lambda: self._start(self.fetch(self.name.text().strip())))
        self.fetch_chosen = _button(tr("Fetch"), lambda: self._start(self.fetch(self._chosen())))
        self.test = _button(tr("Test"), lambda: self._start(self.try_it(self._chosen())))
        self.use = _button(tr("Use"), self._use)
        self.remove = _button(tr("Remove…"), self._ask_to_remove)
        self.cancel = _button(tr("Cancel"), self._cancel)
        self.progress = QProgressBar()
        self.progress.setAccessibleName(tr("Progress"))
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
        layout.addWidget(quiet(tr(_SAYS)))
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
                self.said.setText(tr("Cancelled. What came is kept: fetch it again to go on."))
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
        self.said.setText(
            tr("{repository}, licence: {licence}").format(repository=model.repository, licence=model.licence)
        )
        await fetch(model, self._store.paths.models, Hub(now.hub_endpoint, now.hub_proxy, now.hub_offline), self._told)
        self.said.setText(tr("{model} is fetched and checked.").format(model=model.name))

    def _told(self, step: Progress) -> None:
        # In thousands: a bar counts no further than two thousand millions.
        self.progress.setRange(0, step.total // 1000)
        self.progress.setValue(step.done // 1000)
        told = tr("{file}: {done} of {total} MB") if step.total else tr("{file}: {done} MB")
        done, total = f"{step.done / 1e6:.1f}", f"{step.total / 1e6:.1f}"
        self.progress.setFormat(told.format(file=step.file, done=done, total=total))

    async def try_it(self, name: str) -> None:
        """Has a model read a sentence. Raises UserError."""
        trial = await try_model(name, self._store.paths.models)
        found = ", ".join(f"{text} ({entity}, {score:.2f})" for entity, score, text in trial.found)
        told = tr("Loaded in {seconds} s, {size} MiB. In a sentence of three names it finds {found}.").format(
            seconds=f"{trial.seconds:.1f}", size=f"{trial.size / 2**20:.0f}", found=found
        )
        self.said.setText(told if trial.is_checked else f"{told} {tr('Nobody has checked its files.')}")

    def _use(self) -> None:
        try:
            self._store.set("ner-model", self._chosen())
        except UserError as error:
            self.complaint.tell(error)

    def _ask_to_remove(self) -> None:
        name = self._chosen()
        question = tr("Remove the model {model}?").format(model=name)
        ask(self.window(), question, tr("It can be fetched again."), tr("Remove"), tr("Keep"),
            lambda yes: self._start(self.take_away(name)) if yes else None)  # fmt: skip

    async def take_away(self, name: str) -> None:
        """Deletes what was fetched. Raises UserError."""
        await asyncio.to_thread(remove, name, self._store.paths.models)
        self.said.setText(tr("{model} is removed.").format(model=name))


def _button(words: str, slot: Callable[[], None]) -> QPushButton:
    button = QPushButton(words)
    button.clicked.connect(lambda: slot())
    return button
