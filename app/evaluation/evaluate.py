"""`anonamoose eval`: how much of what is personal in a corpus is found, and how much else."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import Exit, UserError
from app.evaluation import page, report
from app.evaluation.corpus import CorpusError, Item, read
from app.evaluation.run import score
from app.pipeline.policy import SWITCHABLE, Policy


@dataclass(frozen=True, slots=True)
class Choice:
    """Which texts of the corpora are read: of these kinds and this split ("" for all), so many at most (0 for all)."""

    split: str = ""
    kinds: frozenset[str] = frozenset()
    limit: int = 0

    def of(self, items: Sequence[Item]) -> list[Item]:
        """Where there are too many, every n-th of them, so that all sorts are among them."""
        some = [
            item for item in items if self.split in ("", item.split) and (not self.kinds or item.kind in self.kinds)
        ]
        if 0 < self.limit < len(some):
            return [some[number * len(some) // self.limit] for number in range(self.limit)]
        return some


@dataclass(frozen=True, slots=True)
class Output:
    """Where figures go: as JSON instead of tables, to a page, set against an earlier run. `examples` of each entity."""

    as_json: bool = False
    page: str = ""
    against: str = ""
    examples: int = 3


def parse_layers(text: str) -> frozenset[str]:
    """Layers from "patterns,names". Raises UserError."""
    layers = frozenset(part.strip() for part in text.split(",") if part.strip())
    if unknown := layers - set(SWITCHABLE):
        raise UserError(f"“{min(unknown)}” is not a layer.", f"Known are {', '.join(SWITCHABLE)}.", code=Exit.USAGE)
    return layers


def evaluate(
    files: Sequence[str], choice: Choice, policy: Policy, ner_model: tuple[str, Path | None], output: Output
) -> int:
    """Reads, detects, prints. Raises UserError; then nothing was printed."""
    earlier = _earlier(output.against) if output.against else None
    items = choice.of([item for file in files for item in read(Path(file))])
    if not items:
        raise CorpusError("There is no text to read.", "The files, or what was chosen of them, are empty.")
    started = time.process_time()
    result = score(items, policy, ner_model, _progress)
    data = report.as_data(result, items, policy, time.process_time() - started, max(output.examples, 20))
    if output.page:
        try:
            Path(output.page).write_text(page.html(data), encoding="utf-8")
        except OSError as error:
            raise UserError(
                f"The file {output.page} cannot be written ({error.strerror}).", code=Exit.CANNOT_CREATE
            ) from None
    if output.as_json:
        print(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        print(report.tables(data, output.examples))
        if earlier is not None:
            print("\n" + report.against(earlier, data))
    return Exit.OK


def _progress(done: int, whole: int) -> None:
    if sys.stderr.isatty():
        end = "" if done < whole else "\r\033[K"
        print(f"\r{done * 100 // max(whole, 1)} %", end=end, file=sys.stderr, flush=True)


def _earlier(file: str) -> dict[str, Any]:
    try:
        data = json.loads(Path(file).read_bytes())
        report.against(data, data)
    except OSError as error:
        raise UserError(f"The file {file} cannot be read ({error.strerror}).", code=Exit.NO_INPUT) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UserError(
            f"The file {file} holds no figures of an earlier run.", "Make them with --json.", code=Exit.DATA
        ) from None
    assert isinstance(data, dict)
    return data
