"""One running app for each data folder. The lock ends with the process, however that ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Self

from app.errors import Exit, StorageError, UserError


class InstanceLock:
    """An exclusive lock of the operating system on a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(
        self,
        title: str = "Anonamoose is already running with this data folder.",
        hint: str = "Use the one that runs, or give this one another folder with --data-dir.",
    ) -> Self:
        """Takes the lock; raises UserError when another process has it, with `title` and `hint`."""
        try:
            self._descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise StorageError(f"The lock file {self._path} cannot be opened.", "Mend its permissions.") from error
        try:
            _lock(self._descriptor)
        except OSError:
            self.release()
            raise UserError(title, hint, code=Exit.UNAVAILABLE) from None
        return self

    def release(self) -> None:
        """Gives the lock back. The file stays: removing it would let two processes hold one each."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
