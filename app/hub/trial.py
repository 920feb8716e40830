"""Trying a model: in a process of its own, as what it loads is not to stay."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from app.errors import Exit, UserError
from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.models import find
from app.process import Process, ProcessDied
from app.usage import usage

#: Made up; one of each.
SENTENCE = "Thandiwe Nkosi of Harbourline Logistics flew from Cape Town to see Zoë Müller."


@dataclass(frozen=True, slots=True)
class Trial:
    """How long a model took to load (seconds), what it takes (bytes), and what it found in SENTENCE.

    `is_checked`: its files are what they were when they were shipped or fetched. `found` are entity, score and text.
    """

    seconds: float
    size: int
    is_checked: bool
    found: tuple[tuple[str, float, str], ...]


async def try_model(name: str, folder: Path) -> Trial:
    """Raises UserError for a model that cannot be used; cancelled, it stops at once."""
    process = Process(_begin)
    try:
        found: Trial = await process.call(_try, name, folder)
    except DetectorUnavailable as error:
        raise UserError(str(error), code=Exit.UNAVAILABLE) from None
    except ProcessDied:
        raise UserError("The process that tried the model ended unexpectedly.", code=Exit.UNAVAILABLE) from None
    finally:
        await process.stop()
    if not found.found:
        raise UserError("The model finds nothing in a sentence of three names.", code=Exit.UNAVAILABLE)
    return found


def _begin() -> None:
    pass


def _try(name: str, folder: Path) -> Trial:
    from app.pipeline.detectors.ner import NerDetector
    from app.pipeline.policy import Policy

    before, began = usage(), time.perf_counter()
    model = find(name, folder)
    detector = NerDetector(name, folder)
    detector.load()
    seconds, size = time.perf_counter() - began, usage().resident - before.resident
    spans = detector.detect(SENTENCE, Policy())
    found = tuple((span.entity, span.score, SENTENCE[span.start : span.end]) for span in spans)
    return Trial(seconds, size, bool(model.digests), found)
