"""The labelled sets the model is trained on, as token and label ids."""

from __future__ import annotations

import json
import random
from pathlib import Path

from base import LABELS
from tokenizers import Tokenizer

#: Sets we may train on, and how many of their lines are used: only those whose licence lets us ship
#: what is trained on them (see the model card). UNER and CrossNER are share-alike, and so are the weights.
SETS = {
    "synth": 30_000, "btc": 7400, "multiconer": 9000, "wnut": 4500, "wikigold": 1700, "uner": 3001, "crossner": 5327,
}  # fmt: skip
NAMES = {"PERSON": "PERSON", "ORG": "ORGANIZATION", "LOCATION": "LOCATION"}
#: The label id that the loss skips.
IGNORED = -100
Example = tuple[list[int], list[int]]


def read(folder: Path) -> dict[str, list[dict]]:
    """Lines by set, sampled to the size in `SETS`."""
    sets = {}
    for name, most in SETS.items():
        with (folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        sets[name] = random.sample(rows, min(most, len(rows)))
    return sets


def encode(tokenizer: Tokenizer, rows: list[dict]) -> list[Example]:
    """Token ids and label ids of each row, every piece of a word labelled."""
    out = []
    encodings = tokenizer.encode_batch([row["text"] for row in rows], add_special_tokens=False)
    for row, encoding in zip(rows, encodings, strict=True):
        labels = [0] * len(encoding.ids)
        for start, end, label in row["spans"]:
            prefix = "B-"
            for i, (left, right) in enumerate(encoding.offsets):
                if left < end and right > start and labels[i] != IGNORED:
                    labels[i] = IGNORED if label == "IGN" else LABELS.index(prefix + NAMES[label])
                    prefix = "I-"
        out.append((encoding.ids, labels))
    return out
