"""The inspector: rows follow the log, and the four texts are marked where something was hidden."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QAbstractItemModel
from PySide6.QtTest import QAbstractItemModelTester

from app.events import ExchangeFinished, ExchangeStarted
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
        ["example/1.0", "POST /v1/responses", "small", "", "sent as it was", "37 B", ""],
        ["example/1.0", "POST /v1/responses", "small", "1 EMAIL", "failed (502)", "37 B", "12 ms"],
        ["example/1.0", "POST /v1/responses", "small", "2 PERSON · 2 PHONE · 1 EMAIL", "answered", "37 B", "12 ms"],
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
async def test_a_secret_that_a_tool_may_send_on_is_shown(desktop: Desktop, application: Staged) -> None:
    inspector = desktop.open_inspector()
    application.exchange()
    await until(lambda: inspector.model.rowCount() == 1)
    assert "given to a tool" not in inspector._summary.text()
    application.exchange(exposed=("API_KEY", "PASSWORD"))
    await until(lambda: inspector.model.rowCount() == 2)
    assert inspector._summary.text().endswith("⚠ API_KEY, PASSWORD given to a tool that may send it on")


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
    assert inspector.view.model.rowCount() == 3


@on_loop
async def test_forgetting(desktop: Desktop, application: Staged) -> None:
    application.exchange()
    inspector = desktop.open_inspector()
    inspector.forget.click()
    assert len(application.exchanges) == 0
    assert inspector.empty.isVisible()
    assert inspector.view.model.rowCount() == 0


@on_loop
async def test_an_empty_inspector_says_what_to_do(desktop: Desktop, application: Staged) -> None:
    inspector = desktop.open_inspector()
    assert URL in inspector.empty.text.text()
    application.exchanges.resize(0)
    application.settings.set("keep-exchanges", 0)
    assert "Keep exchanges" in inspector.empty.text.text()
