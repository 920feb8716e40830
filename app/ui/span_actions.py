"""What can be done about a span, or a selected text: the same in the menu and in the line below."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from app.proxy.section import VEIL, Section
from app.ui.corrections import Corrections, ask_entity
from app.ui.language import tr


@dataclass(frozen=True, slots=True)
class Span:
    """A value and what stands for it; `can_show`: whether the value may be told."""

    value: str
    entity: str
    placeholder: str
    can_show: bool


class SpanActions:
    """Actions of the chosen span. They are off while there is none."""

    def __init__(self, parent: QWidget, corrections: Corrections) -> None:
        self._parent = parent
        self._corrections = corrections
        self._span: Span | None = None
        self.dialog: QInputDialog | None = None
        self.never = self._action(
            tr("&Never redact"), tr("Lets this value through from the next request on"), self._never
        )
        self.always = self._action(tr("&Always redact"), tr("Hides this value wherever it occurs"), self._always)
        self.retype = self._action(tr("&Wrong type…"), tr("Hides this value as something else"), self._retype)
        self.copy = self._action(tr("Copy &placeholder"), tr("Copies what stands for it"), self._copy)
        self.original = self._action(tr("Copy &original"), tr("Copies the value itself"), self._copy_original)
        self.use(None)

    def _action(self, text: str, tip: str, slot: object) -> QAction:
        action = QAction(text, self._parent)
        action.setIconText(text)  # with the key, on buttons as well
        action.setToolTip(tip)
        action.triggered.connect(lambda: slot())  # type: ignore[operator]
        return action

    @property
    def all(self) -> tuple[QAction, ...]:
        return self.never, self.always, self.retype, self.copy, self.original

    def use(self, span: Span | None) -> None:
        """Says which span the actions are about."""
        self._span = span
        for action in self.all:
            action.setEnabled(span is not None)
        self.original.setEnabled(span is not None and span.can_show)
        self.always.setEnabled(span is not None and bool(span.value))
        self.never.setEnabled(self.always.isEnabled())
        self.retype.setEnabled(self.always.isEnabled())

    def menu(self, at: QPoint, selected: str) -> QMenu:
        """Opens a menu of what can be done there; `selected` is plain text that could be hidden."""
        menu = QMenu(self._parent)
        if selected:
            hide = menu.addAction(tr("Always redact the &selection…"))
            hide.triggered.connect(lambda: self.hide_text(selected))
            menu.addSeparator()
        menu.addActions(self.all)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)
        return menu

    def hide_text(self, text: str) -> None:
        """Asks as what a selected text is to be hidden; says so where it cannot be."""
        if reason := refused(text):
            self._corrections.told.emit(reason, False)
        else:
            self.dialog = ask_entity(
                self._parent,
                tr("Always redact"),
                "CUSTOM",
                lambda entity: self._corrections.always(text.strip(), entity),
            )

    def _never(self) -> None:
        if self._span is not None:
            self._corrections.never(self._span.value)

    def _always(self) -> None:
        if self._span is not None:
            self._corrections.always(self._span.value, self._span.entity)

    def _retype(self) -> None:
        span = self._span
        if span is not None:
            self.dialog = ask_entity(
                self._parent, tr("Wrong type"), span.entity, lambda entity: self._corrections.always(span.value, entity)
            )

    def _copy(self) -> None:
        if self._span is not None:
            QGuiApplication.clipboard().setText(self._span.placeholder)

    def _copy_original(self) -> None:
        if self._span is not None and self._span.can_show:
            QGuiApplication.clipboard().setText(self._span.value)


def refused(text: str) -> str:
    """Why a selected text cannot be a term, "" if it can."""
    if len(text.strip().splitlines()) > 1:
        return tr("A term is a single line: select less.")
    if VEIL in text:
        return tr("The selection holds values that are not shown: turn on Show originals, or select other text.")
    return ""


def selected_text(section: Section, start: int, end: int, *, is_ours: bool) -> str:
    """The selected text of one side, "" where it is nothing but placeholders and white space."""
    text = section.ours if is_ours else section.theirs
    touches = any(
        start < (mark.end if is_ours else mark.until) and (mark.start if is_ours else mark.at) < end
        for mark in section.marks
    )
    return "" if touches and not is_ours else text[start:end].strip()
