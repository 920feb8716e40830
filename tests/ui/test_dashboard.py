from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.errors import UserError
from app.store.audit import AuditStore, utc
from app.store.database import Database
from app.store.sealing import Seal
from app.ui.bridge import Bridge
from app.ui.dashboard import Dashboard
from app.ui.tally_table import SHARE, Tally
from app.ui.tasks import Tasks
from tests.ui.staging import Staged, on_loop, until


class Staging:
    """A dashboard, and the trail that it reads."""

    def __init__(self, application: Staged, folder: Path) -> None:
        self.path = folder / "audit.sqlite3"
        self.flushed = 0
        self.tasks = Tasks()
        self.bridge = Bridge(application.bus)
        self.window = Dashboard(self.path, self._flush, self.bridge, self.tasks)
        self._vault = Database(folder / "trail-vault.sqlite3")
        self._store: AuditStore | None = None

    async def _flush(self) -> None:
        self.flushed += 1

    async def add(self, client: str, entity: str, layer: str, number: int, days_ago: int = 0) -> None:
        self._store = self._store or AuditStore(self.path, self._vault, Seal(b"m" * 32))
        moment = datetime.now().astimezone() - timedelta(days=days_ago)
        row: dict[str, Any] = {"kind": "exchange", "time": utc(moment.timestamp()), "client": client, "values": number}
        sizes = {"restored": 0, "in": 1, "out": 1, "added_ms": 8.0}
        await self._store.append([{**row, **sizes, "spans": [[entity, layer, 1.0, "replace", number]]}])

    async def show(self) -> None:
        self.window.present()
        await self.tasks.finish()

    def close(self) -> None:
        self.bridge.disconnect_bus()
        self.window.close()
        if self._store is not None:
            self._store.close()
        self._vault.close()


@pytest.fixture
def staging(qtbot: QtBot, application: Staged, tmp_path: Path) -> Iterator[Staging]:
    made = Staging(application, tmp_path)
    qtbot.addWidget(made.window)
    yield made
    made.close()


@on_loop
async def test_it_says_so_while_there_is_nothing_to_count(staging: Staging) -> None:
    await staging.show()
    assert staging.window.pages.currentWidget() is staging.window.empty
    assert "audit trail" in staging.window.empty.text()


@on_loop
async def test_figures_by_day_entity_layer_and_tool(staging: Staging) -> None:
    await staging.add("claude-cli", "PERSON", "ner", 3)
    await staging.add("", "EMAIL_ADDRESS", "memo", 1, days_ago=2)
    await staging.show()
    window = staging.window
    assert (window.line.text(), window.detail.text()) == ("4 values hidden", "In 2 exchanges, each 8 ms longer for it.")
    assert _rows(window.entities) == [("PERSON", "3"), ("EMAIL_ADDRESS", "1")]
    assert _rows(window.layers) == [("ner", "3"), ("seen before", "1")]
    assert sorted(_rows(window.tools)) == [("claude-cli", "1"), ("not named", "1")]
    assert window.entities.index(1, 1).data(SHARE) == pytest.approx(1 / 3)
    assert "3 values hidden in 1 exchange" in window.bars.accessibleDescription()
    assert staging.flushed == 1


@on_loop
async def test_another_period_is_read_anew(staging: Staging) -> None:
    await staging.add("claude-cli", "PERSON", "ner", 3)
    await staging.add("curl", "EMAIL_ADDRESS", "patterns", 1, days_ago=2)
    await staging.show()
    staging.window.period.setCurrentIndex(2)
    await staging.tasks.finish()
    assert staging.window.line.text() == "3 values hidden"
    assert not staging.window.bars.isVisible()


@on_loop
async def test_it_follows_what_happens_while_it_is_open(staging: Staging, application: Staged) -> None:
    await staging.add("curl", "PERSON", "ner", 1)
    await staging.show()
    await staging.add("curl", "PERSON", "ner", 1)
    application.exchange()
    await until(lambda: staging.window.line.text() == "2 values hidden", 30)


@on_loop
async def test_a_damaged_trail_is_said(staging: Staging) -> None:
    staging.path.write_bytes(b"no database" * 100)
    await staging.show()
    assert staging.window.empty.text().startswith("The audit trail cannot be read")


@on_loop
async def test_the_figures_can_be_taken_along(staging: Staging, tmp_path: Path) -> None:
    await staging.add("=curl", "PERSON", "ner", 1)
    await staging.show()
    assert staging.window.shown is not None
    await staging.window.write(tmp_path / "figures.csv", staging.window.shown)
    assert b"tool,'=curl,1,,\r\n" in (tmp_path / "figures.csv").read_bytes()
    with pytest.raises(UserError, match="could not be written"):
        await staging.window.write(tmp_path, staging.window.shown)


@on_loop
async def test_a_bar_tells_its_day(staging: Staging) -> None:
    await staging.add("curl", "PERSON", "ner", 2)
    await staging.show()
    bars = staging.window.bars
    for x, said in ((bars.width() - 2, "2 values hidden in 1 exchange"), (1, "0 values hidden in 0 exchanges")):
        at = QPoint(x, 50)
        QApplication.sendEvent(bars, QHelpEvent(QEvent.Type.ToolTip, at, bars.mapToGlobal(at)))
        await asyncio.sleep(0)
        assert QToolTip.text().endswith(said)
    QToolTip.hideText()


def _rows(tally: Tally) -> list[tuple[object, object]]:
    QAbstractItemModelTester(tally, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return [(tally.index(row, 0).data(), tally.index(row, 1).data()) for row in range(tally.rowCount())]
