"""The Try-it window: a text, what would leave this machine of it, and an answer with its values again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.pipeline.extract import LIMIT
from app.pipeline.file_text import LARGEST, file_text, too_large
from app.pipeline.redaction import Redaction
from app.scratch import Scratch
from app.settings import DECLARED
from app.ui.language import counted, tr
from app.ui.paint import paint
from app.ui.tasks import Tasks
from app.ui.window import Complaint, Window, bold, quiet

#: Milliseconds after the last key.
_AFTER = 250


class TryPage(Window):
    """Nothing in it is kept: its session is in memory, and ends with New or with the app."""

    def __init__(self, scratch: Callable[[], Scratch], tasks: Tasks) -> None:
        super().__init__(tr("Try it — Anonamoose"), 960, 640)
        self._make_scratch = scratch
        self._scratch = scratch()
        self._tasks = tasks
        self._asked = 0
        self.result: Redaction | None = None
        self.chooser: QFileDialog | None = None
        self.text = _Entry(tr("Type or paste a text, or drop a file here"))
        self.sent = _Entry(tr("What would leave this machine"))
        self.sent.setReadOnly(True)
        self.answer = _Entry(tr("Paste an answer with placeholders"))
        self.restored = _Entry(tr("The answer with its values"))
        self.restored.setReadOnly(True)
        self.sent_note, self.back_note = quiet(""), quiet("")
        self.complaint = Complaint()
        self.preset = QComboBox()
        self.preset.setAccessibleName(tr("Preset"))
        self.preset.addItem(tr("As set"), "")
        for name in DECLARED["preset"].choices:
            self.preset.addItem(tr(name.capitalize()), name)
        self.open = QPushButton(tr("&Open…"))
        self.new = QPushButton(tr("&New"))
        self.copy = QPushButton(tr("&Copy"))
        self.save = QPushButton(tr("&Save…"))
        label = QLabel(tr("&Preset:"))
        label.setBuddy(self.preset)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        bar = QHBoxLayout()
        bar.addWidget(quiet(tr("See what would be hidden. Nothing is sent, and nothing of it is kept.")), 1)
        for widget in (label, self.preset, self.open, self.new):
            bar.addWidget(widget)
        layout.addLayout(bar)
        layout.addWidget(self.complaint)
        top, below = QSplitter(Qt.Orientation.Horizontal), QSplitter(Qt.Orientation.Horizontal)
        top.addWidget(_pane(tr("Your text"), quiet(""), self.text))
        top.addWidget(_pane(tr("What leaves"), self.sent_note, self.sent, self.copy, self.save))
        below.addWidget(_pane(tr("An answer"), quiet(""), self.answer))
        below.addWidget(_pane(tr("Restored"), self.back_note, self.restored))
        both = QSplitter(Qt.Orientation.Vertical)
        for half, share in ((top, 3), (below, 2)):
            half.setSizes([1_000, 1_000])
            half.setChildrenCollapsible(False)
            both.addWidget(half)
            both.setStretchFactor(both.count() - 1, share)
        both.setChildrenCollapsible(False)
        layout.addWidget(both, 1)
        self._timer = QTimer(self, singleShot=True, interval=_AFTER)
        self._timer.timeout.connect(self._look)
        self.text.textChanged.connect(self._typed)
        self.answer.textChanged.connect(self._restore)
        self.preset.currentIndexChanged.connect(self._timer.start)
        self.new.clicked.connect(self.begin)
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._choose_save)
        self.open.clicked.connect(self._choose_open)
        self.text.dropped.connect(self.open_file)
        self._show(None)

    def begin(self) -> None:
        """Empties everything and forgets what stood for what."""
        self._scratch = self._make_scratch()
        self.complaint.tell("")
        self.text.clear()
        self.answer.clear()
        self._show(None)
        self.text.setFocus()

    def open_file(self, path: Path) -> None:
        """Puts the text of a file in, or says why it cannot be read."""

        def work() -> tuple[str, bool]:
            try:
                if not path.is_file():
                    raise ValueError(tr("That is no file that can be opened."))
                if (size := path.stat().st_size) > LARGEST:
                    raise ValueError(too_large(size))
                return file_text(path.name, path.read_bytes())
            except OSError as error:
                raise ValueError(tr("The file cannot be read ({why}).").format(why=error.strerror)) from None

        async def read() -> None:
            text, is_all = await asyncio.to_thread(work)
            self.text.setPlainText(text)
            if not is_all:
                told = tr("Only the first {most} characters of {file} are shown and redacted.")
                self.complaint.tell(told.format(most=f"{LIMIT:,}", file=path.name))

        self.complaint.tell("")
        self._tasks.start(read(), self.complaint.tell)

    def _typed(self) -> None:
        # What was found for another text is no longer true, and must not be copied.
        self._show(None)
        self._timer.start()

    def _look(self) -> None:
        text = self.text.toPlainText()
        self._asked += 1
        asked = self._asked
        if not text.strip():
            self._show(None)
            return
        if len(text) > LIMIT:
            told = counted("The text has {n} characters; up to {most} can be tried here.", len(text), most=f"{LIMIT:,}")
            self.complaint.tell(told)
            return
        self.sent_note.setText(tr("Looking…"))

        async def look() -> None:
            try:
                result = await self._scratch.redact(text, self.preset.currentData())
            except Exception:
                if asked == self._asked:
                    self._show(None)
                raise
            if asked == self._asked and text == self.text.toPlainText():
                self.complaint.tell("")
                self._show(result)

        self._tasks.start(look(), self.complaint.tell)

    def _show(self, result: Redaction | None) -> None:
        self.result = result
        for button in (self.copy, self.save):
            button.setEnabled(result is not None)
        found = result.replacements if result is not None else ()
        paint(self.text, [(r.finding.start, r.finding.end, r.finding.entity) for r in found])
        self.sent.setPlainText(result.text if result is not None else "")
        paint(self.sent, [(r.at, r.at + len(r.placeholder), r.finding.entity) for r in found])
        self.sent_note.setText("" if result is None else counted("{n} value(s) hidden", len(found)))

    def _copy(self) -> None:
        if self.result is not None:
            self._scratch.give()
            QGuiApplication.clipboard().setText(self.result.text)
            self.sent_note.setText(tr("Copied. Paste the answer below to have the values back."))

    def save_to(self, path: Path) -> None:
        """Writes the redacted text to a file."""
        if (result := self.result) is None:
            return
        self._scratch.give()

        def work() -> None:
            try:
                path.write_text(result.text, encoding="utf-8", newline="")
            except OSError as error:
                raise ValueError(tr("The file cannot be written ({why}).").format(why=error.strerror)) from None

        self._tasks.start(asyncio.to_thread(work), self.complaint.tell)

    def _restore(self) -> None:
        text = self.answer.toPlainText()
        back, restored, unknown = self._scratch.restore(text) if text else ("", 0, 0)
        self.restored.setPlainText(back)
        told = counted("{n} value(s) restored", restored) if text else ""
        self.back_note.setText(f"{told}, {counted('{n} placeholder(s) unknown', unknown)}" if unknown else told)

    def _choose_open(self) -> None:
        kinds = tr("Texts and documents (*.txt *.md *.csv *.json *.eml *.docx *.xlsx *.pptx *.pdf);;All files (*)")
        self._choose(QFileDialog(self, tr("Open"), "", kinds), self.open_file)

    def _choose_save(self) -> None:
        chooser = QFileDialog(self, tr("Save the redacted text"), "redacted.txt", tr("Text (*.txt)"))
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._choose(chooser, self.save_to)

    def _choose(self, chooser: QFileDialog, then: Callable[[Path], None]) -> None:
        self.chooser = chooser
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.fileSelected.connect(lambda path: then(Path(path)))
        chooser.open()


class _Entry(QPlainTextEdit):
    """A plain text; a file that is dropped on it is opened instead of having its name typed."""

    dropped = Signal(Path)

    def __init__(self, prompt: str) -> None:
        super().__init__(placeholderText=prompt)
        self.setAccessibleName(prompt)
        self.setTabChangesFocus(True)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and not self.isReadOnly():
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if event.mimeData().hasUrls() and not self.isReadOnly():
            event.acceptProposedAction()
        super().dropEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        paths = [url.toLocalFile() for url in source.urls() if url.isLocalFile()]
        if paths:
            self.dropped.emit(Path(paths[0]))
        else:
            super().insertFromMimeData(source)


def _pane(heading: str, note: QLabel, view: QPlainTextEdit, *more: QWidget) -> QWidget:
    pane = QWidget()
    name = QLabel(heading)
    name.setFont(bold(name.font()))
    pane.setMinimumWidth(240)
    name.setMinimumHeight(QPushButton().sizeHint().height())  # so that texts side by side begin at one height
    top = QHBoxLayout()
    top.setSpacing(8)
    top.addWidget(name)
    top.addWidget(note, 1)
    for widget in more:
        top.addWidget(widget)
    layout = QVBoxLayout(pane)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(4)
    layout.addLayout(top)
    layout.addWidget(view, 1)
    return pane
