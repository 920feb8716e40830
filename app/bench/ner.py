"""`anonamoose bench --ner`: how fast models read an agent's requests, against reading the same texts whole."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from app.bench.agent import Request, request
from app.errors import Exit, UserError
from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.detectors.ner import Cut, NerDetector, worth_reading
from app.pipeline.detectors.segments import Segment, segments
from app.pipeline.models import find
from app.pipeline.policy import Policy
from app.pipeline.span import Span

PLAIN, UNGATED, COLD = "whole texts", "segments of everything", "segments of what the gate lets through"
WARM, TURN, PROMPT = "the same request again", "what the following turn adds", "a prompt, instructions and tools known"
_ROWS = (PLAIN, UNGATED, COLD, WARM, TURN, PROMPT)


def _whole(text: str) -> Iterator[Segment]:
    yield Segment(0, 0, len(text), len(text))


def _everything(text: str) -> Iterator[Segment]:
    return segments(text, lambda _line: True)


#: None: as the detector cuts by itself.
_CUTS: Mapping[str, Cut | None] = {PLAIN: _whole, UNGATED: _everything, COLD: None}


@dataclass(slots=True)
class Times:
    """Of one model: characters that it does not read, seconds of CPU time by row and round.

    Of the `plain` spans found in whole texts, and of the `names` that were put in, so many are found by each way.
    """

    skipped: int = 0
    seconds: dict[str, list[float]] = field(default_factory=lambda: {row: [] for row in _ROWS})
    plain: int = 0
    kept: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_CUTS, 0))
    names: int = 0
    named: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_CUTS, 0))


def bench_models(models: Sequence[str], fetched: Path | None, rounds: int, *, as_json: bool) -> int:
    """Measures and prints: in each round, every model reads the same request in every way. Raises UserError.

    `models` and `fetched` are as `models.find` takes them.
    """
    results = {model: Times() for model in models}
    read = 0
    try:
        readers = {model: {way: NerDetector(model, fetched, cut=cut) for way, cut in _CUTS.items()} for model in models}
        cuts = {model: worth_reading(find(model, fetched)) for model in models}
        for number in range(rounds):
            asked = request(number)
            texts = [*asked.kept, *asked.said]
            read += sum(map(len, texts))
            for model, ways in readers.items():
                _round(asked, ways, results[model])
                own = sum(one.end - one.start for text in texts for one in cuts[model](text))
                results[model].skipped += sum(map(len, texts)) - own
                if sys.stderr.isatty():
                    print(f"\r\033[K{number + 1} of {rounds}: {model}", end="\r", file=sys.stderr, flush=True)
    except DetectorUnavailable as error:
        raise UserError(f"Detection cannot run. {error}", code=Exit.UNAVAILABLE) from None
    print(json.dumps(_jsonable(results, read, rounds), indent=2) if as_json else _table(results, read, rounds))
    return Exit.OK


def _round(asked: Request, ways: Mapping[str, NerDetector], times: Times) -> None:
    texts = [*asked.kept, *asked.said]
    found: dict[str, list[list[Span]]] = {}
    for way, reader in ways.items():
        reader.load()
        reader.forget()
        found[way] = _timed(reader, texts, times.seconds[way])
    reader = ways[COLD]
    _timed(reader, texts, times.seconds[WARM])
    _timed(reader, asked.turn, times.seconds[TURN])
    reader.forget()
    # As after a restart that keeps what was read: nothing of this conversation, but what is in all of them.
    _timed(reader, asked.kept, [])
    _timed(reader, [*asked.kept, asked.turn[-1]], times.seconds[PROMPT])
    _count(texts, asked.names, found, times)


def _timed(reader: NerDetector, texts: Sequence[str], seconds: list[float]) -> list[list[Span]]:
    policy = Policy()
    started = time.process_time()
    found = [reader.detect(text, policy) for text in texts]
    seconds.append(time.process_time() - started)
    return found


def _count(texts: Sequence[str], names: Sequence[str], found: Mapping[str, list[list[Span]]], times: Times) -> None:
    times.plain += sum(map(len, found[PLAIN]))
    times.names += len(names)
    for way, spans in found.items():
        for mine, theirs in zip(spans, found[PLAIN], strict=True):
            times.kept[way] += sum(any(a.start < b.end and b.start < a.end for a in mine) for b in theirs)
        hidden = [text[span.start : span.end] for text, some in zip(texts, spans, strict=True) for span in some]
        times.named[way] += _found_of(names, hidden)


def _found_of(names: Sequence[str], hidden: Sequence[str]) -> int:
    """How many of `names` are hidden; one that occurs twice must be so twice."""
    left = list(hidden)
    count = 0
    for name in names:
        place = next((index for index, value in enumerate(left) if name in value), None)
        if place is not None:
            count += 1
            del left[place]
    return count


def _ratios(results: Mapping[str, Times]) -> Callable[[str, str], tuple[float, float, float]]:
    first = median(next(iter(results.values())).seconds[PLAIN])

    def of(model: str, row: str) -> tuple[float, float, float]:
        """Milliseconds; how many times as fast as the same model with whole texts, and as the first one."""
        taken = median(results[model].seconds[row])
        return taken * 1000, median(results[model].seconds[PLAIN]) / taken, first / taken

    return of


def _table(results: Mapping[str, Times], read: int, rounds: int) -> str:
    of = _ratios(results)
    lines = [
        f"A request of {read // rounds:,} characters, medians of {rounds} rounds: milliseconds of CPU time,",
        "and how many times less that is than for whole texts with the same model, and with the first one",
        f"{'':<42}" + "".join(f"{model[-28:]:>30}" for model in results),
    ]
    for row in _ROWS:
        cells = (of(model, row) for model in results)
        lines.append(f"{row:<42}" + "".join(f"{ms:>12.1f}{own:>8.1f}x{first:>8.1f}x" for ms, own, first in cells))
    lines += [
        f"{'skipped by the gate':<42}" + "".join(f"{one.skipped / read:>30.0%}" for one in results.values()),
        "Found, in percent of what is found in whole texts, and of the names put in:",
    ]
    lines += [
        f"{way:<42}"
        + "".join(f"{_share(t.kept[way], t.plain):>14}{_share(t.named[way], t.names):>16}" for t in results.values())
        for way in _CUTS
    ]
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(whole, 1):.2f}"


def _jsonable(results: Mapping[str, Times], read: int, rounds: int) -> dict[str, object]:
    of = _ratios(results)
    return {
        "characters": read // rounds,
        "models": {
            model: {
                "skipped": times.skipped / read,
                "milliseconds": {row: of(model, row)[0] for row in _ROWS},
                "ratio": {row: of(model, row)[1] for row in _ROWS},
                "ratio_to_first": {row: of(model, row)[2] for row in _ROWS},
                "kept": {way: times.kept[way] / max(times.plain, 1) for way in _CUTS},
                "names": {way: times.named[way] / max(times.names, 1) for way in _CUTS},
            }
            for model, times in results.items()
        },
    }
