"""Measures everything and writes the tables of `docs/evaluation.md`: `python -m tools.corpus.figures`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.evaluation.corpus import SPLITS, Item, read
from app.evaluation.report import ASIDE, as_data, percent
from app.evaluation.run import score
from app.pipeline.policy import SWITCHABLE, Policy
from tools.corpus.__main__ import items
from tools.corpus.negatives import FOLDER

PAGE = Path(__file__).resolve().parents[2] / "docs" / "evaluation.md"
BEGIN, END = "<!-- figures: written by python -m tools.corpus.figures -->", "<!-- end of figures -->"
#: The model reads some twenty kilobytes a second: it reads the labelled corpus, and not the other texts.
QUICK = Policy(layers=frozenset(SWITCHABLE) - {"dictionary", "ner"})
ALL = Policy(layers=frozenset(SWITCHABLE) - {"dictionary"})


def measured(texts: list[Item], policy: Policy, words: str) -> dict[str, Any]:
    """The figures of `texts`, as `anonamoose eval --json` gives them."""
    print(f"{words} …", file=sys.stderr)
    started = time.process_time()
    result = score(texts, policy, ("minilm", None), lambda _done, _whole: None)
    return as_data(result, texts, policy, time.process_time() - started, 0)


def _table(name: str, by_split: Mapping[str, Mapping[str, Any]], dimension: str) -> Iterator[str]:
    yield f"| {name} |" + "".join(f" {split}: labels | recall | partly | missed | precision |" for split in by_split)
    yield "|---|" + "--:|" * 5 * len(by_split)
    keys = sorted({key for data in by_split.values() for key in data["groups"][dimension]})
    rows = [(key or "everywhere", [data["groups"][dimension].get(key) for data in by_split.values()]) for key in keys]
    for key, cells in [*rows, ("**all**", [data["total"] for data in by_split.values()])]:
        yield f"| {key} |" + "".join(_cell(cell) for cell in cells)


def _cell(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return " |" * 5
    shares = percent(row["recall"]), percent(row["precision"])
    return f" {row['labels']} | {shares[0]} | {row['partial']} | {row['missed']} | {shares[1]} |"


def _touched(by_split: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for split, data in by_split.items():
        yield f"Harmless texts touched, {split}: {data['corpus']['touched']} of {data['corpus']['harmless']}.\n"


def _alarms(by_text: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    rates = {
        name: {entity: row["per_megabyte"] for entity, row in data["groups"]["entity"].items() if row["false"]}
        for name, data in by_text.items()
    }
    entities = sorted({entity for row in rates.values() for entity in row}, key=lambda one: (one in ASIDE, one))
    yield "| |" + "".join(f" {name} |" for name in by_text)
    yield "|---|" + "--:|" * len(by_text)
    for entity in entities:
        yield f"| {entity} |" + "".join(f" {row.get(entity, 0):.1f} |" for row in rates.values())
    sums = (sum(rate for entity, rate in row.items() if entity not in ASIDE) for row in rates.values())
    yield f"| **all but {', '.join(ASIDE)}** |" + "".join(f" **{rate:.1f}** |" for rate in sums)


def block() -> str:
    """The tables, as Markdown."""
    corpora = {split: list(items(split)) for split in SPLITS}
    without = {split: measured(texts, QUICK, f"{split}, without the model") for split, texts in corpora.items()}
    whole = {split: measured(texts, ALL, f"{split}, with the model") for split, texts in corpora.items()}
    lines = ["### Labelled corpus, without the model", "", *_table("entity", without, "entity"), ""]
    lines += _touched(without)
    for dimension in ("kind", "region", "layer"):
        lines += [*_table(dimension, without, dimension), ""]
    lines += ["### Labelled corpus, with the model", "", *_table("layer", whole, "layer"), "", *_touched(whole)]
    names = {split: {**data, "groups": {"entity": _named(data)}} for split, data in whole.items()}
    lines += [*_table("entity", names, "entity"), ""]
    negatives = {path.stem: read(path) for path in sorted(FOLDER.glob("*.jsonl"))}
    if negatives:
        found = {name: measured(texts, QUICK, name) for name, texts in negatives.items()}
        sizes = ", ".join(f"{name} {data['corpus']['bytes'] / 1e6:.1f} MB" for name, data in found.items())
        lines += ["### False alarms per MB, without the model", "", *_alarms(found), "", f"Read: {sizes}."]
    return "\n".join(lines)


def _named(data: Mapping[str, Any]) -> dict[str, Any]:
    names = ("PERSON", "ORGANIZATION", "LOCATION", "ADDRESS")
    return {key: row for key, row in data["groups"]["entity"].items() if key in names}


def main() -> None:
    """The command."""
    page = PAGE.read_text(encoding="utf-8")
    head, rest = page.split(BEGIN)
    tail = rest.split(END)[1]
    PAGE.write_text(f"{head}{BEGIN}\n\n{block()}\n\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
