"""Where the app keeps its files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from app.errors import StorageError


@dataclass(frozen=True, slots=True)
class Paths:
    """The data folder and what lies in it. Only the user may read any of it (mode 0700)."""

    root: Path

    @property
    def settings(self) -> Path:
        return self.root / "settings.json"

    @property
    def database(self) -> Path:
        return self.root / "vault.sqlite3"

    @property
    def audit(self) -> Path:
        return self.root / "audit.sqlite3"

    @property
    def readings(self) -> Path:
        return self.root / "readings.sqlite3"

    @property
    def key(self) -> Path:
        return self.root / "vault.key"

    @property
    def lock(self) -> Path:
        return self.root / "instance.lock"

    @property
    def rotation(self) -> Path:
        """Locked while the vault key is replaced."""
        return self.root / "rotation.lock"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    def create(self) -> None:
        """Makes the folder and proves that it can be written to; raises StorageError otherwise."""
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            probe = self.root / f".probe-{os.getpid()}"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise StorageError(
                f"The data folder {self.root} cannot be written to ({error.strerror or 'refused'}).",
                "Choose another one with --data-dir, or mend its permissions.",
            ) from error


def default_root() -> Path:
    """The platform's place for an application's data, e.g. `~/.local/share/anonamoose`.

    For a user without a home, as containers have, a place that there is not: `create` then asks for another one.
    """
    try:
        return Path(platformdirs.user_data_dir("anonamoose", appauthor=False))
    except RuntimeError:
        return Path("/dev/null/anonamoose")
