"""The inspector: rows follow the log, and the four texts are marked where something was hidden."""

from __future__ import annotations

import asyncio
import dataclasses

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QTableView

from app.events import ExchangeFinished, ExchangeStarted
from app.pipeline.redaction import Redaction
from app.ui.bridge import Bridge
from app.ui.desktop import Desktop
from app.ui.exchange_table import ExchangeTable
from tests.ui.staging import URL, Staged, answered, on_loop, until


def watched(model: QAbstractItemModel) -> QAbstractItemModelTester:
    return QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)


def rows(model: ExchangeTable) -> list[list[str]]:
    return [
        [str(model.index(row, column).data()) for column in range(1, model.columnCount())]
        for row in range(model.rowCount())
    ]


@on_loop
async def test_rows_tell_what_happened(application: Staged) -> None:
    exchange = application.exchange(entities={"PERSON": 2, "EMAIL_ADDRESS": 1, "PHONE_NUMBER": 2})
    application.exchange(outcome="failed", status=502, reason="The provider closed the connection.")
    application.exchange(outcome="passed", entities={}, detect_ms=0.0)
    model = ExchangeTable(application.exchanges)
    tester = watched(model)
    assert rows(model) == [
        ["example/1.0", "POST /v1/responses", "small", "", "sent as it was", ""],
        ["example/1.0", "POST /v1/responses", "small", "1 EMAIL", "failed (502)", "12 ms"],
        ["example/1.0", "POST /v1/responses", "small", "2 PERSON · 2 PHONE · 1 EMAIL", "answered", "12 ms"],
    ]
    assert model.exchange(model.index(2, 0)) is exchange
    assert len(str(model.index(0, 0).data())) == len("12:34:56")
    del tester


@on_loop
async def test_rows_follow_the_log(application: Staged) -> None:
    application.exchanges.resize(3)
    model = ExchangeTable(application.exchanges)
    tester = watched(model)
    for number in range(5):
        application.exchange(model=f"m{number}")
        model.sync()
    assert [row[2] for row in rows(model)] == ["m4", "m3", "m2"]
    first = application.exchange(model="m5")
    application.exchange(model="m6")
    application.exchanges.resize(2)
    model.sync()
    assert [row[2] for row in rows(model)] == ["m6", "m5"]
    first.model = "changed"
    model.sync(frozenset({first.id}))
    assert rows(model)[1][2] == "changed"
    application.exchanges.clear()
    model.sync()
    assert rows(model) == []
    application.exchange(model="m7")
    model.sync()
    assert [row[2] for row in rows(model)] == ["m7"]
    del tester


@on_loop
async def test_events_are_gathered(application: Staged) -> None:
    bridge = Bridge(application.bus)
    batches: list[frozenset[int]] = []
    bridge.exchanges_changed.connect(batches.append)
    for number in range(100):
        application.bus.publish(ExchangeStarted(number))
        application.bus.publish(ExchangeFinished(number, 0))
    assert batches == []
    await until(lambda: batches)
    assert batches == [frozenset(range(100))]
    bridge.disconnect_bus()
    application.bus.publish(ExchangeStarted(1))
    assert len(batches) == 1


@on_loop
async def test_a_mask_tells_that_it_does_not_come_back(desktop: Desktop, application: Staged) -> None:
    exchange = application.exchange()
    view = desktop.open_inspector().view
    assert exchange.sent is not None and view.left.view.tips == ["EMAIL_ADDRESS, hidden"]
    (replacement,) = exchange.sent.replacements
    masked = dataclasses.replace(replacement, placeholder="[EMAIL]")
    application.exchange(sent=Redaction(exchange.sent.original, '{"input":"Write to [EMAIL]"}', (masked,)))
    await until(lambda: view.left.view.marked == [("[EMAIL]", "EMAIL_ADDRESS")])
    assert view.left.note == "Values are replaced by placeholders, or by masks, which do not come back."
    assert view.left.view.tips == ["EMAIL_ADDRESS, hidden for good: a mask does not come back"]


@on_loop
async def test_the_four_texts_are_marked(desktop: Desktop, application: Staged) -> None:
    application.exchange('{"input":"🦌 Write to jane@example.com, please"}')
    view = desktop.open_inspector().view
    hidden, shown = [("jane@example.com", "EMAIL_ADDRESS")], [("[EMAIL_4821]", "EMAIL_ADDRESS")]
    assert view.sent.view.marked == hidden
    assert view.left.view.marked == shown
    assert view.came_back.view.marked == shown
    assert view.got.view.marked == hidden
    assert "jane@example.com" not in view.left.view.toPlainText()
    assert '"input": "🦌 Write to jane@example.com, please"' in view.sent.view.toPlainText()


@on_loop
async def test_a_new_exchange_appears_and_is_shown_unless_another_was_picked(
    desktop: Desktop, application: Staged
) -> None:
    inspector = desktop.open_inspector()
    assert inspector.empty.isVisible()
    application.exchange(got="first")
    await until(lambda: inspector.model.rowCount() == 1)
    assert inspector.view.got.view.toPlainText() == "first"
    application.exchange(got="second")
    await until(lambda: inspector.model.rowCount() == 2)
    first = inspector.findChild(QTableView)
    assert isinstance(first, QTableView)
    first.selectRow(1)
    assert inspector.view.got.view.toPlainText() == "first"
    application.exchange(got="third")
    await until(lambda: inspector.model.rowCount() == 3)
    assert inspector.view.got.view.toPlainText() == "first"
    assert first.currentIndex().row() == 2


@on_loop
async def test_a_running_exchange_fills_in_later(desktop: Desktop, application: Staged) -> None:
    inspector = desktop.open_inspector()
    exchange = application.exchange(outcome="open", got="", came_back="")
    await until(lambda: inspector.model.rowCount() == 1)
    assert inspector.view.came_back.note == "Waiting for the answer."
    exchange.outcome = "done"
    answered(exchange, "hello", "hello")
    application.bus.publish(ExchangeFinished(exchange.id, 1))
    await until(lambda: inspector.view.got.view.toPlainText() == "hello")


@on_loop
async def test_what_did_not_leave_is_said_not_to_have_left(desktop: Desktop, application: Staged) -> None:
    inspector = desktop.open_inspector()
    application.exchange(outcome="refused", reason="The body is not JSON.", came_back="", got="")
    await until(lambda: inspector.model.rowCount() == 1)
    assert inspector.view.left.note == "Nothing left. The body is not JSON."
    assert inspector.view.left.view.toPlainText() == ""
    application.exchange(outcome="refused", sent=None)
    await until(lambda: inspector.model.rowCount() == 2)
    assert (inspector.view.sent.note, inspector.view.left.note) == ("The text was not kept.", "Nothing left.")


@on_loop
async def test_what_was_passed_is_said_to_have_left_as_it_was(desktop: Desktop, application: Staged) -> None:
    inspector = desktop.open_inspector()
    application.exchange(outcome="passed", entities={})
    await until(lambda: inspector.model.rowCount() == 1)
    assert inspector.view.left.note == "Sent as it was: nothing was hidden."


@on_loop
async def test_what_left_unread_is_told(desktop: Desktop, application: Staged) -> None:
    inspector = desktop.open_inspector()
    application.exchange(notices=("1 image left unread.",))
    await until(lambda: inspector.model.rowCount() == 1)
    assert inspector.view.left.note == "Values are replaced by placeholders. 1 image left unread."
    assert inspector.model.data(inspector.model.index(0, 0), Qt.ItemDataRole.ToolTipRole) == "1 image left unread."


@on_loop
async def test_a_hidden_inspector_catches_up_when_shown(desktop: Desktop, application: Staged) -> None:
    inspector = desktop.open_inspector()
    exchange = application.exchange(outcome="open", got="")
    await until(lambda: inspector.model.rowCount() == 1)
    inspector.close()
    exchange.outcome = "done"
    answered(exchange, "hello", "hello")
    application.exchange(got="second")
    await asyncio.sleep(0.3)
    assert inspector.model.rowCount() == 1
    desktop.open_inspector()
    assert inspector.model.rowCount() == 2
    assert inspector.view.got.view.toPlainText() == "second"


@on_loop
async def test_forgetting(desktop: Desktop, application: Staged) -> None:
    application.exchange()
    inspector = desktop.open_inspector()
    inspector.forget.click()
    assert len(application.exchanges) == 0
    assert inspector.empty.isVisible()
    assert inspector.view.sent.view.toPlainText() == ""


@on_loop
async def test_an_empty_inspector_says_what_to_do(desktop: Desktop, application: Staged) -> None:
    inspector = desktop.open_inspector()
    assert URL in inspector.empty.text.text()
    application.exchanges.resize(0)
    application.settings.set("keep-exchanges", 0)
    assert "Keep exchanges" in inspector.empty.text.text()
