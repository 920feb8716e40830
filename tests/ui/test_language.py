"""What the tray and the main window say comes from the translation in use, from the source to the screen."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QMenu, QMenuBar

from app.ui.language import FOLDER, tr, use_language
from app.ui.main_window import MainWindow
from app.ui.shell import Shell
from app.ui.tasks import Tasks
from app.ui.tray_menu import TrayMenu
from tests.ui.staging import Staged

TOOL = Path(__file__).parents[2] / "tools" / "translations.py"


class Pseudo(QTranslator):
    """A language that says everything in brackets."""

    def translate(self, context: str, text: str, about: str | None = None, number: int = -1) -> str:
        return f"⟦{text}⟧"

    def isEmpty(self) -> bool:
        return False


@pytest.fixture
def pseudo(qapp: Shell) -> Iterator[None]:
    translator = Pseudo()
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


def actions_of(menu: QMenu) -> Iterator[QAction]:
    for action in menu.actions():
        submenu = action.menu()
        if isinstance(submenu, QMenu):
            yield from actions_of(submenu)
        if not action.isSeparator():
            yield action


def test_no_word_of_tray_and_main_window_escapes(qapp: Shell, application: Staged, pseudo: None) -> None:
    from app.ui.actions import Actions

    actions = Actions(application, Tasks())
    menu, window = TrayMenu(application, actions), MainWindow(application, actions)
    bar = window.findChild(QMenuBar)
    assert bar is not None
    menus = [menu, *(sub for sub in (action.menu() for action in bar.actions()) if isinstance(sub, QMenu))]
    told = {actions.state, actions.reason, actions.waiting, menu.today}  # sentences made of the state
    texts = [action.text() for one in menus for action in actions_of(one) if action not in told and action.text()]
    texts += [action.text() for action in bar.actions()]
    texts += [button.text() for button in window.findChildren(QAbstractButton) if button.text()]
    assert len(texts) > 40
    assert [text for text in texts if "⟦" not in text] == []
    window.deleteLater()
    menu.deleteLater()


def test_a_translation_goes_from_the_source_to_the_screen(qapp: Shell, tmp_path: Path) -> None:
    pytest.importorskip("PySide6.scripts")
    command = [sys.executable, str(TOOL), "de", "--out", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    written = tmp_path / "anonamoose_de.ts"
    tree = ElementTree.parse(written)
    messages = {message.findtext("source"): message for message in tree.iter("message")}
    assert len(messages) > 30
    translation = messages["&Settings…"].find("translation")
    assert translation is not None
    translation.text = "&Einstellungen…"
    del translation.attrib["type"]
    tree.write(written, encoding="utf-8")
    subprocess.run([*command, "--release"], check=True, capture_output=True)

    assert use_language(QLocale("de_AT"), tmp_path)
    try:
        assert tr("&Settings…") == "&Einstellungen…" and tr("&Inspector…") == "&Inspector…"
    finally:
        for translator in qapp.findChildren(QTranslator):
            QCoreApplication.removeTranslator(translator)
            translator.deleteLater()


def test_without_a_translation_it_stays_english(qapp: Shell) -> None:
    assert not use_language(QLocale("tlh"), FOLDER) and tr("&Quit") == "&Quit"
