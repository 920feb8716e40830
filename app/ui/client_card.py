"""A tool's card: what to write where, what that covers, and whether its requests arrive."""

from __future__ import annotations

import time
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.clients import Client, counts, is_of
from app.proxy.exchange import Exchange
from app.ui.icons import mark_pixmap
from app.ui.language import counted, tr
from app.ui.snippet_box import SnippetBox
from app.ui.window import bold, quiet


class ClientCard(QScrollArea):
    """One tool at a time, and whether a request that counts as its own has arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setAccessibleName(tr("How to connect it"))
        self.snippets: list[SnippetBox] = []
        self._client: Client | None = None
        self._since = 0.0
        self._mark, self.live = QLabel(), _telling()

    def show_client(self, client: Client, origin: str, exchanges: Iterable[Exchange]) -> None:
        """Shows the card of `client` for an app at `origin`, and looks for its requests from now on."""
        self._client, self._since = client, time.time()
        self._mark, self.live = QLabel(), _telling()  # the former ones go with their page
        self.snippets = [SnippetBox(tr(snippet.where), snippet.at(origin)) for snippet in client.snippets]
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(16, 4, 16, 12)
        layout.setSpacing(12)
        name = QLabel(tr(client.name))
        name.setFont(bold(name.font(), 1.35))
        layout.addWidget(name)
        if client.snippets:
            live = QHBoxLayout()
            live.setSpacing(10)
            live.addWidget(self._mark, alignment=Qt.AlignmentFlag.AlignTop)
            live.addWidget(self.live, 1)
            layout.addLayout(live)
        for box in self.snippets:
            layout.addWidget(box)
        for words, text in ((tr("Covered"), client.covers), (tr("Not covered"), client.limits)):
            if text:
                layout.addWidget(_labelled(words, tr(text)))
        layout.addStretch(1)
        before = self.takeWidget()
        self.setWidget(page)
        if before is not None:
            before.deleteLater()
        self.look(exchanges)

    def look(self, exchanges: Iterable[Exchange]) -> None:
        """Looks for a request of this tool among `exchanges`, of which the latest is the last."""
        if self._client is None:
            return
        own = [exchange for exchange in exchanges if self._is_own(exchange)]
        size = self.live.fontMetrics().height() + 4
        self._mark.setPixmap(mark_pixmap("on" if own else "starting", size, self.devicePixelRatioF()))
        if not own:
            self.live.setText(tr("Waiting for its first request. This line tells when it has arrived."))
            return
        last = own[-1]
        when = time.strftime("%X", time.localtime(last.started))
        if last.outcome == "passed":
            said = tr("It was sent on as it was.")
        elif last.outcome == "refused":
            said = tr("It was refused: {reason}").format(reason=tr(last.reason))
        else:
            hidden = last.redactions
            said = counted("{n} value(s) hidden.", hidden) if hidden else tr("Nothing in it had to be hidden.")
        is_known = is_of(self._client, last.client, last.label)
        if is_known:
            arrived = tr("Its latest request arrived at {time}.").format(time=when)
        else:
            tool = last.label or last.client or tr("a tool")
            arrived = tr("A request of {tool} arrived at {time}.").format(tool=tool, time=when)
        self.live.setText(f"{arrived} {said}")

    def _is_own(self, exchange: Exchange) -> bool:
        client = self._client
        if client is None:
            return False
        return counts(client, exchange.client, exchange.label, is_new=exchange.started >= self._since)


def _telling() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setAccessibleName(tr("Whether its requests arrive"))
    return label


def _labelled(words: str, text: str) -> QWidget:
    box = QWidget()
    layout = QVBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2)
    heading = QLabel(words)
    heading.setFont(bold(heading.font()))
    layout.addWidget(heading)
    layout.addWidget(quiet(text))
    return box
