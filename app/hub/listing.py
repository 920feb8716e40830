"""What there is to fetch of a model, and what each file must turn out to be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.hub import FetchError
from app.pipeline.models import NETWORKS, Model

#: What a tokenizer is made of where there is no tokenizer.json; those of them that there are.
_OLDER = ("vocab.txt", "vocab.json", "merges.txt", "sentencepiece.bpe.model", "spiece.model", "spm.model")
_ABOUT = ("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")


@dataclass(frozen=True, slots=True)
class File:
    """`name` in the repository. `digest` is its SHA-256, or "" where only `blob`, its name in Git, is known."""

    name: str
    size: int = 0
    digest: str = ""
    blob: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a model at a commit, the small ones first, and how many bytes they are."""

    revision: str
    files: tuple[File, ...]
    size: int


def declared(model: Model) -> Listing:
    """Of a model in the registry, which says all."""
    return Listing(model.revision, tuple(File(name, digest=digest) for name, digest in model.digests), model.size)


def read(model: Model, info: Any) -> Listing:
    """From what the hub tells of a repository's commit and files (`ModelInfo`). Raises FetchError."""
    known = {sibling.rfilename: sibling for sibling in info.siblings or ()}
    network = next((name for name in NETWORKS if name in known), "")
    if not network or "config.json" not in known:
        raise FetchError(
            f"The repository {model.repository} holds no model in ONNX form.",
            "It takes config.json, a tokenizer and one of " + ", ".join(NETWORKS) + ".",
        )
    tokenizer = _tokenizer(known)
    if not tokenizer:
        raise FetchError(f"The repository {model.repository} holds no tokenizer that we know.")
    names = ["config.json", *tokenizer, network]
    names += [name for name in (f"{network}_data",) if name in known]
    files = tuple(_file(known[name]) for name in names)
    revision = str(info.sha)
    if model.revision not in ("", revision):
        raise FetchError(f"The hub tells of the commit {revision} instead of {model.revision}.", "Try another mirror.")
    return Listing(revision, files, sum(file.size for file in files))


def _tokenizer(known: Iterable[str]) -> list[str]:
    if "tokenizer.json" in known:
        return ["tokenizer.json"]
    vocabulary = [name for name in _OLDER if name in known]
    return [name for name in _ABOUT if name in known] + vocabulary if vocabulary else []


def _file(sibling: Any) -> File:
    digest = sibling.lfs.sha256 if sibling.lfs else ""
    return File(sibling.rfilename, int(sibling.size or 0), str(digest or ""), str(sibling.blob_id or ""))
