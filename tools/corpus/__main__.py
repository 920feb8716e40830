"""Writes the labelled corpus: `python -m tools.corpus [--split PART] [--output FILE]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

from app.evaluation.corpus import SPLITS, Item
from tools.corpus import template
from tools.corpus.labels import LABELS
from tools.corpus.values import IDENTIFIERS

TEMPLATES = Path(__file__).parent / "templates"
SEED = 20_260_401


def items(split: str) -> Iterator[Item]:
    """All items of a split, the same in every run. A new template changes no other's items."""
    for one in template.read(TEMPLATES / split):
        if one.is_frame:
            for name, maker in IDENTIFIERS.items():
                if one.region in ("", maker.region):
                    for time in range(one.times):
                        id = f"{split}/{one.name}/{name}-{time}"
                        random = Random(f"{SEED}/{id}")
                        text, spans = one.fill(random, split, name, random.choice(LABELS[split][name]))
                        yield Item(id, text, one.kind, maker.region, split, spans)
        else:
            for time in range(one.times):
                id = f"{split}/{one.name}/{time}"
                text, spans = one.fill(Random(f"{SEED}/{id}"), split)
                yield Item(id, text, one.kind, one.region, split, spans)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Write the labelled corpus, one JSON object a line.")
    parser.add_argument("--split", choices=SPLITS, help="only this part (default: all)")
    parser.add_argument("--output", type=Path, help="a file instead of standard output")
    options = parser.parse_args()
    lines = (item.line() + "\n" for split in SPLITS if options.split in (None, split) for item in items(split))
    if options.output:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        with options.output.open("w", encoding="utf-8") as file:
            file.writelines(lines)
    else:
        sys.stdout.writelines(lines)


if __name__ == "__main__":
    main()
