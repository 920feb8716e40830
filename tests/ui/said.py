"""All that a window says, and what of it no translation has touched."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QDoubleSpinBox,
    QGroupBox,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QMessageBox,
    QPlainTextEdit,
    QProgressBar,
    QSpinBox,
    QTabBar,
    QWidget,
)

from tests.ui.controls import visible

_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
_WRAPPED = re.compile(r"⟦[^⟦⟧]*⟧")
_WORD = re.compile(r"[^\W\d_]{2,}")

#: What is the same in every language, and why.
DATA: tuple[str, ...] = (
    r"Anonamoose|Python(/[\d.]+)?|practice",  # names: of the app, of the tool that asks here, of its model
    r"openai|anthropic|gemini|ollama",  # providers, as settings call them
    r"https?://[\w.:/-]+|localhost|/?[\w.-]+(/[\w.-]+)+",  # addresses, paths of endpoints, repositories
    r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*",  # types of values, HTTP methods
    r"((Ctrl|Alt|Shift)\+)+\w+|Del",  # keys, which Qt names
    r"(bert|distilbert)-\w+|minilm|\w+(/\w+)*\.(json|onnx|bin)|[0-9a-f]{32,}",  # models, their files and digests
    r"CC-BY-SA-4\.0 AND Apache-2\.0|Apache-2\.0|MIT",  # licences
    r"patterns|memo|operators|thresholds|replace|mask|keep|block",  # layers and settings, as one writes them
    r"system|off",  # what a setting is where nothing is typed, as one would type it
    r"[\w.]+@example\.com|Project (Osprey|Kestrel)|Will|Example Freight|Sample Logistics|example",  # the user's own
)
_DATA = re.compile("|".join(rf"(?<!\w)(?:{one})(?!\w)" for one in DATA))


def untranslated(text: str) -> str:
    """What stands outside of all that was translated and is no data; "" for nothing."""
    before = ""
    while before != text:
        before, text = text, _WRAPPED.sub("", text)
    rest = _DATA.sub("", text)
    return " ".join(text.split()) if _WORD.search(rest) else ""


def said(window: QWidget) -> Iterator[str]:
    """Every text of `window` as it is now: seen, pointed at, or read aloud."""
    if isinstance(window, QMenu):
        yield from _menu(window)
    for widget in visible(window):
        yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
        yield from _texts(widget)
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            yield from _cells(widget.model(), QModelIndex())
    yield window.windowTitle()


def _menu(menu: QMenu) -> Iterator[str]:
    for action in menu.actions():
        if action.isVisible():
            yield from (action.text(), action.toolTip())
            if isinstance(below := action.menu(), QMenu):
                yield from _menu(below)


def _texts(widget: QWidget) -> Iterator[str]:
    match widget:
        case QMessageBox():
            yield from (widget.text(), widget.informativeText())
        case QInputDialog():
            yield from (widget.labelText(), widget.okButtonText(), widget.cancelButtonText())
        case QAbstractButton() | QLabel():
            yield widget.text()
        case QGroupBox():
            yield widget.title()
        case QLineEdit() | QPlainTextEdit():
            yield widget.placeholderText()
        case QSpinBox() | QDoubleSpinBox():
            yield from (widget.specialValueText(), widget.prefix(), widget.suffix())
        case QProgressBar():
            yield widget.format()
        case QTabBar():
            yield from (widget.tabText(number) for number in range(widget.count()))
        case QComboBox():
            yield from (widget.itemText(number) for number in range(widget.count()))
        case QMenuBar():
            for action in widget.actions():
                yield action.text()
                if isinstance(below := action.menu(), QMenu):
                    yield from _menu(below)


def _cells(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[str]:
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)
    for column in range(columns):
        if not parent.isValid():
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                heading = model.headerData(column, Qt.Orientation.Horizontal, role)
                yield heading if isinstance(heading, str) else ""
        for row in range(model.rowCount(parent)):
            index = model.index(row, column, parent)
            for role in _ROLES:
                text = model.data(index, role)
                yield text if isinstance(text, str) else ""
            yield from _cells(model, index) if column == 0 else ()
