"""One app for each data folder: the second asks the first to show itself."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

import app.ui.instance
from app.errors import StorageError
from app.lock import InstanceLock
from app.paths import Paths
from app.ui.instance import AlreadyRunning, Instance
from tests.ui.staging import on_loop, until


@on_loop
async def test_the_second_knocks_and_the_first_hears(tmp_path: Path) -> None:
    first, second = Instance(Paths(tmp_path)), Instance(Paths(tmp_path))
    heard: list[bool] = []
    first.show_requested.connect(lambda: heard.append(True))
    assert first.claim()
    assert not second.claim()
    second.knock()
    await until(lambda: heard)
    second.knock()
    await until(lambda: len(heard) == 2)
    first.release()
    assert second.claim()
    second.release()


@on_loop
async def test_folders_do_not_disturb_each_other(tmp_path: Path) -> None:
    one, other = Instance(Paths(tmp_path / "one")), Instance(Paths(tmp_path / "other"))
    assert one.claim()
    assert other.claim()
    assert one.name != other.name
    one.release()
    other.release()


@pytest.mark.skipif(os.name != "posix", reason="a pipe has no mode")
@on_loop
async def test_the_door_is_for_the_same_user_only(tmp_path: Path) -> None:
    first = Instance(Paths(tmp_path))
    assert first.claim()
    mode = os.stat(first._server.fullServerName()).st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) & 0o077 == 0
    first.release()


@pytest.mark.skipif(os.name != "posix", reason="pipes go with their process")
@on_loop
async def test_a_door_left_by_a_crash_is_replaced(tmp_path: Path) -> None:
    crashed = Instance(Paths(tmp_path))
    assert crashed.claim()
    path = crashed._server.fullServerName()
    crashed.release()
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(path)
    stale.close()
    first, second = Instance(Paths(tmp_path)), Instance(Paths(tmp_path))
    heard: list[bool] = []
    first.show_requested.connect(lambda: heard.append(True))
    assert first.claim()
    second.knock()
    await until(lambda: heard)
    first.release()


@on_loop
async def test_one_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.ui.instance, "_WAIT", 1)
    lock = InstanceLock(tmp_path / "desktop.lock").acquire()
    second = Instance(Paths(tmp_path))
    assert not second.claim()
    with pytest.raises(AlreadyRunning, match="does not answer"):
        second.knock()
    lock.release()


@on_loop
async def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError):
        Instance(Paths(tmp_path / "file")).claim()
