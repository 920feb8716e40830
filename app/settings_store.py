"""The settings in force and where each came from: flag, then variable, then file, then default."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.errors import SettingError, StorageError
from app.events import EventBus, SettingChanged
from app.option import coerce
from app.paths import Paths
from app.placing import put
from app.settings import DECLARED, Settings

#: Version of the file's layout. A file with a higher one was written by a newer app.
VERSION = 1


def _read(path: Path) -> dict[str, Any]:
    """The stored values by name; raises UserError for a file that is not one of ours."""
    try:
        raw = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}  # a folder that is none is named where it is to be made
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(
            f"The settings file {path} cannot be read.", "Mend its permissions, or move it away to start afresh."
        ) from error
    try:
        data = json.loads(raw)
        version, values = data["version"], data["values"]
        if not isinstance(version, int) or not isinstance(values, dict):
            raise TypeError
    except (ValueError, TypeError, KeyError, RecursionError):
        raise SettingError(
            "data-dir", f"The settings file {path} is damaged.", "Mend it, or move it away to start afresh."
        ) from None
    if version > VERSION:
        raise SettingError(
            "data-dir",
            f"The settings file {path} was written by a newer version of Anonamoose.",
            "Update Anonamoose, or move the file away to start afresh.",
        )
    return values


def _values(path: Path) -> dict[str, Any]:
    """What is stored and still a setting, each fit for it; raises UserError."""
    rows = {name: DECLARED[name] for name in DECLARED if DECLARED[name].option.stored}
    return {name: coerce(rows[name], value) for name, value in _read(path).items() if name in rows}


def _mark(path: Path) -> tuple[int, int, int]:
    """What is another one whenever the file is."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_ino, found.st_mtime_ns, found.st_size


class SettingsStore:
    """Holds the current `Settings`; writes changes to the file and tells the bus."""

    def __init__(
        self,
        flags: Mapping[str, object] | None = None,
        environ: Mapping[str, str] | None = None,
        bus: EventBus | None = None,
    ) -> None:
        """Reads all three sources. Raises SettingError naming the first value that does not fit."""
        self._bus = bus or EventBus()
        environ = os.environ if environ is None else environ
        fixed: dict[str, Any] = {}
        self._origin: dict[str, str] = {}
        for name, row in DECLARED.items():
            if flags and flags.get(row.attribute) is not None:
                fixed[row.attribute] = coerce(row, flags[row.attribute])
                self._origin[name] = f"--{name}"
            elif environ.get(row.variable):
                fixed[row.attribute] = coerce(row, environ[row.variable])
                self._origin[name] = row.variable
        root = fixed.get("data_dir", DECLARED["data-dir"].default)
        self.paths = Paths(Path(root).expanduser())
        self._fixed = fixed
        self._seen = _mark(self.paths.settings)
        self._stored = _values(self.paths.settings)
        values = {DECLARED[name].attribute: value for name, value in self._stored.items()}
        self.current = Settings(**{**values, **fixed})

    def origin(self, name: str) -> str:
        """`"--port"` or `"ANONAMOOSE_PORT"` when that fixes the setting, "stored", or "default"."""
        return self._origin.get(name) or ("stored" if name in self._stored else "default")

    def is_fixed(self, name: str) -> bool:
        """Whether a flag or a variable decides, so that a change here would have no effect."""
        return name in self._origin

    def fix(self, name: str, value: object, origin: str) -> None:
        """Decides a setting for as long as this process runs, as a flag would; `origin` tells what did."""
        row = DECLARED[name]
        self._fixed[row.attribute] = coerce(row, value)
        self._origin[name] = origin
        self.current = dataclasses.replace(self.current, **{row.attribute: self._fixed[row.attribute]})

    def set(self, name: str, value: object) -> None:
        """Validates, stores and publishes one change; on an error nothing has changed."""
        self.update({name: value})

    def refresh(self) -> None:
        """Takes over what another process has stored. Raises UserError, once for a file that cannot be used."""
        mark = _mark(self.paths.settings)
        if mark == self._seen:
            return
        self._seen = mark
        stored = _values(self.paths.settings)
        changed = [
            name
            for name in self._stored.keys() | stored.keys()
            if stored.get(name, DECLARED[name].default) != self._stored.get(name, DECLARED[name].default)
        ]
        self._stored = stored
        values = {DECLARED[name].attribute: stored.get(name, DECLARED[name].default) for name in changed}
        self.current = dataclasses.replace(self.current, **{**values, **self._fixed})
        for name in DECLARED:
            if name in changed and not self.is_fixed(name):
                self._bus.publish(SettingChanged(name, elsewhere=True))

    def update(self, changes: Mapping[str, object]) -> None:
        """Several changes at once, all or none. Raises SettingError or StorageError."""
        self.refresh()
        accepted: dict[str, Any] = {}
        for name, value in changes.items():
            row = DECLARED.get(name)
            if row is None or not row.option.stored:
                raise SettingError(name, f"There is no stored setting called {name}.")
            if self.is_fixed(name):
                raise SettingError(
                    name,
                    f"The setting {name} is fixed by {self._origin[name]}.",
                    "Start Anonamoose without it to change the setting here.",
                )
            accepted[name] = coerce(row, value)
        stored = {**self._stored, **accepted}
        stored = {name: value for name, value in stored.items() if value != DECLARED[name].default}
        self._write(stored)
        self._seen = _mark(self.paths.settings)
        self._stored = stored
        self.current = dataclasses.replace(
            self.current, **{DECLARED[name].attribute: value for name, value in accepted.items()}
        )
        for name in accepted:
            self._bus.publish(SettingChanged(name))

    def _write(self, values: Mapping[str, Any]) -> None:
        self.paths.create()
        target = self.paths.settings
        part = target.with_suffix(".part")
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump({"version": VERSION, "values": values}, file, indent=2, sort_keys=True)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            put(part, target)
        except OSError as error:
            raise StorageError(
                f"The settings could not be saved to {target}.", "Free some space, or mend the folder's permissions."
            ) from error
