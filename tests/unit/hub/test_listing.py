"""Which files of a repository make a model."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from app.hub import FetchError
from app.hub.listing import declared, read
from app.pipeline.models import REGISTRY, Model

MODEL = Model("a/b", Path(), "MIT", repository="a/b")


def info(*names: str) -> SimpleNamespace:
    large = SimpleNamespace(sha256="f" * 64)
    siblings = [
        SimpleNamespace(rfilename=name, size=10, blob_id="b" * 40, lfs=large if "onnx" in name else None)
        for name in names
    ]
    return SimpleNamespace(sha="c" * 40, siblings=siblings)


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        ("config.json tokenizer.json vocab.txt model.onnx README.md", "config.json tokenizer.json model.onnx"),
        ("config.json vocab.txt tokenizer_config.json model.onnx",
         "config.json tokenizer_config.json vocab.txt model.onnx"),
        ("config.json tokenizer.json onnx/model.onnx onnx/model_quantized.onnx x.onnx",
         "config.json tokenizer.json onnx/model_quantized.onnx"),
        ("config.json tokenizer.json onnx/model.onnx onnx/model.onnx_data",
         "config.json tokenizer.json onnx/model.onnx onnx/model.onnx_data"),
    ],
)  # fmt: skip
def test_a_model_is_its_labels_its_tokenizer_and_one_network(there: str, taken: str) -> None:
    listing = read(MODEL, info(*there.split()))
    assert [file.name for file in listing.files] == taken.split()
    assert listing.size == 10 * len(listing.files) and listing.revision == "c" * 40
    assert all(bool(file.digest) == ("onnx" in file.name) for file in listing.files)


@pytest.mark.parametrize(
    "there",
    ["", "config.json tokenizer.json", "tokenizer.json model.onnx", "config.json special_tokens_map.json model.onnx"],
)
def test_anything_else_is_no_model(there: str) -> None:
    with pytest.raises(FetchError, match="a/b holds no"):
        read(MODEL, info(*there.split()))


def test_of_the_registry_nothing_need_be_asked() -> None:
    for model in REGISTRY.values():
        listing = declared(model)
        assert {(file.name, file.digest) for file in listing.files} == set(model.digests)
