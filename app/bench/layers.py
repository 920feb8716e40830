"""`anonamoose bench --layers`: how fast each layer reads, and each pattern, against one pass of a simple expression."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from app.bench.texts import texts
from app.errors import Exit, UserError
from app.pipeline.detection import Detection
from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.models import DEFAULT
from app.pipeline.patterns import ALL
from app.pipeline.policy import SWITCHABLE, Policy
from app.pipeline.terms import Term

#: What everything is a multiple of: the least that could be asked of a text.
_BASELINE = re.compile(r"[\w.+-]{1,64}@[\w-]+\.\w{2,}")
#: Characters of a text, of what is handed over at once, and of what the model is given.
_LENGTH, _PIECE, _FOR_MODEL = 400_000, 20_000, 8_000
#: Entries of the dictionary that is looked for; none of them is in a text.
_TERMS = tuple(Term(f"Quillfeather Holdings {number}") for number in range(1000))
#: The parts of a table: what is paid for whatever runs, the layers, several at once, the patterns one by one.
NOTHING, QUICK = "no layer", "all but ner"


@dataclass(frozen=True, slots=True)
class Speed:
    """What one thing took on one text: megabytes a second of CPU time, and how many times the baseline's."""

    name: str
    megabytes: float
    ratio: float


def bench_layers(rounds: int, ner: bool | None, files: Sequence[str], *, as_json: bool) -> int:
    """Measures and prints. `ner` False leaves the model out. Raises UserError."""
    chosen = {file: _read(file) for file in files} or texts(_LENGTH)
    detection = Detection(DEFAULT)
    detection.use_terms(_TERMS)
    layers = [layer for layer in SWITCHABLE if layer != "ner" or ner is not False]
    if failures := detection.load(layers):
        raise UserError(next(iter(failures.values())), code=Exit.UNAVAILABLE)
    found: dict[str, list[Speed]] = {}
    for name, text in chosen.items():
        found[name] = _measure(detection, text, layers, rounds)
        if sys.stderr.isatty():
            print(f"\r\033[K{name}", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    if as_json:
        data = {
            name: {row.name: {"megabytes_per_second": row.megabytes, "ratio": row.ratio} for row in rows}
            for name, rows in found.items()
        }
        print(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        _print(found, rounds)
    return Exit.OK


def _read(file: str) -> str:
    try:
        text = Path(file).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UserError(f"The file {file} cannot be read ({error.strerror}).", code=Exit.NO_INPUT) from None
    if not text:
        raise UserError(f"The file {file} is empty.", code=Exit.DATA)
    return text


def _measure(detection: Detection, text: str, layers: Sequence[str], rounds: int) -> list[Speed]:
    """Every thing once in each round, the baseline among them, so that a busy machine slows them alike."""
    pieces = [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
    tasks: dict[str, tuple[Callable[[], object], int]] = {"": (_scan(_BASELINE, pieces), len(text))}
    chosen = {NOTHING: frozenset[str](), **{layer: frozenset([layer]) for layer in layers}}
    chosen[QUICK] = frozenset(layers) - {"ner"}
    for name, some in chosen.items():
        given = [text[:_FOR_MODEL]] if "ner" in some else pieces
        tasks[name] = _detect(detection, given, Policy(layers=some)), sum(map(len, given))
    for number, row in enumerate(ALL):
        # Those that need a keyword run only beside one; by themselves they say nothing.
        if not row.context_required:
            tasks[f"{row.entity} ({number})"] = _scan(row.regex, pieces), len(text)
    taken: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, (task, size) in tasks.items():
            started = time.process_time()
            task()
            taken[name].append((time.process_time() - started) / size)
    least = median(taken.pop(""))
    return [Speed(name, 1e-6 / median(times), median(times) / least) for name, times in taken.items()]


def _scan(expression: re.Pattern[str], pieces: Sequence[str]) -> Callable[[], object]:
    return lambda: [expression.findall(piece) for piece in pieces]


def _detect(detection: Detection, pieces: Sequence[str], policy: Policy) -> Callable[[], object]:
    def run() -> None:
        for piece in pieces:
            try:
                detection.text(piece, policy)
            except DetectorUnavailable as error:
                raise UserError(f"Detection cannot run. {error}", code=Exit.UNAVAILABLE) from None

    return run


def _print(found: Mapping[str, Sequence[Speed]], rounds: int) -> None:
    print(f"Medians of {rounds} rounds, CPU time: MB/s, and how many times one pass of a simple expression it takes")
    print(f"{'':<30}" + "".join(f"{Path(name).name[-18:]:>20}" for name in found))
    for rows in zip(*found.values(), strict=True):
        print(f"{rows[0].name:<30}" + "".join(f"{row.megabytes:>11.2f}{row.ratio:>8.1f}x" for row in rows))
