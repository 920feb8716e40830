"""The models that recognise names: which there are, where they lie, and whether their files are intact."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from app.pipeline.detectors import DetectorUnavailable

_SHIPPED = Path(__file__).parent / "data" / "ner"

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
_NETWORKS = (
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
    below `folder`, SHA-256 in hex) and empty for a folder of the user's own. `download` is the
    address the files can be had from, empty when they are shipped or local. `provisional` marks a
    model that is only good enough to try the path out.
    """

    name: str
    folder: Path
    licence: str
    network: str = "model.onnx"
    labels: tuple[tuple[str, str], ...] = LABELS
    digests: tuple[tuple[str, str], ...] = ()
    download: str = ""
    provisional: bool = False


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
                digests=(
                    ("model.onnx", "6220539ff8e880979b6005c0f67a2d80ee93811cb1be1e1cc279716a91f8f01f"),
                    ("tokenizer.json", "dffb186d9a97c123417327106945d9c9d4e5e722c36e2eb33e49b4b1247672f7"),
                    ("config.json", "28695247762d9148e5d311675941158babb3d6e3b1ddf61fe689e6eb6382bd0c"),
                ),
            ),
        )
    }
)


def find(name_or_folder: str) -> Model:
    """The model of that name, or the one that lies in that folder.

    Raises DetectorUnavailable when there is neither, or when the folder holds no model we can use.
    """
    if name_or_folder in REGISTRY:
        return REGISTRY[name_or_folder]
    try:
        folder = Path(name_or_folder).expanduser().resolve()
        present = bool(name_or_folder.strip()) and folder.is_dir()
    except (OSError, RuntimeError, ValueError):  # no home folder, a NUL in the name, a loop of links
        present = False
    if not present:
        known = ", ".join(REGISTRY)
        raise DetectorUnavailable(f"There is no model or folder “{name_or_folder}”; known models are {known}.")
    network = next((name for name in _NETWORKS if (folder / name).is_file()), "")
    if not network:
        raise DetectorUnavailable(f"The model folder “{folder}” holds no model.onnx.")
    model = Model(name=str(folder), folder=folder, licence="as stated by its author", network=network)
    if not any(entity for _, entity in tags(model)):
        raise DetectorUnavailable(f"The model in “{folder}” does not recognise persons, organisations or places.")
    return model


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


def verify(model: Model) -> None:
    """Compare the model's files with the digests we know.

    A folder of the user's own has none; nothing is checked then. Raises DetectorUnavailable when a
    file is missing or differs.
    """
    remedy = "Reinstall the app or choose another model."
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
