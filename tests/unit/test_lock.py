from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import Exit, StorageError, UserError
from app.lock import InstanceLock


def test_only_one_may_have_it(tmp_path: Path) -> None:
    path = tmp_path / "instance.lock"
    lock = InstanceLock(path).acquire()
    with pytest.raises(UserError, match="already running") as caught:
        InstanceLock(path).acquire()
    assert caught.value.code is Exit.UNAVAILABLE
    lock.release()
    lock.release()
    InstanceLock(path).acquire().release()
    assert path.exists()


def test_each_folder_has_its_own(tmp_path: Path) -> None:
    locks = [InstanceLock(tmp_path / name).acquire() for name in ("a", "b")]
    for lock in locks:
        lock.release()


def test_another_process_has_it_until_it_ends_however_it_does(tmp_path: Path) -> None:
    path = tmp_path / "instance.lock"
    script = (
        "import sys; from pathlib import Path; from app.lock import InstanceLock\n"
        "lock = InstanceLock(Path(sys.argv[1])).acquire(); print('have it', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == "have it\n"
        with pytest.raises(UserError, match="already running"):
            InstanceLock(path).acquire()
        other.kill()
        other.wait()
        InstanceLock(path).acquire().release()


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be opened"):
        InstanceLock(tmp_path / "none" / "instance.lock").acquire()
