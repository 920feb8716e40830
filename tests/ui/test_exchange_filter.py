"""Which exchanges are listed."""

from __future__ import annotations

from PySide6.QtTest import QAbstractItemModelTester

from app.pipeline.redaction import Redaction
from app.proxy.exchange import Exchange
from app.ui.desktop import Desktop
from app.ui.exchange_filter import FACETS, ExchangeFilter
from app.ui.exchange_table import ExchangeTable
from tests.ui.staging import Staged, on_loop, until

TYPE, TOOL, SESSION, OUTCOME = FACETS


def ids(found: ExchangeFilter, table: ExchangeTable) -> list[int]:
    rows = [table.exchange(found.mapToSource(found.index(row, 0))) for row in range(found.rowCount())]
    return [exchange.id for exchange in rows if exchange is not None]


@on_loop
async def test_by_type_tool_session_and_outcome(application: Staged) -> None:
    one = application.exchange(client="curl/8", session="a")
    two = application.exchange(entities={"PERSON": 1}, session="b")
    three = application.exchange(entities={"PERSON": 2, "URL": 1}, outcome="refused", status=403, session="b")
    table = ExchangeTable(application.exchanges)
    found = ExchangeFilter(table)
    tester = QAbstractItemModelTester(found, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert found.values(TYPE) == ["PERSON", "EMAIL_ADDRESS", "URL"]
    assert found.values(SESSION) == ["b", "a"]
    assert ids(found, table) == [three.id, two.id, one.id] and not found.is_on
    found.choose(TYPE, "PERSON")
    assert ids(found, table) == [three.id, two.id] and found.is_on
    found.choose(OUTCOME, "refused (403)")
    assert ids(found, table) == [three.id]
    found.choose(TYPE, "")
    found.choose(OUTCOME, "")
    found.choose(TOOL, "curl/8")
    assert ids(found, table) == [one.id]
    found.choose(TOOL, "")
    found.choose(SESSION, "b")
    four = application.exchange(session="b")
    application.exchange(session="c")
    table.sync()
    assert ids(found, table) == [four.id, three.id, two.id]
    application.exchanges.clear()
    table.sync()
    assert ids(found, table) == []
    del tester


@on_loop
async def test_rows_that_are_forgotten_together_go_together(application: Staged) -> None:
    for _ in range(6):
        application.exchange()
    table = ExchangeTable(application.exchanges)
    tester = QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal)
    gone: list[tuple[int, int]] = []
    table.rowsRemoved.connect(lambda parent, first, last: gone.append((first, last)))
    application.exchanges.resize(2)
    application.exchange()
    table.sync()
    assert gone == [(1, 5)] and table.rowCount() == 2
    del tester


def said(exchange: Exchange, original: str, text: str) -> None:
    exchange.sent = Redaction(original, text)


@on_loop
async def test_originals_are_searched_only_where_they_are_shown(desktop: Desktop, application: Staged) -> None:
    none = {"came_back": "", "got": ""}
    said(application.exchange(model="first", **none), "about Ospreys and Jane", "about Ospreys and [PERSON_1]")
    said(application.exchange(model="second", **none), "about Jane", "about [PERSON_2]")
    application.exchange(model="osprey-1", sent=None, **none)
    inspector = desktop.open_inspector()
    await until(lambda: inspector.model.rowCount() == 3, 30)
    filters = inspector.filters
    filters.search.setText("OSPREY")
    assert filters.number == "1 of 3 exchanges"  # the model's name; texts follow
    await until(lambda: filters.number == "2 of 3 exchanges", 30)
    filters.search.setText("Jane")
    await until(lambda: not filters._pause.isActive(), 30)
    await desktop.tasks.finish()
    assert filters.number == "0 of 3 exchanges"
    inspector.originals.click()
    await until(lambda: filters.number == "2 of 3 exchanges", 30)
    filters.search.clear()
    assert filters.number == "3 exchanges"
    filters.boxes["Type"].update_values()
    assert [filters.boxes["Type"].itemText(row) for row in range(2)] == ["All types", "EMAIL_ADDRESS"]
