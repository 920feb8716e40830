"""The settings window, made from the declarations: a new setting needs no line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.settings import DECLARED
from app.settings_store import SettingsStore
from app.ui.bridge import Bridge
from app.ui.language import later, tr
from app.ui.setting_row import SettingRow, title
from app.ui.settings_section import SettingsSection
from app.ui.window import InkedLabel, Roomy, Window, bold, quiet, room_for_prompt, with_key

#: The pages that come first, in this order; others follow as they are declared.
_ORDER = ("Protection", "Detection", "Entities", "Models", "Proxy", "Keys", "Access", "Review", "Sessions", "Audit")
_NOTHING = later("No setting has these words in its name, its sentence or its flag.")


class SettingsForm(Window):
    """A page for each group of settings; a search shows what fits of all pages. Every change is stored at once."""

    def __init__(
        self,
        store: SettingsStore,
        bridge: Bridge,
        change: Callable[[str, object], None] | None = None,
        panels: Mapping[str, Sequence[QWidget]] | None = None,
    ) -> None:
        """`change` stores one value, or asks first; without it the store is written straight away.

        `panels` are shown with the settings of their group, and make a page of their own where there are none.
        """
        super().__init__(tr("Settings — Anonamoose"), 860, 700)
        self._at_start = store.current
        self._store = store
        panels = panels or {}
        self.rows = {row.name: SettingRow(row, store, change or store.set) for row in DECLARED.values()}
        groups: dict[str, list[SettingRow]] = {}
        for name, row in self.rows.items():
            groups.setdefault(DECLARED[name].option.group, []).append(row)
        known = dict.fromkeys([*groups, *panels])
        order = sorted(known, key=lambda group: _ORDER.index(group) if group in _ORDER else len(_ORDER))
        self.sections = [SettingsSection(group, groups.get(group, ()), panels.get(group, ())) for group in order]

        self.search = QLineEdit(placeholderText=tr("Search settings"), clearButtonEnabled=True)
        self.search.setAccessibleName(tr("Search settings"))
        self.search.setToolTip(with_key(tr("Searches names, sentences and flags"), QKeySequence.StandardKey.Find))
        self.search.textChanged.connect(self._show)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self).activated.connect(self.search.setFocus)
        self.pages = QListWidget()
        self.pages.setAccessibleName(tr("Pages"))
        self.pages.setItemDelegate(Roomy(self.pages))
        self.pages.addItems([tr(section.group) for section in self.sections])
        self.pages.currentRowChanged.connect(self._turn)
        self.pages.itemClicked.connect(self._leave_search)
        self.nothing = quiet(tr(_NOTHING))
        self.restart = InkedLabel("", lambda palette: palette.windowText().color())
        self.restart.setFont(bold(self.restart.font()))
        self.restart.setContentsMargins(0, 8, 12, 0)
        self.restart.hide()

        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setSpacing(14)
        for section in self.sections:
            column.addWidget(section, section.stretch)
        column.addWidget(self.nothing)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidget(inside)
        self._scroll.setAccessibleName(tr("The page, to scroll"))
        side = QVBoxLayout()
        side.addWidget(self.search)
        side.addWidget(self.pages, 1)
        side.setContentsMargins(0, 0, 0, 12)
        room_for_prompt(self.search)
        main = QVBoxLayout()
        main.addWidget(self.restart)
        main.addWidget(self._scroll, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 12, 0, 0)
        layout.addLayout(side, 1)
        layout.addLayout(main, 4)
        bridge.setting_changed.connect(self._changed)
        self.pages.setCurrentRow(0)

    def open_page(self, group: str) -> None:
        """Turns to the page of `group`."""
        self.search.clear()
        (item,) = self.pages.findItems(tr(group), Qt.MatchFlag.MatchExactly)
        self.pages.setCurrentItem(item)

    def _turn(self, page: int) -> None:
        self._show()
        self._scroll.verticalScrollBar().setValue(0)

    def _leave_search(self, item: QListWidgetItem) -> None:
        self.search.clear()

    def _show(self) -> None:
        words = self.search.text().split()
        found = 0
        for number, section in enumerate(self.sections):
            fits = section.look_for(words)
            section.setVisible(fits > 0 if words else number == self.pages.currentRow())
            found += fits
        self.nothing.setVisible(not found)

    def _changed(self, name: str) -> None:
        self.rows[name].load()
        waiting = [
            tr(title(row.name))
            for row in DECLARED.values()
            if row.option.restart
            and getattr(self._store.current, row.attribute) != getattr(self._at_start, row.attribute)
        ]
        told = tr("Restart Anonamoose for the new value to take effect: {settings}.")
        self.restart.setText(told.format(settings=", ".join(waiting)))
        self.restart.setVisible(bool(waiting))
