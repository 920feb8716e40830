"""Fine-tune a tagger on the labelled sets, or a smaller one on what a larger one says of them.

usage: train.py DATA OUT [--layers 0,1,2,3,4,5] [--minutes 60] [--epochs 2]
       train.py DATA OUT --teacher TRAINED --layers 0,2,4

With --teacher, the model begins as those of the teacher's layers, with its vocabulary, and learns from its logits as
well as from the labels.

DATA holds `<set>.jsonl` files, one `{"text": str, "spans": [[start, end, label], ...]}` a line; label
is PERSON, ORG, LOCATION or IGN (no opinion: left out of the loss). Only the sets in `sets.SETS` are read.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import torch
from base import base_folder, small_model, small_tokenizer
from sets import IGNORED, Example, encode, read
from tokenizers import Tokenizer
from transformers import BertForTokenClassification

LONGEST = 160
#: The temperature of what the teacher says.
SOFTENED = 2.0


def packed(sets: dict[str, list[Example]]) -> list[Example]:
    """One epoch: one to six examples of a set joined, so that the model also sees long windows."""
    out: list[Example] = []
    for examples in sets.values():
        random.shuffle(examples)
        left = 0
        ids: list[int] = []
        labels: list[int] = []
        for more, tags in examples:
            if left == 0 or len(ids) + len(more) > LONGEST - 2:
                out.append((ids, labels))
                ids, labels, left = [], [], random.choice([1, 1, 1, 2, 3, 4, 6])
            ids, labels = (ids + more)[: LONGEST - 2], (labels + tags)[: LONGEST - 2]
            left -= 1
        out.append((ids, labels))
    return [example for example in out if example[0]]


def batches(examples: list[Example], tokens: int) -> list[list[Example]]:
    """Examples of like length together, about `tokens` per batch padding included."""
    examples.sort(key=lambda e: len(e[0]) + random.random() * 8)
    out: list[list[Example]] = [[]]
    for example in examples:
        if (len(out[-1]) + 1) * (len(example[0]) + 2) > tokens:
            out.append([])
        out[-1].append(example)
    random.shuffle(out)
    return [batch for batch in out if batch]


def tensors(batch: list[Example], cls: int, sep: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids, attention mask and labels, each (batch, longest + 2)."""
    width = max(len(ids) for ids, _ in batch) + 2
    ids = torch.zeros(len(batch), width, dtype=torch.long)
    mask = torch.zeros_like(ids)
    labels = torch.full_like(ids, IGNORED)
    for row, (tokens, tags) in enumerate(batch):
        ids[row, : len(tokens) + 2] = torch.tensor([cls, *tokens, sep])
        mask[row, : len(tokens) + 2] = 1
        labels[row, 1 : len(tags) + 1] = torch.tensor(tags)
    return ids, mask, labels


def train(
    model: BertForTokenClassification,
    sets: dict[str, list[Example]],
    ends: tuple[int, int],
    args: argparse.Namespace,
    teacher: BertForTokenClassification | None,
) -> None:
    """Up to `args.epochs` epochs or `args.minutes` minutes, whichever ends first; the rate follows suit."""
    still = [model.bert.embeddings, *model.bert.encoder.layer[: args.still]] if args.still else []
    for part in still:
        part.requires_grad_(False)
    moving = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(moving, lr=args.rate, weight_decay=0.01)
    total = int(len(batches(packed(sets), args.tokens)) * args.epochs)
    began, step, losses = time.monotonic(), 0, []
    while True:
        for batch in batches(packed(sets), args.tokens):
            progress = max(step / total, (time.monotonic() - began) / 60 / args.minutes)
            if progress >= 1:
                return
            for group in optimizer.param_groups:
                group["lr"] = args.rate * min(1.0, (step + 1) / 25, max(0.01, 1 - progress))
            ids, mask, labels = tensors(batch, *ends)
            logits = model(input_ids=ids, attention_mask=mask).logits
            loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED)
            if teacher is not None:
                loss = 0.4 * loss + 0.6 * said_by(teacher, ids, mask, logits)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(moving, 1.0)
            optimizer.step()
            step += 1
            losses.append(loss.item())
            if step % 25 == 0:
                print(f"step {step}/{total}  {progress:.0%}  loss {sum(losses[-25:]) / 25:.4f}", flush=True)
                if step % 100 == 0:
                    model.save_pretrained(args.out)


def said_by(
    teacher: BertForTokenClassification, ids: torch.Tensor, mask: torch.Tensor, logits: torch.Tensor
) -> torch.Tensor:
    """How far `logits` are from the teacher's, per token (Kullback-Leibler, softened)."""
    with torch.no_grad():
        told = teacher(input_ids=ids, attention_mask=mask).logits
    kept = mask.bool()
    ours, theirs = (torch.log_softmax(x[kept] / SOFTENED, -1) for x in (logits, told))
    return torch.nn.functional.kl_div(ours, theirs, reduction="batchmean", log_target=True) * SOFTENED**2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--teacher", type=Path)
    parser.add_argument("--layers", default="0,1,2,3,4,5")
    parser.add_argument("--vocabulary", type=int, default=20_000)
    parser.add_argument("--epochs", type=float, default=2)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--tokens", type=int, default=3072)
    parser.add_argument(
        "--still", type=int, default=1, help="layers that stay as they are, with the embeddings; 0 for none"
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    random.seed(args.seed)
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    rows = read(args.data)
    kept = None
    if args.teacher:
        tokenizer = Tokenizer.from_file(str(args.teacher / "tokenizer.json"))
    else:
        texts = (row["text"] for part in rows.values() for row in part)
        tokenizer, kept = small_tokenizer(base_folder(), texts, args.vocabulary)
    tokenizer.save(str(args.out / "tokenizer.json"))
    sets = {name: encode(tokenizer, part) for name, part in rows.items()}
    print({name: sum(len(ids) for ids, _ in part) for name, part in sets.items()}, "tokens", flush=True)
    layers = [int(layer) for layer in args.layers.split(",")]
    model = small_model(args.teacher or base_folder(), layers, kept).train()
    teacher = BertForTokenClassification.from_pretrained(args.teacher).eval() if args.teacher else None
    train(model, sets, (tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")), args, teacher)
    model.save_pretrained(args.out)


if __name__ == "__main__":
    main()
