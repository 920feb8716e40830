"""Reads every text of a corpus as it would be read in a request."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from app.errors import Exit, UserError
from app.evaluation.corpus import Item
from app.evaluation.scoring import Score
from app.pipeline.detection import Detection
from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.fields import Fields
from app.pipeline.policy import Policy


def score(
    items: Sequence[Item], policy: Policy, ner_model: tuple[str, Path | None], progress: Callable[[int, int], None]
) -> Score:
    """What `policy` finds in `items`, counted. `progress` is told how many of how many bytes are done.

    Raises UserError when a layer cannot run.
    """
    detection = Detection(*ner_model)
    result = Score()
    whole = sum(len(item.text) for item in items)
    done = 0
    for number, item in enumerate(items):
        # As the only string of a body: JSON is read as JSON, and a number by its key.
        body = json.dumps([item.text], ensure_ascii=False).encode()
        try:
            _, findings = detection.open(number, body, Fields(), policy, [number - 1])
        except DetectorUnavailable as error:
            raise UserError(f"Detection cannot run. {error}", code=Exit.UNAVAILABLE) from None
        result.add(item, [finding for part in findings.values() for finding in part])
        done += len(item.text)
        progress(done, whole)
    result.close()
    return result
