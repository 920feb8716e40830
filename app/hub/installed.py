"""The models at hand: shipped, fetched, or neither yet."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.errors import Exit, StorageError, UserError
from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.models import REGISTRY, Model, find, place_of


@dataclass(frozen=True, slots=True)
class Entry:
    """A model and whether its files are here. Nobody has looked whether they are intact."""

    model: Model
    is_here: bool


def listed(folder: Path) -> Iterator[Entry]:
    """All of the registry, then what else was fetched into `folder`."""
    for model in REGISTRY.values():
        yield Entry(model, not model.repository or (folder / model.folder).is_dir())
    known = {str(model.folder) for model in REGISTRY.values()}
    for place in sorted(folder.glob("*--*")) if folder.is_dir() else ():
        if place.name not in known and place.name[0] != ".":
            with suppress(DetectorUnavailable):
                yield Entry(find(str(place)), True)


def remove(name: str, folder: Path) -> None:
    """Deletes what was fetched of the model called `name`, half of it as well. Raises UserError."""
    place = place_of(name)
    gone = [folder / place, folder / f".{place}.part"] if place else []
    if not any(path.is_dir() for path in gone):
        raise UserError(f"No model called “{name}” was fetched.", "See: anonamoose models list.", code=Exit.USAGE)
    try:
        for path in gone:
            if path.is_dir():
                shutil.rmtree(path)
        (folder / f".{place}.lock").unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"The model “{name}” cannot be deleted ({error.strerror}).") from None
