"""What the detection process does with the calls it gets."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.pipeline.detection import Detection
from app.pipeline.terms import Term
from app.store.readings import ReadingStore
from app.usage import usage

#: In that process: its detection. In others it stays None.
_detection: Detection | None = None
#: There, too: what remembers what the model has read, if anything does.
_readings: ReadingStore | None = None


def begin(ner_model: str, fetched: Path | None, threads: int, cache: int) -> None:
    """To be called first, with what `Detection` takes."""
    global _detection
    _detection = Detection(ner_model, fetched, threads, cache)


class Packed(bytes):
    """The pickle of an argument that is the same in many calls."""


@lru_cache(maxsize=256)
def _unpacked(argument: bytes) -> Any:
    return pickle.loads(argument)  # noqa: S301  from our parent


def call(method: str, *arguments: Any) -> Any:
    """Calls this method of `Detection`, or tells what the process has used: "usage"."""
    if method == "usage":
        return usage()
    assert _detection is not None
    return getattr(_detection, method)(*(_unpacked(a) if isinstance(a, Packed) else a for a in arguments))


def change_terms(rows: Iterable[tuple[int, tuple[Any, ...] | None]]) -> None:
    """`Detection.change_terms`, of terms as tuples."""
    assert _detection is not None
    _detection.change_terms({id: Term(*row) if row else None for id, row in rows})


def keep(path: Path | None, key: bytes) -> None:
    """`Worker.keep`."""
    global _readings
    assert _detection is not None
    if _readings is not None:
        _readings.close()
    _readings = ReadingStore(path, key) if path is not None else None
    _detection.keep(key, _readings)


def idle() -> None:
    """What is done behind each answer."""
    if _readings is not None:
        _readings.flush()
