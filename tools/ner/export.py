"""Export a trained tagger to an 8-bit ONNX file next to its tokenizer and labels.

usage: export.py TRAINED OUT [--lean PERSON ORGANIZATION LOCATION]

Weights are quantised per channel to 7 bits (`reduce_range`): at full range, processors without VNNI
saturate when they add two products. Prints the SHA-256 lines that `app/pipeline/models.py` holds.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import BertForTokenClassification


class Logits(torch.nn.Module):
    """The tagger with a plain tensor as its answer."""

    def __init__(self, model: BertForTokenClassification) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        return self.model(input_ids=input_ids, attention_mask=attention_mask).logits


def export(trained: Path, out: Path, lean: list[float]) -> None:
    """Write model.onnx, tokenizer.json and config.json to `out`.

    `lean` is added to the logits of each of the three types: the higher, the more is found, rightly or not.
    """
    out.mkdir(parents=True, exist_ok=True)
    model = BertForTokenClassification.from_pretrained(trained, attn_implementation="eager").eval()
    with torch.no_grad():
        for number, more in enumerate(lean):
            model.classifier.bias[1 + 2 * number : 3 + 2 * number] += more
    ids = torch.randint(100, 1000, (2, 16))
    axes = {0: "batch", 1: "tokens"}
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        torch.onnx.export(
            Logits(model),
            (ids, torch.ones_like(ids)),
            str(full),
            input_names=["input_ids", "attention_mask"],
            output_names=["logits"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "logits": axes},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(
            full,
            out / "model.onnx",
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            # The last product is 3,000 weights, and its rounding would move every probability.
            nodes_to_exclude=["/model/classifier/MatMul"],
        )
    shutil.copyfile(trained / "tokenizer.json", out / "tokenizer.json")
    labels = {str(i): label for i, label in model.config.id2label.items()}
    config = {
        "model_type": "bert",
        "max_position_embeddings": model.config.max_position_embeddings,
        "id2label": labels,
    }
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trained", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--lean", type=float, nargs=3, default=[0.5, 1.0, 0.5])
    args = parser.parse_args()
    export(args.trained, args.out, args.lean)
    for name in ("model.onnx", "tokenizer.json", "config.json"):
        content = (args.out / name).read_bytes()
        print(f'("{name}", "{hashlib.sha256(content).hexdigest()}"),  # {len(content) / 1e6:.1f} MB')


if __name__ == "__main__":
    main()
