"""Networks in ONNX form that do what a test needs, written byte by byte: no library to make them is installed.

Each gives every word the label that a table says. What else it does depends on the largest of the `steps` of the
tokens it is given: 0 for all but those that a test makes dangerous.
"""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from tokenizers import Tokenizer

from app.pipeline.models import DEFAULT, REGISTRY

SHIPPED = REGISTRY[DEFAULT].folder
LABELS = ("O", "B-PER", "I-PER")
Fault = Literal["throws", "takes all memory", "never ends"]
_FLOAT, _INT64, _BOOL = 1, 7, 9


def faulty(folder: Path, fault: Fault, words: Mapping[str, str], dangerous: str) -> Path:
    """A model folder: `words` have the labels, and the word `dangerous` brings on the `fault`."""
    tokenizer = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
    vocabulary = tokenizer.get_vocab_size()
    table = [[9.0, 0.0, 0.0] for _ in range(vocabulary)]
    for word, label in words.items():
        for token in tokenizer.encode(word, add_special_tokens=False).ids:
            table[token] = [9.0 * (label == name) for name in LABELS]
    steps = [0] * vocabulary
    harmless = set(tokenizer.encode(" ".join(["a", *words]), add_special_tokens=False).ids)
    for token in set(tokenizer.encode(dangerous, add_special_tokens=False).ids) - harmless:
        steps[token] = {"throws": 5, "takes all memory": 1 << 46, "never ends": 1 << 46}[fault]
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(SHIPPED / "tokenizer.json", folder / "tokenizer.json")
    (folder / "config.json").write_text(json.dumps({"id2label": dict(enumerate(LABELS))}))
    (folder / "model.onnx").write_bytes(_network(fault, table, steps))
    return folder


def _network(fault: Fault, table: list[list[float]], steps: list[int]) -> bytes:
    flat = [value for row in table for value in row]
    nodes = [
        _node("Gather", ["table", "input_ids"], "labels"),
        _node("Gather", ["steps", "input_ids"], "each"),
        _node("ReduceMax", ["each"], "most", _ints("axes", [0, 1]), _int("keepdims", 0)),
    ]
    if fault == "throws":
        nodes.append(_node("Gather", ["zeros", "most"], "nothing"))
    elif fault == "takes all memory":
        nodes += [
            _node("Reshape", ["most", "one"], "size"),
            _node("ConstantOfShape", ["size"], "much"),
            _node("ReduceSum", ["much"], "nothing", _int("keepdims", 0)),
        ]
    else:
        body = (
            _many(1, [_node("Identity", ["goes_on"], "still"), _node("Identity", ["value"], "same")])
            + _field(2, b"body")
            + _many(11, [_value("turn", _INT64), _value("goes_on", _BOOL), _value("value", _FLOAT)])
            + _many(12, [_value("still", _BOOL), _value("same", _FLOAT)])
        )
        attribute = _field(5, _field(1, b"body") + _field(6, body) + _number(20, 5))
        nodes.append(_node("Loop", ["most", "yes", "zero"], "nothing", attribute))
    nodes.append(_node("Add", ["labels", "nothing"], "logits"))
    graph = (
        _many(1, nodes)
        + _field(2, b"graph")
        + _many(
            5,
            [
                _tensor("table", _FLOAT, [len(table), len(LABELS)], struct.pack(f"<{len(flat)}f", *flat)),
                _tensor("steps", _INT64, [len(steps)], struct.pack(f"<{len(steps)}q", *steps)),
                _tensor("zeros", _FLOAT, [1], struct.pack("<f", 0)),
                _tensor("zero", _FLOAT, [], struct.pack("<f", 0)),
                _tensor("one", _INT64, [1], struct.pack("<q", 1)),
                _tensor("yes", _BOOL, [], b"\1"),
            ],
        )
        + _many(11, [_value("input_ids", _INT64, "batch", "length")])
        + _many(12, [_value("logits", _FLOAT, "batch", "length", "labels")])
    )
    return _number(1, 8) + _field(8, _field(1, b"") + _number(2, 13)) + _field(7, graph)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _number(tag: int, number: int) -> bytes:
    return _varint(tag << 3) + _varint(number)


def _field(tag: int, content: bytes) -> bytes:
    return _varint(tag << 3 | 2) + _varint(len(content)) + content


def _many(tag: int, contents: list[bytes]) -> bytes:
    return b"".join(_field(tag, content) for content in contents)


def _node(kind: str, inputs: list[str], output: str, *attributes: bytes) -> bytes:
    names = _many(1, [name.encode() for name in inputs]) + _field(2, output.encode())
    return names + _field(4, kind.encode()) + b"".join(attributes)


def _int(name: str, number: int) -> bytes:
    return _field(5, _field(1, name.encode()) + _number(3, number) + _number(20, 2))


def _ints(name: str, numbers: list[int]) -> bytes:
    return _field(5, _field(1, name.encode()) + b"".join(_number(8, number) for number in numbers) + _number(20, 7))


def _tensor(name: str, kind: int, dims: list[int], raw: bytes) -> bytes:
    sizes = b"".join(_number(1, size) for size in dims)
    return sizes + _number(2, kind) + _field(8, name.encode()) + _field(9, raw)


def _value(name: str, kind: int, *dims: str) -> bytes:
    shape = _many(1, [_field(2, dim.encode()) for dim in dims])
    return _field(1, name.encode()) + _field(2, _field(1, _number(1, kind) + _field(2, shape)))
