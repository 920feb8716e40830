from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.clients import CLIENTS
from app.state import Protection, State
from app.ui.bridge import Bridge
from app.ui.connect import Connect
from tests.ui.staging import Staged


@pytest.fixture
def connect(qtbot: QtBot, application: Staged) -> Iterator[Connect]:
    bridge = Bridge(application.bus)
    window = Connect(application, bridge)
    qtbot.addWidget(window)
    window.present()
    yield window
    bridge.disconnect_bus()


def _choose(window: Connect, name: str) -> None:
    window.search.setText(name)
    assert window.tools.currentIndex().data() == name


def test_all_tools_are_there_by_their_groups(connect: Connect) -> None:
    QAbstractItemModelTester(connect.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    groups = [connect.model.index(row, 0) for row in range(connect.model.rowCount())]
    shown = [
        connect.model.index(row, 0, group).data() for group in groups for row in range(connect.model.rowCount(group))
    ]
    assert shown == [client.name for client in CLIENTS]
    assert connect.tools.currentIndex().data() == "Claude Code"


def test_search_finds_a_tool_and_shows_its_card(connect: Connect) -> None:
    connect.search.setText("langc")
    assert connect.tools.currentIndex().data() == "LangChain"
    assert "ChatOpenAI" in connect.card.snippets[0].text.toPlainText()
    connect.search.setText("no such tool")
    assert connect.model.rowCount() == 0
    connect.search.clear()
    assert connect.model.rowCount() == 3


def test_a_snippet_names_the_port_the_app_listens_on(connect: Connect, application: Staged) -> None:
    _choose(connect, "OpenAI for Python")
    application.staged = State(Protection.ON, "", 0, "http://localhost:3055/v1", "the keyring")
    connect._moved()
    box = connect.card.snippets[0]
    assert 'base_url="http://localhost:3055/v1"' in box.text.toPlainText()
    box.copy.click()
    assert QGuiApplication.clipboard().text() == box.text.toPlainText()
    assert box.copy.text() == "Copied"


def test_the_line_lights_up_with_the_tools_own_request(qtbot: QtBot, connect: Connect, application: Staged) -> None:
    _choose(connect, "Claude Code")
    assert connect.card.live.text().startswith("Waiting")
    application.exchange(client="curl/8.5.0")
    application.exchange(client="claude-cli/2.1.197")
    qtbot.waitUntil(lambda: connect.card.live.text().startswith("Its latest request arrived at"), timeout=30_000)
    assert "1 value hidden" in connect.card.live.text()


@pytest.mark.parametrize("label", ["claude-code", "Claude_Code", "claude-code.laptop"])
def test_or_with_one_that_has_its_local_key(qtbot: QtBot, connect: Connect, application: Staged, label: str) -> None:
    _choose(connect, "Claude Code")
    application.exchange(client="node", label="codex")
    application.exchange(client="node", label=label)
    qtbot.waitUntil(lambda: connect.card.live.text().startswith("Its latest request arrived at"), timeout=30_000)
    _choose(connect, "Aider")
    application.exchange(client="OpenAI/Python", label="aider")
    qtbot.waitUntil(lambda: connect.card.live.text().startswith("Its latest request arrived at"), timeout=30_000)


def test_where_no_name_tells_any_new_request_counts(qtbot: QtBot, connect: Connect, application: Staged) -> None:
    application.exchange(client="before/1", started=1.0)
    _choose(connect, "Aider")
    assert connect.card.live.text().startswith("Waiting")
    application.exchange(client="OpenAI/Python")
    qtbot.waitUntil(lambda: "A request of OpenAI/Python" in connect.card.live.text(), timeout=30_000)


@pytest.mark.parametrize(
    ("outcome", "said"), [("passed", "sent on as it was"), ("refused", "It was refused: Detection cannot run.")]
)
def test_what_became_of_it_is_said(connect: Connect, application: Staged, outcome: str, said: str) -> None:
    _choose(connect, "Claude Code")
    application.exchange(client="claude-cli/2.1.197", outcome=outcome, reason="Detection cannot run.")
    connect.card.look(application.exchanges)
    assert said in connect.card.live.text()


def test_a_tool_that_cannot_be_protected_has_no_line_that_waits(connect: Connect) -> None:
    _choose(connect, "Cursor")
    assert not connect.card.snippets
    assert not connect.card.live.isVisibleTo(connect)


def test_another_tool_after_it_has_a_line_again(connect: Connect) -> None:
    _choose(connect, "Cursor")
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    _choose(connect, "LangChain")
    assert connect.card.live.isVisible() and connect.card.live.text().startswith("Waiting")


def test_everything_has_a_name_and_a_key(connect: Connect) -> None:
    _choose(connect, "Codex CLI")
    for box in connect.card.snippets:
        assert box.text.accessibleName() and box.copy.accessibleName().startswith("Copy: ")
    connect.search.setFocus()
    QTest.keyClick(connect.search, Qt.Key.Key_Tab)
    assert connect.tools.hasFocus()
