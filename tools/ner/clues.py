"""Learn which words of a line look like names, so that the model need not read lines without any.

usage: PYTHONPATH=. clues.py DATA OUT.bin [--code FOLDER]

A logistic regression over hashed traits (see `app/pipeline/detectors/clues.py`) of each word, learned from the
labelled sets (see `train.py`), from the same in other cases, and from pieces of code without names. Words are left out
now and then, so that it has an opinion of those it has never met.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from pathlib import Path

import numpy as np
import torch
from generate import code
from sets import read

from app.pipeline.detectors.clues import SCALE, SIZE, features, traits

#: How often the traits of a word are left out, in the order of `traits`; of the first all but the ends of the word.
LEFT_OUT = (0.25, 0.2, 0.2, 0.0, 0.0, 0.0, 0.0)
#: Missing a name costs so much more than reading a line in vain.
WEIGHT = 3.0
#: Pieces of code of each folder.
PIECES = 12_000
#: What stands in data without a sentence around it: so many names of the sets are put in there.
FRAMES = (
    '"owner": "{}",', '  "city": "{}"', "<td>{}</td>", "assignee: {}", "'{}',", "{}", "- {}", "7;{};12", "user={}",
    '{"name": "{}"}', '"name": "{}",', "name = '{}'", "| x | {} |",
    '["{}", 3]', "{}\t42", "({})", "to={} ok", "INFO sent to {} in 12 ms",
)  # fmt: skip
FRAMED = 15_000
EPOCHS, RATE, TOGETHER = 5, 0.02, 8192


def examples(text: str, spans: list, traits_of: list, labels: list[bool]) -> None:
    """Adds the words of `text`, but for those nobody has an opinion of."""
    begin = 0
    for line in text.splitlines(keepends=True):
        for start, end, said in traits(line):
            over = [label for left, right, label in spans if left < begin + end and begin + start < right]
            if "IGN" not in over:
                traits_of.append([features(one) for one in said])
                labels.append(bool(over))
        begin += len(line)


def in_another_case(text: str) -> str:
    """The text, or in three of ten cases in small letters, in one of twenty in capitals, if that changes no place."""
    draw = random.random()
    other = text.lower() if draw < 0.3 else text.upper() if draw < 0.35 else text
    return other if len(other) == len(text) else text


def framed(rows: list[dict]) -> tuple[str, list]:
    """A name of `rows` in a frame, and where it is."""
    while True:
        row = random.choice(rows)
        for start, end, label in random.sample(row["spans"], len(row["spans"])):
            frame, name = random.choice(FRAMES), in_another_case(row["text"][start:end])
            if label != "IGN" and "\n" not in name:
                left = frame.index("{}")
                return frame.replace("{}", name), [[left, left + len(name), label]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--code", type=Path, action="append", default=[])
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    random.seed(args.seed)
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    said: list[list[list[int]]] = []
    labels: list[bool] = []
    sets = read(args.data)
    everything = [row for rows in sets.values() for row in rows if row["spans"]]
    for _ in range(FRAMED):
        examples(*framed(everything), said, labels)
    for name, rows in sets.items():
        for row in rows:
            text = row["text"] if name == "synth" else in_another_case(row["text"])
            examples(text, row["spans"], said, labels)
    for folder in args.code:
        for row in code(folder, PIECES, random.Random(args.seed)):
            examples(str(row["text"]), [], said, labels)
    print(len(labels), "words,", sum(labels), "of names", flush=True)
    share = torch.tensor([part for part, of in zip(LEFT_OUT, said[0], strict=True) for _ in of])
    group = torch.tensor([number for number, of in enumerate(said[0]) for _ in of])
    places = torch.from_numpy(np.array([[place for of in word for place in of] for word in said], np.int32)).long()
    weights = learned(places, torch.tensor(labels).float(), share, group)
    args.out.write_bytes(np.clip(np.rint(weights * SCALE), -127, 127).astype(np.int8).tobytes())
    print(f'("{args.out.name}", "{hashlib.sha256(args.out.read_bytes()).hexdigest()}"),')


def learned(places: torch.Tensor, labels: torch.Tensor, share: torch.Tensor, group: torch.Tensor) -> np.ndarray:
    """A weight for each place."""
    table = torch.nn.Embedding(SIZE, 1)
    torch.nn.init.zeros_(table.weight)
    optimizer = torch.optim.Adam(table.parameters(), lr=RATE)
    groups = int(group.max()) + 1
    for epoch in range(EPOCHS):
        order = torch.randperm(len(places))
        for step in range(0, len(order), TOGETHER):
            batch = order[step : step + TOGETHER]
            for one in optimizer.param_groups:
                one["lr"] = RATE * (1 - (epoch + step / len(order)) / EPOCHS)
            kept = torch.rand(len(batch), groups)[:, group] >= share
            scores = (table(places[batch]).squeeze(-1) * kept).sum(1)
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                scores, labels[batch], pos_weight=torch.tensor(WEIGHT)
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch + 1}  loss {loss.item():.4f}", flush=True)
    return table.weight.detach().numpy()[:, 0]


if __name__ == "__main__":
    main()
