"""The registry: what is shipped is intact, and a folder of the user's own is read as its author meant it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest

from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.models import DEFAULT, MANIFEST, REGISTRY, REPOSITORY, Model, find, fingerprint, tags, verify

SHIPPED = REGISTRY[DEFAULT]
SHIPPED_MODELS = {name: model for name, model in REGISTRY.items() if not model.repository}


def a_folder(path: Path, id2label: object, network: str = "model.onnx") -> Path:
    """A model folder with an empty network: enough for `find`, which runs nothing."""
    (path / network).parent.mkdir(parents=True, exist_ok=True)
    (path / network).touch()
    (path / "config.json").write_text(json.dumps({"id2label": id2label}), encoding="utf-8")
    return path


@pytest.fixture
def copy(tmp_path: Path) -> Model:
    folder = tmp_path / "copy"
    shutil.copytree(SHIPPED.folder, folder)
    return dataclasses.replace(SHIPPED, folder=folder)


def test_every_registered_model_is_intact() -> None:
    assert SHIPPED_MODELS
    for name, model in SHIPPED_MODELS.items():
        assert find(name) is model
        verify(model)
        assert {file for file, _ in model.digests} == {"model.onnx", "tokenizer.json", "config.json", "clues.bin"}


def test_every_model_of_the_hub_is_pinned_to_a_commit_and_to_digests() -> None:
    fetchable = [model for model in REGISTRY.values() if model.repository]
    assert len(fetchable) >= 2
    for model in fetchable:
        assert re.fullmatch("[0-9a-f]{40}", model.revision) and REPOSITORY.fullmatch(model.repository)
        files = dict(model.digests)
        assert {"config.json", "tokenizer.json", model.network} == files.keys()
        assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in files.values())
        assert model.size > 10_000_000 and model.licence and not model.folder.is_absolute()


@pytest.mark.parametrize("name", ["bert-base", "owner/name"])
def test_a_model_that_was_not_fetched_says_how_to_get_it(tmp_path: Path, name: str) -> None:
    for fetched in (None, tmp_path):
        with pytest.raises(DetectorUnavailable, match=f"not installed: run “anonamoose models fetch {name}”"):
            find(name, fetched)


def test_a_fetched_model_of_the_registry_answers_to_its_digests_not_to_its_manifest(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "bert-base", {"0": "O", "1": "B-PER"}, "onnx/model_quantized.onnx")
    digests = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
    about = {"name": "bert-base", "licence": "", "repository": "a/b", "revision": "", "digests": digests}
    (folder / MANIFEST).write_text(json.dumps(about), encoding="utf-8")
    verify(find(str(folder)))  # as a folder of one's own it is what its manifest says
    with pytest.raises(DetectorUnavailable, match=r"config\.json.*damaged.*models fetch bert-base"):
        verify(find("bert-base", tmp_path))


def test_a_manifest_that_leaves_a_file_out_is_refused(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, {"0": "O", "1": "B-PER"})
    about = {"name": "x", "licence": "", "repository": "a/b", "revision": "", "digests": {"config.json": "0"}}
    (folder / MANIFEST).write_text(json.dumps(about), encoding="utf-8")
    with pytest.raises(DetectorUnavailable, match="damaged"):
        find(str(folder))


def test_models_that_differ_have_other_fingerprints(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, {"0": "O", "1": "B-PER"})
    seen = {fingerprint(SHIPPED), fingerprint(find(str(folder)))}
    (folder / "model.onnx").write_bytes(b"another")
    seen.add(fingerprint(find(str(folder))))
    seen.add(fingerprint(REGISTRY["bert-base"]))
    assert len(seen) == 4


def test_every_registered_model_finds_the_three_entities_and_nothing_else() -> None:
    for model in SHIPPED_MODELS.values():
        assert {entity for _, entity in tags(model)} == {"", "PERSON", "ORGANIZATION", "LOCATION"}


def test_the_shipped_model_carries_its_card_and_its_licence() -> None:
    card = (SHIPPED.folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "CC BY-SA 4.0" in card and "Attribution" in card
    licence = (SHIPPED.folder / "LICENSE").read_text(encoding="utf-8")
    assert "Attribution-ShareAlike 4.0" in licence and "Apache License" in licence


def test_the_shipped_network_is_small() -> None:
    assert (SHIPPED.folder / SHIPPED.network).stat().st_size < 20_000_000


def test_the_registry_and_its_models_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        REGISTRY["other"] = SHIPPED  # type: ignore[index]
    with pytest.raises(dataclasses.FrozenInstanceError):
        SHIPPED.licence = "MIT"  # type: ignore[misc]
    assert hash(SHIPPED) == hash(dataclasses.replace(SHIPPED))


@pytest.mark.parametrize("file", ["model.onnx", "tokenizer.json", "config.json"])
def test_a_changed_file_is_noticed(copy: Model, file: str) -> None:
    content = bytearray((copy.folder / file).read_bytes())
    content[len(content) // 2] ^= 1
    (copy.folder / file).write_bytes(content)
    with pytest.raises(DetectorUnavailable, match=f"{file}.*damaged"):
        verify(copy)


@pytest.mark.parametrize("file", ["model.onnx", "tokenizer.json", "config.json"])
def test_a_missing_file_is_noticed(copy: Model, file: str) -> None:
    (copy.folder / file).unlink()
    with pytest.raises(DetectorUnavailable, match=f"{file}.*missing"):
        verify(copy)


@pytest.mark.parametrize("name", ["", "  ", "no-such-model", "/no/such/folder", "a\0b", "~nobody-we-know/model"])
def test_an_unknown_name_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(DetectorUnavailable, match=DEFAULT):
        find(name)


def test_labels_of_a_folder_become_our_entities(tmp_path: Path) -> None:
    names = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC", "B-GPE"]
    model = find(str(a_folder(tmp_path, dict(enumerate(names)))))
    assert tags(model) == (
        (False, ""),
        (True, "PERSON"),
        (False, "PERSON"),
        (True, "ORGANIZATION"),
        (False, "ORGANIZATION"),
        (True, "LOCATION"),
        (False, "LOCATION"),
        (True, ""),
        (False, ""),
        (True, "LOCATION"),
    )
    assert model.folder == tmp_path.resolve()
    verify(model)


@pytest.mark.parametrize(
    ("label", "meaning"),
    [
        ("B_PER", (True, "PERSON")),
        ("b-per", (True, "PERSON")),
        ("PER", (False, "PERSON")),
        ("PERSON", (False, "PERSON")),
        ("U-LOC", (True, "LOCATION")),
        ("S-LOC", (True, "LOCATION")),
        ("L-ORG", (False, "ORGANIZATION")),
        ("E-ORGANIZATION", (False, "ORGANIZATION")),
        ("B-DATE", (True, "")),
    ],
)
def test_other_ways_to_write_labels(tmp_path: Path, label: str, meaning: tuple[bool, str]) -> None:
    model = find(str(a_folder(tmp_path, {"0": "O", "1": label, "2": "B-PER"})))
    assert tags(model)[1] == meaning


@pytest.mark.parametrize("network", ["model_quantized.onnx", "onnx/model_quantized.onnx", "onnx/model.onnx"])
def test_the_network_may_lie_where_exporters_put_it(tmp_path: Path, network: str) -> None:
    assert find(str(a_folder(tmp_path, {"0": "O", "1": "B-PER"}, network))).network == network


def test_a_small_network_is_preferred_to_a_large_one(tmp_path: Path) -> None:
    a_folder(tmp_path, {"0": "O", "1": "B-PER"}, "onnx/model.onnx")
    a_folder(tmp_path, {"0": "O", "1": "B-PER"}, "onnx/model_quantized.onnx")
    assert find(str(tmp_path)).network == "onnx/model_quantized.onnx"


def test_a_folder_without_a_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DetectorUnavailable, match=r"holds no model\.onnx"):
        find(str(tmp_path))


@pytest.mark.parametrize(
    "id2label",
    [None, [], {}, {"0": "O"}, {"0": "O", "2": "B-PER"}, {"zero": "O", "one": "B-PER"}],
)
def test_a_folder_without_usable_labels_is_refused(tmp_path: Path, id2label: object) -> None:
    with pytest.raises(DetectorUnavailable, match="list its labels"):
        find(str(a_folder(tmp_path, id2label)))


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b"null"])
def test_a_broken_config_is_refused(tmp_path: Path, content: bytes) -> None:
    (a_folder(tmp_path, {}) / "config.json").write_bytes(content)
    with pytest.raises(DetectorUnavailable, match=r"config\.json"):
        find(str(tmp_path))


def test_a_model_for_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DetectorUnavailable, match="does not recognise"):
        find(str(a_folder(tmp_path, {"0": "NEGATIVE", "1": "POSITIVE"})))
