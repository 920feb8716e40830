from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from app.store import readings
from app.store.readings import DAYS, ReadingStore, clear

KEY = b"k" * 32
NAMES = [bytes([number]) * 16 for number in range(3)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "readings.sqlite3"


def kept(path: Path, rows: dict[bytes, bytes], key: bytes = KEY) -> None:
    store = ReadingStore(path, key)
    store.put(rows)
    store.flush()
    store.close()


def known(path: Path, key: bytes = KEY) -> dict[bytes, bytes]:
    store = ReadingStore(path, key)
    found = dict(store.get(NAMES))
    store.close()
    return found


def test_what_was_put_is_known_to_the_next_one(path: Path) -> None:
    rows = {NAMES[0]: b"", NAMES[1]: b"two words"}
    kept(path, rows)
    kept(path, {NAMES[0]: b"another"})
    assert known(path) == {NAMES[0]: b"another", NAMES[1]: b"two words"}


def test_nothing_is_read_or_written_before_it_is_needed(path: Path) -> None:
    store = ReadingStore(path, KEY)
    store.flush()
    store.put({NAMES[0]: b"x"})
    assert not path.exists()
    store.flush()
    assert path.exists()
    store.close()


def test_many_are_asked_for_at_once(path: Path) -> None:
    rows = {number.to_bytes(16, "big"): str(number).encode() for number in range(3_000)}
    kept(path, rows)
    store = ReadingStore(path, KEY)
    assert store.get([*rows, *NAMES[1:]]) == rows
    store.close()


def test_the_file_tells_nothing_without_the_key_and_only_its_owner_may_read_it(path: Path) -> None:
    kept(path, {NAMES[0]: b"Alice Johnson"})
    everything = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"Alice" not in everything
    assert known(path, b"j" * 32) == {}
    if os.name == "posix":
        assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in path.parent.iterdir())


def test_a_row_that_was_altered_or_moved_is_not_known(path: Path) -> None:
    kept(path, {NAMES[0]: b"zero", NAMES[1]: b"one", NAMES[2]: b"two"})
    connection = sqlite3.connect(path)
    connection.execute("UPDATE reading SET sealed = (SELECT sealed FROM reading WHERE name = ?1) WHERE name = ?2",
                       (NAMES[0], NAMES[1]))  # fmt: skip
    connection.execute("UPDATE reading SET sealed = zeroblob(40) WHERE name = ?", (NAMES[2],))
    connection.commit()
    connection.close()
    assert known(path) == {NAMES[0]: b"zero"}


@pytest.mark.parametrize("content", [b"", b"no database" * 1000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_made_anew(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    kept(path, {NAMES[0]: b"zero"})
    assert known(path) == {NAMES[0]: b"zero"}


def test_a_place_that_cannot_be_written_only_forgets(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = ReadingStore(tmp_path / "file" / "readings.sqlite3", KEY)
    assert store.get(NAMES) == {}
    store.put({NAMES[0]: b"x"})
    store.flush()
    assert store.get(NAMES) == {}
    store.close()


def test_a_file_that_breaks_meanwhile_only_forgets(path: Path) -> None:
    store = ReadingStore(path, KEY)
    store.put({NAMES[0]: b"x"})
    store.flush()
    other = sqlite3.connect(path)
    other.execute("DROP TABLE reading")
    other.commit()
    other.close()
    assert store.get(NAMES) == {}
    store.put({NAMES[1]: b"y"})
    store.flush()
    assert store.get(NAMES) == {}


def test_what_is_of_no_use_for_long_is_forgotten(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    today = readings._today()
    kept(path, {NAMES[0]: b"old", NAMES[1]: b"used"})
    monkeypatch.setattr(readings, "_today", lambda: today + DAYS)
    store = ReadingStore(path, KEY)
    assert store.get(NAMES[1:2]) == {NAMES[1]: b"used"}
    store.flush()
    store.close()
    monkeypatch.setattr(readings, "_today", lambda: today + DAYS + 1)
    kept(path, {NAMES[2]: b"new"})
    assert known(path) == {NAMES[1]: b"used", NAMES[2]: b"new"}


def test_there_are_never_more_than_so_many(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "MOST", 100)
    monkeypatch.setattr(readings, "_LOOK_EVERY", 50)
    store = ReadingStore(path, KEY)
    for number in range(1_000):
        store.put({number.to_bytes(16, "big"): b"x"})
        store.flush()
    store.close()
    connection = sqlite3.connect(path)
    (count,) = connection.execute("SELECT count(*) FROM reading").fetchone()
    connection.close()
    assert 40 <= count <= 150


def test_cleared_nothing_is_left_also_while_another_has_it_open(path: Path) -> None:
    store = ReadingStore(path, KEY)
    store.put({NAMES[0]: b"x" * 500})
    store.flush()
    (sealed,) = sqlite3.connect(path).execute("SELECT sealed FROM reading").fetchone()
    clear(path)
    assert not any(sealed[:100] in file.read_bytes() for file in path.parent.iterdir())
    assert store.get(NAMES) == {}
    store.put({NAMES[1]: b"y"})
    store.flush()
    store.close()
    assert known(path) == {NAMES[1]: b"y"}
    clear(path.with_name("there is none"))
    assert not path.with_name("there is none").exists()


def test_what_cannot_be_emptied_is_deleted(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)
    clear(path)
    assert not path.exists()
