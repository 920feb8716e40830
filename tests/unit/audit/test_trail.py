"""What becomes of entries that can be written, and of those that cannot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.audit import trail as module
from app.audit.trail import Trail
from app.errors import StorageError, UserError
from app.settings_store import SettingsStore
from app.store.audit import AuditStore, utc
from app.store.audit_chain import Entry, Verdict
from app.store.audit_reading import AuditReader
from app.store.database import Database
from app.store.sealing import Seal

SEAL = Seal(b"m" * 32)


class Folder:
    """A trail over a folder in which the file can be made impossible."""

    def __init__(self, root: Path, changed: Callable[[], None]) -> None:
        self.path = root / "audit.sqlite3"
        self.settings = SettingsStore({"data_dir": root}, environ={})
        self.vault = Database(root / "vault.sqlite3")
        self.trail = Trail(lambda: AuditStore(self.path, self.vault, SEAL), self.settings, changed)
        self.reader = AuditReader(self.path)

    def kinds(self) -> list[str]:
        return [row["kind"] for row in self.reader.of()]


def entry(kind: str) -> Entry:
    return {"kind": kind, "time": utc()}


@asynccontextmanager
async def opened(root: Path, changed: Callable[[], None] = lambda: None) -> AsyncIterator[Folder]:
    folder = Folder(root, changed)
    try:
        yield folder
    finally:
        await folder.trail.close()
        folder.vault.close()


async def test_entries_are_written_in_their_order(tmp_path: Path) -> None:
    async with opened(tmp_path) as folder:
        folder.trail.start()
        for number in range(1200):
            folder.trail.tell({**entry("a"), "count": number})
    assert [row["count"] for row in folder.reader.of()] == list(range(1200))


async def test_the_task_writes_without_being_asked(tmp_path: Path) -> None:
    async with opened(tmp_path) as folder:
        began, loop = asyncio.Event(), asyncio.get_running_loop()

        def open() -> AuditStore:
            loop.call_soon_threadsafe(began.set)
            return AuditStore(folder.path, folder.vault, SEAL)

        trail = Trail(open, folder.settings, lambda: None)
        trail.start()
        trail.tell(entry("a"))
        async with asyncio.timeout(60):
            await began.wait()
        await trail.close()
        assert folder.kinds() == ["a"]


async def test_what_cannot_be_written_waits_and_a_fault_is_told_once(tmp_path: Path) -> None:
    told: list[str] = []
    async with opened(tmp_path, lambda: told.append(folder.trail.fault)) as folder:
        folder.path.mkdir()
        folder.trail.tell(entry("a"))
        await folder.trail.flush()
        await folder.trail.flush()
        assert len(told) == 1 and "cannot be opened" in told[0]
        with pytest.raises(UserError):
            await folder.trail.write([entry("b")])
        folder.path.rmdir()
        folder.trail.tell(entry("c"))
        await folder.trail.flush()
        assert folder.kinds() == ["a", "c"] and told[1:] == [""]


async def test_more_than_may_wait_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 3)
    async with opened(tmp_path) as folder:
        folder.path.mkdir()
        for _ in range(5):
            folder.trail.tell(entry("a"))
        await folder.trail.flush()
        folder.path.rmdir()
        await folder.trail.flush()
        rows = list(folder.reader.of())
    assert [row["kind"] for row in rows] == ["a", "a", "a", "gap"] and rows[-1]["lost"] == 2


async def test_an_entry_that_is_no_json_is_lost_alone_and_counted(tmp_path: Path) -> None:
    async with opened(tmp_path) as folder:
        folder.trail.tell({**entry("a"), "odd": object()})
        await folder.trail.flush()
        folder.trail.tell(entry("b"))
        await folder.trail.flush()
        assert folder.kinds() == ["b", "gap"]


async def test_old_days_are_dropped_if_the_user_wants(tmp_path: Path) -> None:
    async with opened(tmp_path) as folder:
        old, new = "2020-01-01T00:00:00.000Z", utc()
        await folder.trail.write([{"kind": "a", "time": old}, {"kind": "b", "time": new}])
        folder.settings.set("audit-days", 0)
        await folder.trail.cut()
        assert folder.kinds() == ["a", "b"]
        folder.settings.set("audit-days", 30)
        await folder.trail.cut()
        await folder.trail.cut()
        assert folder.kinds() == ["b", "cut"]
        assert folder.reader.verify(folder.vault, SEAL) == Verdict(2, 2, 3)


async def test_a_clock_that_leaps_ahead_drops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path) as folder:
        folder.settings.set("audit-days", 30)
        await folder.trail.write([{"kind": "a", "time": utc()}])
        real = time.time
        for leap in (365 * 86400, -365 * 86400):
            monkeypatch.setattr(time, "time", lambda leap=leap: real() + leap)
            await folder.trail.cut()
            assert folder.kinds() == ["a"]


async def test_forgetting_everything_is_the_first_that_is_written_then(tmp_path: Path) -> None:
    async with opened(tmp_path) as folder:
        await folder.trail.write([entry("a")])
        folder.trail.tell(entry("b"))
        await folder.trail.clear()
        await folder.trail.flush()
        assert folder.kinds() == ["cleared"]
        assert folder.reader.verify(folder.vault, SEAL) == Verdict(1, 1, 1)


async def test_of_two_that_open_it_one_stays_open(tmp_path: Path) -> None:
    async with opened(tmp_path) as folder:
        await asyncio.gather(*(folder.trail.write([entry("a")]) for _ in range(5)))
        assert folder.kinds() == ["a"] * 5
        assert folder.reader.verify(folder.vault, SEAL) == Verdict(5, 1, 5)


async def test_a_file_that_is_none_is_a_fault_and_stays_as_it_is(tmp_path: Path) -> None:
    async with opened(tmp_path) as folder:
        folder.path.write_bytes(b"no database" * 100)
        with pytest.raises(StorageError):
            await folder.trail.write([entry("a")])
        assert folder.path.read_bytes() == b"no database" * 100
