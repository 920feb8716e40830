"""The settings window, made from the declarations: a new setting needs no line here."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.settings import DECLARED
from app.settings_store import SettingsStore
from app.ui.bridge import Bridge
from app.ui.setting_row import SettingRow, title
from app.ui.window import InkedLabel, Window, bold


class SettingsForm(Window):
    """A group for each topic; every change is stored at once."""

    def __init__(
        self, store: SettingsStore, bridge: Bridge, change: Callable[[str, object], None] | None = None
    ) -> None:
        """`change` stores one value, or asks first; without it the store is written straight away."""
        super().__init__("Settings — Anonamoose", 680, 720)
        self._at_start = store.current
        self._store = store
        self.rows = {row.name: SettingRow(row, store, change or store.set) for row in DECLARED.values()}
        self.restart = InkedLabel("", lambda palette: palette.windowText().color())
        self.restart.setFont(bold(self.restart.font()))
        self.restart.setContentsMargins(12, 8, 12, 8)
        self.restart.hide()
        groups: dict[str, QVBoxLayout] = {}
        inside = QWidget()
        column = QVBoxLayout(inside)
        for name, row in self.rows.items():
            group = DECLARED[name].option.group
            if group not in groups:
                heading = QLabel(group)
                heading.setFont(bold(heading.font()))
                box = QFrame()
                box.setFrameShape(QFrame.Shape.StyledPanel)
                groups[group] = QVBoxLayout(box)
                column.addSpacing(6)
                column.addWidget(heading)
                column.addWidget(box)
            groups[group].addWidget(row)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.restart)
        layout.addWidget(scroll, 1)
        bridge.setting_changed.connect(self._changed)

    def _changed(self, name: str) -> None:
        self.rows[name].load()
        waiting = [
            title(row.name)
            for row in DECLARED.values()
            if row.option.restart
            and getattr(self._store.current, row.attribute) != getattr(self._at_start, row.attribute)
        ]
        self.restart.setText(f"Restart Anonamoose for the new value to take effect: {', '.join(waiting)}.")
        self.restart.setVisible(bool(waiting))
