"""One group of the settings: its heading, its rows, and what else belongs to it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.ui.language import tr
from app.ui.setting_row import SettingRow
from app.ui.window import bold


class SettingsSection(QWidget):
    """Shown whole as a page, or, in a search, with what of it fits."""

    def __init__(self, group: str, rows: Iterable[SettingRow], panels: Iterable[QWidget] = ()) -> None:
        """`panels` stand above the rows; a search finds each by its accessible name and description."""
        super().__init__()
        self.group = group
        self._rows = list(rows)
        self._panels = list(panels)
        heading = QLabel(tr(group))
        heading.setFont(bold(heading.font(), 1.25))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(heading)
        for panel in self._panels:
            layout.addWidget(panel, 1)
        self._box = QFrame()
        self._box.setFrameShape(QFrame.Shape.StyledPanel)
        inside = QVBoxLayout(self._box)
        for row in self._rows:
            inside.addWidget(row)
        layout.addWidget(self._box)
        self._box.setVisible(bool(self._rows))

    @property
    def stretch(self) -> int:
        """How much of a page that is not full it takes: panels grow, rows do not."""
        return 0 if self._rows else 1000

    def look_for(self, words: Iterable[str]) -> int:
        """Shows what has all `words` in it, or all without any; returns how much that is."""
        words = [word.casefold() for word in words]
        rows = sum(_show(row, row.words, words) for row in self._rows)
        panels = sum(_show(panel, _words(panel), words) for panel in self._panels)
        self._box.setVisible(bool(rows))
        return rows + panels


def _words(panel: QWidget) -> str:
    return f"{panel.accessibleName()} {panel.accessibleDescription()}".casefold()


def _show(widget: QWidget, said: str, words: Iterable[str]) -> bool:
    fits = all(word in said for word in words)
    widget.setVisible(fits)
    return fits
