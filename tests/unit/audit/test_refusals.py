"""Requests that were turned away: each kind of refusal is told, and no flood of them fills the disk."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.audit import refusals as module
from app.audit.refusals import Refusals
from tests.unit.audit.test_trail import Folder, opened

Told = list[tuple[str, str, int]]


def told(folder: Folder) -> Told:
    return [(row["code"], row["area"], row["count"]) for row in folder.reader.of(kinds=["refusal"])]


async def test_of_a_flood_the_first_is_told_and_then_their_number(tmp_path: Path) -> None:
    async with opened(tmp_path) as folder:
        refusals = Refusals(folder.trail)
        for _ in range(10_000):
            refusals.tell("foreign_origin", "provider")
        refusals.tell("foreign_host", "provider")
        refusals.tell("foreign_origin", "management")
        await folder.trail.flush()
        assert told(folder) == [
            ("foreign_origin", "provider", 1),
            ("foreign_host", "provider", 1),
            ("foreign_origin", "management", 1),
        ]
        refusals.close()
        await folder.trail.flush()
        assert told(folder)[3:] == [("foreign_origin", "provider", 9999)]
        assert folder.reader.refusals() == [("foreign_origin", 10_001), ("foreign_host", 1)]


async def test_when_the_minute_is_over_they_are_told_and_the_next_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WINDOW", 0.01)
    async with opened(tmp_path) as folder:
        folder.trail.start()
        refusals = Refusals(folder.trail)
        async with asyncio.timeout(30):
            for count in (1, 2):
                for _ in range(3):
                    refusals.tell("token_required", "management")
                while len(told(folder) if folder.path.exists() else []) < 2 * count:
                    await asyncio.sleep(0.01)
                    await folder.trail.flush()
                while refusals._windows:  # noqa: ASYNC110 - until then what comes is only counted
                    await asyncio.sleep(0.01)
        refusals.close()
    assert sum(count for *_, count in told(folder)) == 6


async def test_a_trail_that_is_off_is_told_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as folder:
        folder.settings.set("audit", False)
        refusals = Refusals(folder.trail)
        for _ in range(3):
            refusals.tell("foreign_host", "open")
        refusals.close()
        await folder.trail.flush()
        assert not folder.path.exists()
