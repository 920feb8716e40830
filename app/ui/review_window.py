"""Review before sending: what waits, what would leave of it, and the three ways on."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, Qt, QTimer
from PySide6.QtGui import QKeySequence, QMouseEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QListView, QPushButton, QSplitter, QVBoxLayout, QWidget

from app.application import Application
from app.pipeline.draft import UNCHANGED, Changes, Place
from app.proxy.review import Answer, Verdict, Waiting
from app.ui.bridge import Bridge
from app.ui.language import counted, later, tr
from app.ui.reading import side
from app.ui.review_lists import Queue, Spots
from app.ui.review_text import Joined, spots
from app.ui.side_by_side import TextPane
from app.ui.tasks import Tasks
from app.ui.window import Complaint, Roomy, Window, bold, quiet, with_key

#: Milliseconds during which nothing can be decided on what has just come into view: a key may be meant for elsewhere.
PATIENCE = 500
_NOTHING = later("Requests appear here before they are sent, as the setting “Review” says.")


class ReviewWindow(Window):
    """The queue at the left, the chosen request at the right. Closing it decides nothing."""

    def __init__(self, application: Application, bridge: Bridge, tasks: Tasks) -> None:
        super().__init__(tr("Review before sending — Anonamoose"), 1080, 700)
        self._application = application
        self._review = application.review
        self._tasks = tasks
        self._changes = self._shown = UNCHANGED
        self._current: Waiting | None = None
        self._joined = Joined((), redacted=False)
        self.queue_model, self.spot_model = Queue(self), Spots(self)
        self.queue = _list(self.queue_model, tr("Requests that wait"))
        self.spots = _list(self.spot_model, tr("Found in the request"))
        self.before = TextPane()
        self.after = TextPane()
        self.head = QLabel()
        self.head.setFont(bold(self.head.font(), 1.2))
        self.head.setTextFormat(Qt.TextFormat.PlainText)
        self.left = quiet("")
        self.complaint = Complaint()
        self.hide_button = _button(
            tr("&Hide selection"),
            with_key(tr("Hides what is selected in the left text, wherever it stands"), "Ctrl+H"),
        )
        self.send = _button(tr("&Send"), with_key(tr("Sends the request as it is shown at the right"), "Ctrl+Return"))
        self.as_is = _button(tr("Send once as it &is"), tr("Sends it with nothing new in it hidden."))
        self.refuse = _button(tr("&Refuse"), with_key(tr("Nothing is sent; the tool is told so"), "Delete"))
        self._armed = QTimer(self, singleShot=True, interval=PATIENCE)
        self._clock = QTimer(self, interval=1000)
        self._lay_out()
        self._connect(bridge)
        self._sync()

    def _lay_out(self) -> None:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        for heading, view, share in ((tr("Waiting"), self.queue, 2), (tr("Found in it"), self.spots, 3)):
            label = QLabel(heading)
            label.setFont(bold(label.font()))
            column.addWidget(label)
            column.addWidget(view, share)
        texts = QSplitter(Qt.Orientation.Horizontal)
        texts.setChildrenCollapsible(False)
        texts.setHandleWidth(10)
        texts.addWidget(self.before)
        texts.addWidget(self.after)
        buttons = QHBoxLayout()
        buttons.addWidget(self.hide_button)
        buttons.addStretch(1)
        for button in (self.refuse, self.as_is, self.send):
            button.setMinimumHeight(int(button.sizeHint().height() * 1.35))
            button.setMinimumWidth(120)
            buttons.addWidget(button)
        main = QWidget()
        rows = QVBoxLayout(main)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.head)
        rows.addWidget(self.left)
        rows.addWidget(texts, 1)
        rows.addWidget(self.complaint)
        rows.addLayout(buttons)
        whole = QSplitter(Qt.Orientation.Horizontal)
        whole.setChildrenCollapsible(False)
        whole.setHandleWidth(12)
        whole.addWidget(side)
        whole.addWidget(main)
        whole.setSizes([300, 780])
        QVBoxLayout(self).addWidget(whole)

    def _connect(self, bridge: Bridge) -> None:
        self.queue.selectionModel().currentChanged.connect(self._choose)
        self.spot_model.switched.connect(self._switch)
        self.hide_button.clicked.connect(self._hide_selection)
        self.send.clicked.connect(lambda: self._decide("send"))
        self.as_is.clicked.connect(lambda: self._decide("as-is"))
        self.refuse.clicked.connect(lambda: self._decide("refuse"))
        for keys, button in (("Ctrl+Return", self.send), ("Ctrl+Enter", self.send), ("Delete", self.refuse)):
            QShortcut(QKeySequence(keys), self).activated.connect(button.click)
        QShortcut(QKeySequence("Ctrl+H"), self).activated.connect(self.hide_button.click)
        self.before.view.selectionChanged.connect(self._enable)
        self.before.view.viewport().installEventFilter(self)
        self._armed.timeout.connect(self._enable)
        self._clock.timeout.connect(self._tell_time)
        bridge.review_changed.connect(self._sync)
        bridge.setting_changed.connect(self._enable)

    def come(self) -> None:
        """Something new waits: the window comes to the front, or asks to be looked at where it is open already."""
        if self.isVisible() and not self.isMinimized():
            QApplication.alert(self)
        else:
            self.present()
            self.spots.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._clock.start()
        self._disarm()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._disarm()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click on a span in the text switches it."""
        if event.type() == QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            view = self.before.view
            if not view.textCursor().hasSelection():
                at = view.place_at(event.position().toPoint())
                place = self._joined.place(at, at)
                spot = self.spot_model.at(place) if place else None
                if spot is not None and spot.is_free:
                    self._switch(spot.place, not spot.placeholder)
        return super().eventFilter(watched, event)

    def _sync(self) -> None:
        self.queue_model.sync(self._review.waiting)
        if not self.queue.currentIndex().isValid() and self.queue_model.rowCount():
            self.queue.selectionModel().setCurrentIndex(
                self.queue_model.index(0), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
        self._choose(self.queue.currentIndex())

    def _choose(self, index: QModelIndex, before: QModelIndex | None = None) -> None:
        item = self.queue_model.item(index)
        if item is self._current and item is not None:
            return
        self._current, self._changes, self._shown = item, UNCHANGED, UNCHANGED
        self.complaint.tell("")
        self._disarm()
        if item is None:
            self.head.setText(tr("Nothing waits"))
            self.left.setText(tr(_NOTHING))
            self._joined = Joined((), redacted=False)
            self.spot_model.show_spots([])
            self._show_texts("", Joined((), redacted=True))
            return
        exchange = item.exchange
        self.head.setText("  ·  ".join(filter(None, (exchange.client, exchange.path, exchange.model))))
        self._tell_time()
        self._load(item, UNCHANGED)

    def _load(self, item: Waiting, changes: Changes) -> None:
        self._changes = changes
        self._enable()

        async def load() -> None:
            passages = await asyncio.to_thread(item.draft.passages, changes)
            if self._current is not item or self._changes is not changes:
                return  # another was chosen meanwhile
            self._joined, after = Joined(passages, redacted=False), Joined(passages, redacted=True)
            scroll = [pane.view.verticalScrollBar().value() for pane in (self.before, self.after)]
            old = len(item.draft.parts) - len(passages)
            more = ""
            if old > 0:
                more = counted("{n} text(s) of before, or without anything in them, are not shown.", old)
            self._show_texts(more, after)
            if changes:
                for pane, value in zip((self.before, self.after), scroll, strict=True):
                    pane.view.verticalScrollBar().setValue(value)
            self.spot_model.show_spots(spots(passages))
            self._shown = changes
            self._enable()

        self._tasks.start(load(), lambda error: self.complaint.tell(error))

    def _show_texts(self, note: str, after: Joined) -> None:
        self.before.show_text(tr("Your tool wrote"), note, side(self._joined.text, self._joined.marks))
        self.after.show_text(tr("Would leave this machine"), "", side(after.text, after.marks))

    def _switch(self, place: Place, hide: bool) -> None:
        if self._current is None:
            return
        off, hidden = self._changes.off, self._changes.hidden
        own = {one for one in hidden if one.part == place.part and place.start <= one.start < place.end}
        if own and not hide:
            changes = Changes(off, hidden - own)
        else:
            changes = Changes(off - {place} if hide else off | {place}, hidden)
        self._load(self._current, changes)

    def _hide_selection(self) -> None:
        place = self._selected()
        if self._current is not None and place is not None:
            self._load(self._current, Changes(self._changes.off, self._changes.hidden | {place}))

    def _selected(self) -> Place | None:
        place = self._joined.place(*self.before.view.selection)
        return place if place is not None and place.start < place.end else None

    def _decide(self, answer: Answer) -> None:
        item = self._current
        if item is None or self._armed.isActive():
            return
        changes = self._changes if answer == "send" else UNCHANGED
        try:
            self._review.decide(item.id, Verdict(answer, changes))
        except KeyError:
            self.complaint.tell(tr("The request waits no more: the tool went away, or the time was over."))
        except ValueError as error:
            self.complaint.tell(error)
        self._disarm()
        self.spots.setFocus()  # not on a button, which a key could press again

    def _disarm(self) -> None:
        self._armed.start()
        self._enable()

    def _enable(self) -> None:
        ready = self._current is not None and not self._armed.isActive()
        self.send.setEnabled(ready and self._shown is self._changes)
        self.refuse.setEnabled(ready)
        self.as_is.setEnabled(ready)
        self.as_is.setVisible(self._application.settings.current.review_as_is)
        self.hide_button.setEnabled(self._selected() is not None)

    def _tell_time(self) -> None:
        if self._current is None:
            return
        seconds = max(0, round(self._current.until - time.time()))
        sends = self._application.settings.current.review_on_timeout == "send"
        sent = tr("The tool waits. In {time} it is sent as it was redacted if nobody decides.")
        refused = tr("The tool waits. In {time} it is refused if nobody decides.")
        self.left.setText((sent if sends else refused).format(time=f"{seconds // 60}:{seconds % 60:02}"))


def _list(model: Any, name: str) -> QListView:
    view = QListView()
    view.setModel(model)
    view.setAccessibleName(name)
    view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
    view.setUniformItemSizes(True)
    view.setItemDelegate(Roomy(view))
    return view


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
