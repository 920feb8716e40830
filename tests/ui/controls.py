"""What is wrong with the controls of a window, each in a sentence: names, tips, keys, order, room."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAccessible, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QMessageBox,
    QPushButton,
    QScrollBar,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QToolButton,
    QWidget,
)

#: What Qt makes inside its own controls: neither reached by Tab nor named.
_INNER = re.compile(r"qt_|_q_|ScrollLeftButton|ScrollRightButton")
_MNEMONIC = re.compile(r"(?<!&)&([^&\s])")
#: Buttons whose consequence cannot be taken back.
DESTRUCTIVE = re.compile(r"remove|forget|revoke|delete|turn off|make another|send it there", re.IGNORECASE)


def visible(window: QWidget) -> list[QWidget]:
    """All that can be seen of a window, without what Qt makes inside its own controls."""
    every = [window, *window.findChildren(QWidget)]
    return [w for w in every if w.isVisible() and w.window() is window and not _INNER.match(w.objectName())]


def focusable(window: QWidget) -> list[QWidget]:
    """The controls that Tab stops at, where they are enabled."""
    return [
        w
        for w in visible(window)
        if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isEnabled() and w.focusProxy() is None and not _is_part(w)
    ]


def _is_part(widget: QWidget) -> bool:
    """Whether it is a part of a control that is reached itself."""
    parent = widget.parentWidget()
    return (
        isinstance(widget, (QScrollBar, QHeaderView, QMenuBar))
        or (isinstance(parent, (QComboBox, QAbstractSpinBox, QMessageBox)) and not isinstance(widget, QAbstractButton))
        or (type(widget) is QWidget and isinstance(parent, QAbstractScrollArea))
    )


def named(widget: QWidget) -> str:
    """What a screen reader calls a control."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name).strip() if interface is not None else ""


def what(widget: QWidget | None) -> str:
    """A control, for whoever reads a fault."""
    if widget is None:
        return "nothing"
    text = getattr(widget, "text", None)
    said = text() if callable(text) and isinstance(widget, (QAbstractButton, QLabel)) else ""
    return f"{type(widget).__name__} {named(widget) or said!r}"


def unnamed(window: QWidget) -> Iterator[str]:
    """Controls that a screen reader could not tell; bare signs without a tip."""
    if not window.windowTitle() and not isinstance(window, QMenu):
        yield "the window has no title"
    for widget in focusable(window):
        name = named(widget)
        if not re.search(r"\w", name):
            yield f"{what(widget)} in {what(widget.parentWidget())} has no name"
    for widget in visible(window):
        is_clearing = isinstance(widget.parentWidget(), QLineEdit)  # Qt's own, which no key reaches
        if (
            isinstance(widget, QAbstractButton)
            and not is_clearing
            and not re.search(r"\w", widget.text())
            and not widget.toolTip()
        ):
            yield f"{what(widget)} shows a sign alone and has no tip"


def mnemonics(window: QWidget) -> Iterator[str]:
    """Letters that stand for two things; controls of a dialog that answers count as well."""
    if isinstance(window, QMenu):
        texts = [action.text() for action in window.actions() if action.isVisible()]
    else:
        texts = [w.text() for w in visible(window) if isinstance(w, (QAbstractButton, QLabel)) and w.isEnabled()]
        for bar in (w for w in visible(window) if isinstance(w, (QTabBar, QMenuBar))):
            if isinstance(bar, QTabBar):
                texts += [bar.tabText(index) for index in range(bar.count())]
            else:
                texts += [action.text() for action in bar.actions()]
                for menu in (action.menu() for action in bar.actions()):
                    if isinstance(menu, QMenu):
                        yield from (f"in a menu: {fault}" for fault in mnemonics(menu))
    letters: dict[str, list[str]] = {}
    for text in dict.fromkeys(texts):
        for letter in _MNEMONIC.findall(text):
            letters.setdefault(letter.casefold(), []).append(text)
    yield from (f"{letter!r} stands for {' and '.join(said)}" for letter, said in letters.items() if len(said) > 1)
    if isinstance(window, QMenu):
        # A line that tells how things are has none, though it leads to more.
        choices = [a for a in window.actions() if a.isVisible() and a.isEnabled() and "·" not in a.text()]
        yield from (f"{a.text()!r} of a menu has no letter" for a in choices if a.text() and "&" not in a.text())


def shortcuts(window: QWidget) -> Iterator[str]:
    """Keys that do two things, and keys that nothing tells of."""
    keys: Counter[str] = Counter()
    told = "\n".join(_told(window))
    for shortcut in window.findChildren(QShortcut):
        owner = shortcut.parent()
        if not isinstance(owner, QWidget) or not owner.isVisible() or owner.window() is not window:
            continue
        for key in shortcut.keys():  # noqa: SIM118  (no dict)
            keys[key.toString()] += 1
            if key.toString().endswith("Enter"):
                continue  # the same key on the number pad
            text = key.toString(QKeySequence.SequenceFormat.NativeText)
            if key not in QKeySequence.keyBindings(QKeySequence.StandardKey.Close) and text not in told:
                yield f"{text} is told nowhere"
    for widget in visible(window):
        for action in widget.actions():
            for key in action.shortcuts():
                keys[f"{key.toString()}"] += not isinstance(widget, (QMenu, QToolButton, QPushButton))
    yield from (f"{key} does {number} things" for key, number in keys.items() if number > 1)


def _told(window: QWidget) -> Iterator[str]:
    for widget in visible(window):
        yield widget.toolTip()
        yield from (f"{action.toolTip()} {action.shortcut().toString()}" for action in widget.actions())
        yield widget.accessibleDescription()


def order(window: QWidget) -> Iterator[str]:
    """Controls that Tab does not come to, and steps against the direction of reading."""
    if isinstance(window, QMenu):
        return
    wanted = focusable(window)
    first = window.nextInFocusChain()
    seen: list[QWidget] = []
    widget: QWidget | None = first
    while widget is not None and (not seen or widget is not seen[0]) and len(seen) < 10_000:
        seen.append(widget)
        widget = widget.nextInFocusChain()
    stops = [widget for widget in seen if widget in wanted]
    yield from (f"Tab never comes to {what(widget)}" for widget in wanted if widget not in stops)
    steps = zip(stops, stops[1:] + stops[:1], strict=True)
    back = [(one, other) for one, other in steps if _is_before(window, other, one)]
    if len(back) > 1:  # from the last to the first it has to go back
        yield from (f"Tab goes from {what(one)} back to {what(other)}" for one, other in back)


def _is_before(window: QWidget, one: QWidget, other: QWidget) -> bool:
    """Whether `one` is read before `other`: above it in the same columns, or left of it in the same rows."""
    a, b = (w.rect().translated(w.mapTo(window, QPoint())) for w in (one, other))
    in_columns = a.left() < b.right() and b.left() < a.right()
    in_rows = a.top() < b.bottom() and b.top() < a.bottom()
    return (in_columns and not in_rows and a.bottom() <= b.top()) or (
        in_rows and not in_columns and a.right() <= b.left()
    )


def dialogs(window: QWidget) -> Iterator[str]:
    """Dialogs that Escape does not leave, or in which Return destroys."""
    if isinstance(window, QMessageBox):
        default = window.defaultButton()
        if default is None and len(window.buttons()) > 1:
            yield "Return does something, and nobody has said what"
        if default is not None and DESTRUCTIVE.search(default.text()):
            yield f"Return means {default.text()}"
        if window.escapeButton() is None and len(window.buttons()) > 1:
            yield "Escape does not leave it"
    elif not isinstance(window, QDialog):
        for button in window.findChildren(QPushButton):
            if button.isDefault() or (button.autoDefault() and DESTRUCTIVE.search(button.text())):
                yield f"Return may mean {button.text()}"


def clipped(window: QWidget) -> Iterator[str]:
    """Texts for which there is no room."""
    for widget in visible(window):
        if fault := _clipped(widget):
            yield f"{what(widget)} {fault}"
        if isinstance(widget, QHeaderView) and widget.orientation() is Qt.Orientation.Horizontal:
            for section in range(widget.count()):
                heading = str(widget.model().headerData(section, Qt.Orientation.Horizontal))
                needs, has = widget.fontMetrics().horizontalAdvance(heading) + 4, widget.sectionSize(section)
                if not widget.isSectionHidden(section) and has < needs:
                    yield f"the heading {heading!r} has {has} of {needs} pixels"
    room = QSize(1280, 800)
    least = window.minimumSizeHint()
    if least.width() > room.width() or least.height() > room.height():
        yield f"the window needs {least.width()} × {least.height()}"


def _clipped(widget: QWidget) -> str:
    has, needs = widget.size(), widget.size()
    if isinstance(widget, QLabel) and widget.text():
        if type(widget).__name__ == "ElidedLabel":
            needs = QSize(has.width(), widget.fontMetrics().height())
        elif widget.wordWrap():
            needs = QSize(has.width(), widget.heightForWidth(has.width()))
            words = max(widget.text().split(), key=len, default="")
            needs.setWidth(min(widget.fontMetrics().horizontalAdvance(words), 10_000))
        else:
            needs = widget.sizeHint()
    elif isinstance(widget, QAbstractButton) and widget.text():
        needs = widget.minimumSizeHint().expandedTo(widget.sizeHint())
    elif isinstance(widget, QAbstractSpinBox):
        needs = widget.sizeHint()
    elif isinstance(widget, QComboBox):
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        field = widget.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, widget
        )
        text = widget.fontMetrics().horizontalAdvance(widget.currentText())
        return "" if text <= field.width() else f"shows {field.width()} of {text} pixels of {widget.currentText()!r}"
    elif isinstance(widget, QLineEdit) and not widget.text():
        text = widget.fontMetrics().horizontalAdvance(widget.placeholderText())
        needs = QSize(text + 8 + (24 if widget.isClearButtonEnabled() and widget.text() else 0), has.height())
    if has.width() < needs.width() or has.height() < needs.height():
        return f"has {has.width()} × {has.height()} and needs {needs.width()} × {needs.height()}"
    return ""


CHECKS = (unnamed, mnemonics, shortcuts, order, dialogs, clipped)


def faults(window: QWidget) -> Iterator[str]:
    """All of them."""
    for check in CHECKS:
        yield from (f"{check.__name__}: {fault}" for fault in check(window))


def lengthen(window: QWidget) -> None:
    """Makes what a window says longer by half, as another language may."""
    for widget in visible(window):
        is_late = isinstance(window, QMessageBox) or isinstance(widget, QToolButton)  # they have their size already
        if (
            isinstance(widget, (QAbstractButton, QLabel))
            and widget.text()
            and not (is_late or widget.property("longer"))
        ):
            widget.setProperty("longer", True)
            text = widget.text()
            widget.setText(f"{text} {'more ' * (len(text) // 10 + 1)}".rstrip())
