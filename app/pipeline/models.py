"""The models that recognise names: which there are, where they lie, and whether their files are intact."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from app.pipeline.detectors import DetectorUnavailable

_SHIPPED = Path(__file__).parent / "data" / "ner"
#: In the folder of a model that was fetched: what it is, and the digests that its files had then.
MANIFEST = "anonamoose.json"
#: A repository on the hub, with or without a revision.
REPOSITORY = re.compile(r"([\w-][\w.-]{0,95})/([\w-][\w.-]{0,95})(?:@([0-9a-f]{40}))?")

#: What taggers call the three things we look for, and what we call them. Any other label is ignored.
LABELS = (
    ("PERSON", "PERSON"),
    ("PER", "PERSON"),
    ("ORGANIZATION", "ORGANIZATION"),
    ("ORG", "ORGANIZATION"),
    ("LOCATION", "LOCATION"),
    ("LOC", "LOCATION"),
    ("GPE", "LOCATION"),
)
#: Where exporters put the network, the small files first.
NETWORKS = (
    "model.onnx",
    "model_quantized.onnx",
    "onnx/model_quantized.onnx",
    "onnx/model_int8.onnx",
    "onnx/model.onnx",
)


@dataclass(frozen=True, slots=True)
class Model:
    """A BIO token classifier in ONNX form.

    `folder` holds `network` (the ONNX file), `config.json` with `id2label`, and the tokenizer.
    `labels` are pairs (label without its B-/I- prefix, our entity). `digests` are pairs (file
    below `folder`, SHA-256 in hex) and empty for a folder of the user's own. `tokenizer` is "json"
    where `tokenizer.json` says all, "transformers" where that library must build it from older files.
    `repository` and `revision` (a commit) say where on the hub the files can be had from, `size` how
    many bytes they are; empty and 0 when they are shipped or local. `clues` is the file of what tells a line without
    names, in the languages that the model reads; "" where nobody has learned it.
    """

    name: str
    folder: Path
    licence: str
    network: str = "model.onnx"
    labels: tuple[tuple[str, str], ...] = LABELS
    digests: tuple[tuple[str, str], ...] = ()
    tokenizer: Literal["json", "transformers"] = "json"
    repository: str = ""
    revision: str = ""
    size: int = 0
    clues: str = ""


#: The model that is used when the user names none.
DEFAULT = "minilm"

REGISTRY: Mapping[str, Model] = MappingProxyType(
    {
        model.name: model
        for model in (
            Model(
                name=DEFAULT,
                folder=_SHIPPED / "minilm",
                licence="CC-BY-SA-4.0 AND Apache-2.0",
                clues="clues.bin",
                digests=(
                    ("model.onnx", "6220539ff8e880979b6005c0f67a2d80ee93811cb1be1e1cc279716a91f8f01f"),
                    ("tokenizer.json", "dffb186d9a97c123417327106945d9c9d4e5e722c36e2eb33e49b4b1247672f7"),
                    ("config.json", "28695247762d9148e5d311675941158babb3d6e3b1ddf61fe689e6eb6382bd0c"),
                    ("clues.bin", "9569ad3213a61b281fa2c3567cb846b062368ac202ff7adf512f723d26fc65e2"),
                ),
            ),
            Model(
                name="bert-base",
                folder=Path("bert-base"),
                licence="MIT",
                network="onnx/model_quantized.onnx",
                digests=(
                    ("config.json", "a73a2eccc921bbdea95a94b49a157d3694b5c2abbae7a6f3000e14404a9c31a8"),
                    ("tokenizer.json", "343989712a36cd8b253efeaf8baf6a08b9d2583f78e395e83832e8ee9f8d8ee1"),
                    ("onnx/model_quantized.onnx", "caaee70a5518ec7f9e46e5308fcc9263a8c227703a9ce46cf61c69a552349648"),
                ),
                repository="Xenova/bert-base-NER",
                revision="24c7e5aba9ae350923357a6f0b92571be34037ec",
                size=109_622_177,
            ),
            Model(
                name="distilbert-multilingual",
                folder=Path("distilbert-multilingual"),
                licence="AFL-3.0",
                network="onnx/model_quantized.onnx",
                digests=(
                    ("config.json", "38847be4dc6699b1218a749ed69f888c2ccc7b4deba98e3c4a1cac8cb34d54c8"),
                    ("tokenizer.json", "bf1b59b7b11c95f194f51708d918eea378e09d05f84c0e1656dc5180e8117088"),
                    ("onnx/model_quantized.onnx", "24a0b98f4dd4cd92842f5a541272f86f760225a64a29928eddef14bdb2edb986"),
                ),
                repository="Xenova/distilbert-base-multilingual-cased-ner-hrl",
                revision="c2a4dbf593c57f47004c5bc2d3770d311aee9c43",
                size=138_280_118,
            ),
            Model(
                name="bert-multilingual",
                folder=Path("bert-multilingual"),
                licence="AFL-3.0",
                network="onnx/model_quantized.onnx",
                digests=(
                    ("config.json", "7aa891abae067f95a40f5e2005b3de44824a083f256802934a993d301ec25076"),
                    ("tokenizer.json", "bf1b59b7b11c95f194f51708d918eea378e09d05f84c0e1656dc5180e8117088"),
                    ("onnx/model_quantized.onnx", "5b65139844be260b624a2a13782b01d122e613d64ce16ed0ba4d82e0b816f1a9"),
                ),
                repository="Xenova/bert-base-multilingual-cased-ner-hrl",
                revision="263e82c06569c8c2ac46238a7ae5107598934234",
                size=181_415_992,
            ),
        )
    }
)


def find(name_or_folder: str, fetched: Path | None = None) -> Model:
    """The model of that name, or the one that lies in that folder. `fetched` is where fetched ones lie.

    Raises DetectorUnavailable when there is neither, or when the folder holds no model we can use.
    """
    name = name_or_folder.strip()
    model = REGISTRY.get(name)
    if model is not None and not model.repository:
        return model
    place = place_of(name)
    if fetched is not None and place and (fetched / place).is_dir():
        return _in_folder(fetched / place) if model is None else replace(model, folder=fetched / place)
    if model is not None or REPOSITORY.fullmatch(name):
        raise DetectorUnavailable(f"The model “{name}” is not installed: run “anonamoose models fetch {name}”.")
    try:
        folder = Path(name_or_folder).expanduser().resolve()
        present = bool(name) and folder.is_dir()
    except (OSError, RuntimeError, ValueError):  # no home folder, a NUL in the name, a loop of links
        present = False
    if not present:
        known = ", ".join(REGISTRY)
        raise DetectorUnavailable(f"There is no model or folder “{name_or_folder}”; known models are {known}.")
    return _in_folder(folder)


def place_of(name: str) -> str:
    """The folder, below that of all fetched models, of the one called so; "" for what is no name of one."""
    if name in REGISTRY:
        return str(REGISTRY[name].folder) if REGISTRY[name].repository else ""
    match = REPOSITORY.fullmatch(name)
    return f"{match[1]}--{match[2]}" if match else ""


def _in_folder(folder: Path) -> Model:
    network = next((name for name in NETWORKS if (folder / name).is_file()), "")
    if not network:
        raise DetectorUnavailable(f"The model folder “{folder}” holds no model.onnx.")
    model = Model(
        name=str(folder),
        folder=folder,
        licence="as stated by its author",
        network=network,
        tokenizer="json" if (folder / "tokenizer.json").is_file() else "transformers",
    )
    if (folder / MANIFEST).is_file():
        model = _as_fetched(model)
    if not any(entity for _, entity in tags(model)):
        raise DetectorUnavailable(f"The model in “{folder}” does not recognise persons, organisations or places.")
    return model


def _as_fetched(model: Model) -> Model:
    """`model` with what its manifest tells."""
    try:
        told: dict[str, Any] = json.loads((model.folder / MANIFEST).read_text(encoding="utf-8"))
        digests = tuple((str(name), str(digest)) for name, digest in told["digests"].items())
        decisive = {"config.json", model.network, *["tokenizer.json"] * (model.tokenizer == "json")}
        if not decisive <= {name for name, _ in digests}:
            raise ValueError("it does not name the files that decide")
        return replace(
            model,
            name=str(told["name"]),
            licence=str(told["licence"]),
            digests=digests,
            repository=str(told["repository"]),
            revision=str(told["revision"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    raise DetectorUnavailable(f"The file {MANIFEST} in “{model.folder}” is damaged. Fetch the model again.")


def tags(model: Model) -> tuple[tuple[bool, str], ...]:
    """What each output of the network means: (begins an entity, our entity or ""), by label id.

    Raises DetectorUnavailable when `config.json` does not say.
    """
    ours = dict(model.labels)
    try:
        config = json.loads((model.folder / "config.json").read_text(encoding="utf-8"))
        names = {int(key): str(value) for key, value in config["id2label"].items()}
        if set(names) != set(range(len(names))) or len(names) < 2:
            raise ValueError("gaps between the label ids")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        names = {}
    if not names:
        raise DetectorUnavailable(
            f"The model “{model.name}” cannot be used: config.json is missing or does not list its labels."
        )
    found = []
    for _, label in sorted(names.items()):
        # "B-PER", but some taggers write "B_PER", bare "PER", or the BILOU letters.
        prefix, kind = (label[0], label[2:]) if label[1:2] in ("-", "_") else ("I", label)
        found.append((prefix.upper() in "BSU", ours.get(kind.upper(), "")))
    return tuple(found)


def fingerprint(model: Model) -> str:
    """A digest of all that the model is. Of a folder of the user's own its files are read: 0.1 s for each 100 MB."""
    known = hashlib.sha256(repr((model.network, model.digests)).encode())
    if not model.digests:
        for path in sorted(path for path in model.folder.rglob("*") if path.is_file()):
            with path.open("rb") as file:
                known.update(hashlib.file_digest(file, "sha256").digest())
    return known.hexdigest()


def verify(model: Model) -> None:
    """Compare the model's files with the digests we know.

    A folder of the user's own has none; nothing is checked then. Raises DetectorUnavailable when a
    file is missing or differs.
    """
    remedy = (
        f"Run “anonamoose models fetch {model.name}”, or choose another model."
        if model.repository
        else "Reinstall the app or choose another model."
    )
    for name, expected in model.digests:
        try:
            with (model.folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            found = ""
        if not found:
            raise DetectorUnavailable(f"The file {name} of the model “{model.name}” is missing. {remedy}")
        if found != expected:
            raise DetectorUnavailable(f"The file {name} of the model “{model.name}” is damaged. {remedy}")
