"""Measure the app's own detector on labelled sets, and its speed.

usage: evaluate.py MODEL SETS [--threshold 0.5] [--code FOLDER]

MODEL is a registry name or a folder, SETS a folder of `*.jsonl` (`{"text", "spans"}` a line, as in
train.py). Printed per set and type, in percent: recall (a true entity touched by a span of any type),
same (by one of its own type), cover (all of its letters and digits inside spans), precision (a span
that touches a true entity). With --code, also false finds per 1,000 characters of the folder's *.py.
Run it with the app's environment, from the project's root: python -m tools.ner.evaluate …
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path

from app.pipeline.detectors.ner import NerDetector
from app.pipeline.policy import Policy
from app.pipeline.span import Span

NAMES = {"PERSON": "PERSON", "ORG": "ORGANIZATION", "LOCATION": "LOCATION"}


def count(text: str, gold: list[tuple[int, int, str]], found: list[Span], tally: Counter[tuple[str, str]]) -> None:
    """Add one text's figures to `tally`. Gold labelled IGN is neither missed nor wrong."""
    hidden = {i for span in found for i in range(span.start, span.end)}
    for start, end, label in gold:
        if label == "IGN":
            continue
        entity = NAMES[label]
        touching = [span for span in found if span.start < end and span.end > start]
        tally[entity, "gold"] += 1
        tally[entity, "recall"] += bool(touching)
        tally[entity, "same"] += any(span.entity == entity for span in touching)
        tally[entity, "cover"] += all(i in hidden for i in range(start, end) if text[i].isalnum())
    for span in found:
        labels = {label for start, end, label in gold if span.start < end and span.end > start}
        if labels == {"IGN"}:
            continue
        tally[span.entity, "found"] += 1
        tally[span.entity, "precision"] += bool(labels)


def report(name: str, tally: Counter[tuple[str, str]], characters: int, seconds: float) -> None:
    """One line per type, and one for all."""
    for entity in (*NAMES.values(), "all"):
        parts = list(NAMES.values()) if entity == "all" else [entity]
        total = {key: sum(tally[part, key] for part in parts) for _, key in tally}
        gold, found = max(total.get("gold", 0), 1), max(total.get("found", 0), 1)
        shares = "  ".join(f"{key} {100 * total.get(key, 0) / gold:5.1f}" for key in ("recall", "same", "cover"))
        print(f"{name:16} {entity:13} {shares}  precision {100 * total.get('precision', 0) / found:5.1f}  of {gold}")
    print(f"{name:16} {characters / seconds / 1000:.1f} kchar/s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("sets", type=Path)
    parser.add_argument("--threshold", type=float, default=0.5)
    parser.add_argument("--code", type=Path)
    args = parser.parse_args()
    detector, policy = NerDetector(args.model), Policy(ner_threshold=args.threshold)
    began = time.perf_counter()
    detector.load()
    print(f"loaded in {time.perf_counter() - began:.2f} s")
    for path in sorted(args.sets.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        tally: Counter[tuple[str, str]] = Counter()
        seconds = 0.0
        for row in rows:
            began = time.perf_counter()
            found = detector.detect(row["text"], policy)
            seconds += time.perf_counter() - began
            count(row["text"], [(s, e, label) for s, e, label in row["spans"]], found, tally)
        report(path.stem, tally, sum(len(row["text"]) for row in rows), seconds)
    if args.code:
        texts = [
            path.read_text(encoding="utf-8", errors="replace")[:8000] for path in sorted(args.code.rglob("*.py"))[:40]
        ]
        finds: Counter[str] = Counter()
        for text in texts:
            finds.update(text[span.start : span.end] for span in detector.detect(text, policy))
        size = sum(map(len, texts))
        print(f"code: {sum(finds.values()) / size * 1000:.2f} finds per 1,000 characters of {size}")


if __name__ == "__main__":
    main()
