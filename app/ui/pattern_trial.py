"""A text to try a pattern on, with what it would hide marked while it is being typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from app.pipeline.expression import Expression, TooSlow, warning
from app.pipeline.terms import Term
from app.ui.language import counted, tr
from app.ui.paint import paint
from app.ui.window import quiet

#: Milliseconds after the last key, and seconds that a search may take, so that typing never waits for it.
_AFTER, _SECONDS = 120, 0.1


class PatternTrial(QWidget):
    """Marks in `sample` what the pattern in use would hide."""

    def __init__(self) -> None:
        super().__init__()
        self._term = Term("", kind="pattern")
        self.sample = QPlainTextEdit(placeholderText=tr("Paste a text here to try the pattern on"))
        self.sample.setAccessibleName(tr("Text to try the pattern on"))
        self.sample.setTabChangesFocus(True)
        self.sample.setFixedHeight(self.sample.fontMetrics().lineSpacing() * 4 + 14)
        self.verdict = quiet("")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.sample)
        layout.addWidget(self.verdict)
        self._timer = QTimer(self, singleShot=True, interval=_AFTER)
        self._timer.timeout.connect(self._mark)
        self.sample.textChanged.connect(self._timer.start)
        self._mark()

    def use(self, term: Term) -> None:
        """Tries this pattern from now on; one with an empty text is none."""
        if term != self._term:
            self._term = term
            self._timer.start()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange):
            self._timer.start()
        super().changeEvent(event)

    def _mark(self) -> None:
        places, verdict = self._places()
        self.verdict.setText(verdict)
        paint(self.sample, [(start, end, self._term.entity) for start, end in places])

    def _places(self) -> tuple[list[tuple[int, int]], str]:
        """What to mark, and a sentence about it."""
        term, text = self._term, self.sample.toPlainText()
        if not term.text:
            return [], tr("Type a pattern above, or select one below, to see what it matches here.")
        try:
            expression = Expression(term.text, case_sensitive=term.case_sensitive, first_group=term.first_group)
            places = [place for place in expression.places(text, _SECONDS) if place[0] < place[1]]
            told = tr(warning(term.text, case_sensitive=term.case_sensitive, first_group=term.first_group))
        except ValueError as error:
            return [], tr(str(error))
        except TooSlow:
            return [], tr("The pattern takes too long on this text: limit its repetitions.")
        if not text:
            return [], told or tr("The pattern can be read.")
        verdict = counted("{n} match(es)", len(places)) if places else tr("No match.")
        return places, f"{verdict} {told}".strip()
