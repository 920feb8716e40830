"""Reports of faults: a few small files in the data folder, which the user may send on or not."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

#: As many are kept, the latest ones, and no longer each (bytes).
MOST, LONGEST = 10, 16_384
#: At the end of the name of one that nobody has been told of yet.
_NEW = ".new"


@dataclass(frozen=True, slots=True)
class Reports:
    """Those in `folder`. What cannot be written or deleted is passed over: a fault must not lead to the next."""

    folder: Path

    def all(self) -> list[Path]:
        """The oldest first."""
        return sorted(path for path in self.folder.glob("*.txt*") if path.suffix in (".txt", _NEW))

    def new(self) -> list[Path]:
        """Those that nobody has been told of, the oldest first."""
        return [path for path in self.all() if path.suffix == _NEW]

    def write(self, kind: str, text: str, *, is_told: bool) -> Path | None:
        """Writes one, readable to its owner alone; None where that cannot be. `kind` is what its name ends with."""
        name = time.strftime(f"%Y%m%d-%H%M%S-{kind}.txt", time.gmtime()) + ("" if is_told else _NEW)
        path = self.folder / name
        made = False
        try:
            self.make()
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            made = True
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode("ascii", "replace")[:LONGEST])
        except OSError:
            if made:  # half of it, on a full disk
                with suppress(OSError):
                    path.unlink()
            return None
        for old in self.all()[:-MOST]:
            self.delete(old)
        return path

    def make(self) -> None:
        """Makes the folder; raises OSError."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def told(self) -> list[Path]:
        """Marks those that are new as told, and returns them."""
        paths = []
        for path in self.new():
            with suppress(OSError):
                paths.append(path.replace(path.with_suffix("")))
        return paths

    def delete(self, path: Path) -> None:
        with suppress(OSError):
            path.unlink()
