"""One exchange in four texts: before and after hiding, before and after restoring."""

from __future__ import annotations

import re
from collections.abc import Mapping

from PySide6.QtWidgets import QGridLayout, QWidget

from app.pipeline.placeholder import label_of_mask
from app.pipeline.redaction import Redaction, Replacement
from app.proxy.exchange import Exchange
from app.ui.text_pane import Mark, TextPane

_NOT_KEPT = "The text was not kept."


class ExchangeView(QWidget):
    """The panes, two by two: the request above, the answer below; ours left, the other side's right."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = TextPane("You sent")
        self.left = TextPane("Left this machine")
        self.came_back = TextPane("Came back")
        self.got = TextPane("You got")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(10)
        for place, pane in enumerate((self.sent, self.left, self.got, self.came_back)):
            grid.addWidget(pane, place // 2, place % 2)
        self._shown: tuple[object, ...] | None = None
        self.show_exchange(None)

    def show_exchange(self, exchange: Exchange | None) -> None:
        """Shows `exchange`, or nothing. A second call for one that is unchanged keeps the scroll bars."""
        state = None
        if exchange is not None:
            answer = len(exchange.came_back), len(exchange.got)
            state = (exchange.id, exchange.outcome, id(exchange.sent), answer)
        if state is not None and state == self._shown:
            return
        self._shown = state
        if exchange is None:
            for pane in (self.sent, self.left, self.came_back, self.got):
                pane.show_text("", (), "")
            return
        self._show_request(exchange)
        self._show_answer(exchange)

    def _show_request(self, exchange: Exchange) -> None:
        redaction = exchange.sent
        if redaction is None:
            self.sent.show_text("", (), _NOT_KEPT)
            self.left.show_text("", (), "Nothing left." if exchange.outcome == "refused" else _NOT_KEPT)
            return
        hidden = redaction.replacements
        self.sent.show_text(redaction.original, (_before(r) for r in hidden), "As your tool wrote it.")
        if exchange.outcome == "refused":
            self.left.show_text("", (), f"Nothing left. {exchange.reason}".strip())
        elif exchange.outcome == "passed":
            self.left.show_text(redaction.text, (), "Sent as it was: nothing was hidden.")
        else:
            note = "Values are replaced by placeholders." if hidden else "Nothing to hide was found."
            if any(label_of_mask(r.placeholder) for r in hidden):
                note = "Values are replaced by placeholders, or by masks, which do not come back."
            note = " ".join((note, *exchange.notices))
            self.left.show_text(redaction.text, (_after(r) for r in hidden), note)

    def _show_answer(self, exchange: Exchange) -> None:
        if exchange.outcome == "open":
            came, got = "Waiting for the answer.", ""
        elif not exchange.came_back and not exchange.got:
            came, got = exchange.reason or "There is no answer, or it was not kept.", ""
        else:
            came, got = "As the model wrote it.", "With your values put back."
        known = exchange.sent or Redaction("", "")
        placeholders = {r.placeholder: r.finding.entity for r in known.replacements}
        values = {r.finding.value: r.finding.entity for r in known.replacements}
        self.came_back.show_text(exchange.came_back, _occurrences(exchange.came_back, placeholders), came)
        self.got.show_text(exchange.got, _occurrences(exchange.got, values), got)


def _before(replacement: Replacement) -> Mark:
    finding = replacement.finding
    tip = f"{finding.entity}, found by {finding.source} ({finding.score:.2f}) → {replacement.placeholder}"
    return Mark(finding.start, finding.end, finding.entity, tip)


def _after(replacement: Replacement) -> Mark:
    entity, token = replacement.finding.entity, replacement.placeholder
    how = "hidden for good: a mask does not come back" if label_of_mask(token) else "hidden"
    return Mark(replacement.at, replacement.at + len(token), entity, f"{entity}, {how}")


def _occurrences(text: str, known: Mapping[str, str]) -> list[Mark]:
    """Where the texts in `known` occur; each is given with its entity."""
    longest_first = sorted((part for part in known if part), key=len, reverse=True)
    if not text or not longest_first:
        return []
    pattern = re.compile("|".join(map(re.escape, longest_first)))
    return [
        Mark(match.start(), match.end(), known[match.group()], known[match.group()]) for match in pattern.finditer(text)
    ]
