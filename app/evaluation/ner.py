"""`anonamoose eval --ner`: what models make of labelled sets and of harmless texts, side by side."""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from app.errors import Exit, UserError
from app.evaluation.corpus import Item
from app.evaluation.entities import ENTITIES, Marks, Tagged, read_sets
from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.policy import Policy
from app.usage import usage

#: What a row of the table tells of each model.
_COLUMNS = ("strict F1", "recall", "letters", "precision")


@dataclass(frozen=True, slots=True)
class Load:
    """What it takes to have a model: `seconds` of CPU time, `resident` bytes of a process with nothing else."""

    seconds: float
    resident: int


@dataclass(slots=True)
class Result:
    """What one model did, by set. `resident` in bytes, when all was read."""

    model: str
    load: Load
    sets: dict[str, Tagged] = field(default_factory=dict)
    resident: int = 0


def evaluate_models(
    models: Sequence[str], fetched: Path | None, files: Sequence[str], limit: int, policy: Policy, *, as_json: bool
) -> int:
    """Reads, measures each model in a process of its own, prints. Raises UserError.

    `models` and `fetched` are as `models.find` takes them.
    """
    sets = {name: _spread(items, limit) for name, items in read_sets(files).items()}
    results = [_measured(model, fetched, sets, policy) for model in models]
    print(json.dumps([_jsonable(one) for one in results], indent=2) if as_json else tables(results))
    return Exit.OK


def _spread(items: list[Item], limit: int) -> list[Item]:
    return items[:: max(1, len(items) // limit)][:limit] if limit else items


def _measured(model: str, fetched: Path | None, sets: Mapping[str, list[Item]], policy: Policy) -> Result:
    context = multiprocessing.get_context("spawn")
    pipe, theirs = context.Pipe()
    process = context.Process(target=_measure, args=(theirs, model, fetched, policy))
    process.start()
    theirs.close()
    try:
        loaded = pipe.recv()
        if isinstance(loaded, str):
            raise UserError(f"Detection cannot run. {loaded}", code=Exit.UNAVAILABLE)
        result = Result(model, loaded)
        for name, items in sets.items():
            if sys.stderr.isatty():
                print(f"\r\033[K{model}: {name}", end="\r", file=sys.stderr, flush=True)
            pipe.send(items)
            answer = pipe.recv()
            if isinstance(answer, str):
                raise UserError(f"Detection cannot run. {answer}", code=Exit.UNAVAILABLE)
            result.sets[name], result.resident = answer
        return result
    except EOFError:
        raise UserError(f"The process with the model “{model}” ended.", code=Exit.UNAVAILABLE) from None
    finally:
        pipe.close()
        process.join()


def _measure(pipe: Connection, model: str, fetched: Path | None, policy: Policy) -> None:
    """In a process of its own: loads the model, then counts set after set until the pipe is closed."""
    started = time.process_time()
    try:
        from app.pipeline.detectors.ner import NerDetector

        detector = NerDetector(model, fetched)
        detector.load()
        pipe.send(Load(time.process_time() - started, usage().resident))
        while True:
            tagged = Tagged()
            for item in pipe.recv():
                started = time.process_time()
                found = policy.counted(detector.detect(item.text, policy))
                tagged.seconds += time.process_time() - started
                tagged.add(item, found)
            pipe.send((tagged, usage().resident))
    except DetectorUnavailable as error:
        pipe.send(str(error))
    except EOFError:
        pass


def tables(results: Sequence[Result]) -> str:
    """For a terminal: a line for each set and type, the models beside each other; then alarms, speed and memory."""
    lines = [" " * 32 + "".join(f"| {_short(one.model):<43}" for one in results)]
    lines.append(f"{'percent':<32}" + "".join("|" + "".join(f"{name:>11}" for name in _COLUMNS) for _ in results))
    labelled = [name for name in results[0].sets if results[0].sets[name].total.labels]
    for name in labelled:
        for entity in (*ENTITIES, "all"):
            marks = [one.sets[name].total if entity == "all" else one.sets[name].marks[entity] for one in results]
            if marks[0].labels:
                lines.append(f"{name:<18.18}{entity:<14}" + "".join("|" + _cells(one) for one in marks))
    harmless = [name for name in results[0].sets if name not in labelled]
    if harmless:
        lines.append("\nspans per MB")
    lines += [
        f"{name:<18.18}{entity:<14}" + "".join(f"|{_rate(one, name, entity):>44.1f}" for one in results)
        for name in harmless
        for entity in (*ENTITIES, "all")
    ]
    lines.append("")
    for words, values in (
        ("kchar per second of CPU", [_speed(one) for one in results]),
        ("seconds of CPU to load", [one.load.seconds for one in results]),
        ("MiB resident, loaded", [one.load.resident / 2**20 for one in results]),
        ("MiB resident, all read", [one.resident / 2**20 for one in results]),
    ):
        lines.append(f"{words:<32}" + "".join(f"|{value:>44.2f}" for value in values))
    return "\n".join(lines)


def _short(model: str) -> str:
    return model if len(model) <= 42 else "…" + model[-41:]


def _cells(marks: Marks) -> str:
    values = (marks.strict_f1, marks.recall, marks.coverage, marks.precision)
    return "".join(f"{'-' if value is None else f'{value * 100:.1f}':>11}" for value in values)


def _rate(result: Result, name: str, entity: str) -> float:
    tagged = result.sets[name]
    found = tagged.total.found if entity == "all" else tagged.marks[entity].found
    return found * 1e6 / max(tagged.bytes, 1)


def _speed(result: Result) -> float:
    """Thousand characters a second of CPU time, over all sets."""
    seconds = sum(one.seconds for one in result.sets.values())
    return sum(one.characters for one in result.sets.values()) / max(seconds, 1e-9) / 1000


def _jsonable(result: Result) -> dict[str, object]:
    return {
        "model": result.model,
        "load_seconds": result.load.seconds,
        "resident_loaded": result.load.resident,
        "resident": result.resident,
        "kchar_per_second": _speed(result),
        "sets": {
            name: {
                "characters": tagged.characters,
                "seconds": tagged.seconds,
                "types": {
                    entity: {
                        "labels": marks.labels,
                        "strict_f1": marks.strict_f1,
                        "recall": marks.recall,
                        "letters": marks.coverage,
                        "found": marks.found,
                        "precision": marks.precision,
                    }
                    for entity, marks in (*tagged.marks.items(), ("all", tagged.total))
                },
            }
            for name, tagged in result.sets.items()
        },
    }
