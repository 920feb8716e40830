"""The pages of the first steps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QGroupBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.application import Application
from app.example import SAMPLE, TITLES, Example
from app.pipeline.policy import parse_regions
from app.settings_store import SettingsStore
from app.ui.language import later, tr
from app.ui.reading import side
from app.ui.side_by_side import TextPane
from app.ui.tasks import Tasks
from app.ui.window import Complaint, quiet

_REGIONS = (
    ("AU", later("Australia")),
    ("NZ", later("New Zealand")),
    ("UK", later("United Kingdom")),
    ("US", later("United States")),
)
_PRESETS = (
    ("balanced", later("Ba&lanced"), later("For letters, notes, tickets and conversations.")),
    ("strict", later("&Strict"), later("Finds most, and now and then hides a word that is nobody’s name.")),
    ("coding", later("&Coding"), later("For source code and logs: leaves what only looks like a name.")),
)


class Showing(QWidget):
    """What becomes of a text, by the app itself and its practice model."""

    TITLE = later("What is personal stays on this machine")
    SAYS = later(
        "Names, addresses and numbers in what your tools send become placeholders before it leaves; in the answer your "
        "tools get the real values back. Here is one exchange with a practice model, which is on this machine."
    )

    def __init__(self, application: Application, tasks: Tasks) -> None:
        super().__init__()
        self._application = application
        self._tasks = tasks
        self._example = Example(SAMPLE)
        self.panes = [TextPane() for _ in TITLES]
        self.send = QPushButton(tr("&Send it"))
        self.send.clicked.connect(self._send)
        self.wrong = Complaint()
        grid = QGridLayout()
        grid.setSpacing(10)
        for place, pane in enumerate((self.panes[0], self.panes[1], self.panes[3], self.panes[2])):
            grid.addWidget(pane, place // 2, place % 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(grid, 1)
        layout.addWidget(self.wrong)
        layout.addWidget(self.send, alignment=Qt.AlignmentFlag.AlignLeft)
        self._show()

    def _send(self) -> None:
        self.wrong.tell("")
        self.send.setEnabled(False)
        self._example = Example(SAMPLE)
        self._tasks.start(self._run(), on_error=self.wrong.tell)

    async def _run(self) -> None:
        try:
            await self._example.run(self._application, self._show)
        finally:
            self.send.setEnabled(True)

    def _show(self) -> None:
        example = self._example
        hidden = (example.values, example.placeholders, example.placeholders, example.values)
        for pane, title, text, marked in zip(self.panes, TITLES, example.texts, hidden, strict=True):
            pane.show_text(tr(title), "", side(text, _marks(text, marked)))


def _marks(text: str, hidden: Mapping[str, str]) -> Iterator[tuple[int, int, str, str]]:
    pattern = "|".join(re.escape(part) for part in sorted(hidden, key=len, reverse=True))
    for match in re.finditer(pattern, text) if pattern else ():
        yield match.start(), match.end(), hidden[match.group()], hidden[match.group()]


class Choices(QWidget):
    """Region and strictness, kept as soon as they are chosen."""

    TITLE = later("What to look for")
    SAYS = later("Both can be changed at any time in the settings, for a session or for a single request.")

    def __init__(self, settings: SettingsStore) -> None:
        super().__init__()
        self._settings = settings
        current = settings.current
        regions = parse_regions(current.locale)
        where = QGroupBox(tr("Whose numbers: tax, health, licence and the like"))
        places = QVBoxLayout(where)
        self.regions = {code: QCheckBox(tr(name)) for code, name in _REGIONS}
        for code, box in self.regions.items():
            box.setChecked(not regions or code in regions)
            box.toggled.connect(self._choose_regions)
            places.addWidget(box)
        places.addWidget(quiet(tr("Names, e-mail addresses, cards and telephone numbers are looked for in any case.")))
        how = QGroupBox(tr("How strictly"))
        ways = QVBoxLayout(how)
        self.presets: dict[str, QRadioButton] = {}
        group = QButtonGroup(self)
        for preset, words, says in _PRESETS:
            button = self.presets[preset] = QRadioButton(tr(words))
            button.setChecked(current.preset == preset)
            button.toggled.connect(lambda on, preset=preset: self._settings.set("preset", preset) if on else None)
            button.setAccessibleDescription(tr(says))
            group.addButton(button)
            ways.addWidget(button)
            text = quiet(tr(says))
            text.setContentsMargins(24, 0, 0, 4)
            ways.addWidget(text)
        where.setEnabled(not settings.is_fixed("locale"))
        how.setEnabled(not settings.is_fixed("preset"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addWidget(where)
        layout.addWidget(how)
        layout.addStretch(1)

    def _choose_regions(self) -> None:
        chosen = [code for code, box in self.regions.items() if box.isChecked()]
        # All of them and none of them are the same to the setting: every region.
        self._settings.set("locale", "" if len(chosen) == len(_REGIONS) else ", ".join(chosen))


class Going(QWidget):
    """How to go on."""

    TITLE = later("Connect a tool")
    SAYS = later(
        "Give a tool this base URL and go on working; its key stays as it is. The icon in the tray shows the state."
    )

    connect_asked = Signal()

    def __init__(self, application: Application) -> None:
        super().__init__()
        self._application = application
        self.tools = QPushButton(tr("&Show me how, for my tool…"))
        self.tools.clicked.connect(self.connect_asked)
        self.url, real = _copied(tr("Base URL for your tools"))
        self.practice, practice = _copied(tr("Base URL of the practice model, for which no key is needed"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addWidget(real)
        layout.addWidget(self.tools, alignment=Qt.AlignmentFlag.AlignLeft)
        layout.addSpacing(10)
        layout.addWidget(practice)
        layout.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        """Shows where the app listens."""
        origin = self._application.state.base_url.removesuffix("/v1")
        self.url.setText(f"{origin}/v1" if origin else "")
        self.practice.setText(f"{origin}/demo/v1" if origin else "")


def _copied(words: str) -> tuple[QLineEdit, QWidget]:
    """A line that is there to be copied, with a button that does it."""
    box = QWidget()
    label = QLabel(words)
    line = QLineEdit(readOnly=True)
    line.setAccessibleName(words)
    label.setBuddy(line)
    copy = QPushButton(tr("Copy"))
    copy.setAccessibleName(tr("Copy: {what}").format(what=words))
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(line.text()))
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.addWidget(label, 0, 0, 1, 2)
    grid.addWidget(line, 1, 0)
    grid.addWidget(copy, 1, 1)
    return line, box
