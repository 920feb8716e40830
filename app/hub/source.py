"""Fetching in a process of its own, step by step: the hub's library reads its settings only once, when imported.

What it imports, and what it holds while it works, is gone with it; and whoever wants to stop it can end it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.errors import UserError
from app.hub import FetchError, Hub, Progress
from app.hub.listing import File, Listing, declared, read
from app.lock import InstanceLock
from app.pipeline.models import MANIFEST, Model, place_of
from app.placing import put

#: Bytes between two steps, and after which a step is taken.
_STEP = 1 << 18
_KEPT = "What came is kept: fetch it again later."
_steps: Iterator[Progress] = iter(())


def begin(model: Model, folder: Path, hub: Hub) -> None:
    """In the process: prepares to fetch `model` into its place below `folder`."""
    global _steps
    os.environ |= {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1", "HF_HUB_DISABLE_XET": "1"}
    if hub.endpoint:
        os.environ["HF_ENDPOINT"] = hub.endpoint
    if hub.offline:
        os.environ["HF_HUB_OFFLINE"] = "1"
    if hub.proxy:
        os.environ |= {"HTTP_PROXY": hub.proxy, "HTTPS_PROXY": hub.proxy, "http_proxy": hub.proxy}
        os.environ["https_proxy"] = hub.proxy
    _steps = _fetched(model, folder)


def advance() -> Progress | None:
    """In the process: fetches a little more; None when the model is in its place. Raises FetchError."""
    try:
        return next(_steps, None)
    except UserError:
        raise
    except Exception as error:  # of the library that the hub's library uses, whichever that is
        told = _told(error)
    raise told


def _fetched(model: Model, folder: Path) -> Iterator[Progress]:
    import truststore

    truststore.inject_into_ssl()  # the system's certificates, as everywhere in the app
    place = folder / place_of(model.name)
    part = folder / f".{place.name}.part"
    part.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = InstanceLock(folder / f".{place.name}.lock").acquire("This model is being fetched already.", "Wait for it.")
    yield Progress("", 0, model.size)
    if model.digests:
        listing = declared(model)
    else:
        from huggingface_hub import HfApi  # most of that library, and not needed otherwise

        asked = HfApi().model_info(model.repository, revision=model.revision or None, files_metadata=True, token=False)
        listing = read(model, asked)
    if (free := shutil.disk_usage(part).free) < listing.size:
        raise FetchError(f"The model takes {listing.size / 1e6:.0f} MB, and {free / 1e6:.0f} MB are free.")
    digests = {}
    done = 0
    for file in listing.files:
        target = part / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        for here in _file(model.repository, listing.revision, file, target):
            yield Progress(file.name, done + here, listing.size)
        digests[file.name] = _checked(file, target)
        done += target.stat().st_size
    _finish(model, listing, digests, part, place)
    lock.release()


def _file(repository: str, revision: str, file: File, target: Path) -> Iterator[int]:
    """Fetches what is not here yet; yields how many bytes are."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    if target.is_file() and file.digest and _sha256(target) == file.digest:
        return
    url = hf_hub_url(repository, file.name, revision=revision)
    told = get_hf_file_metadata(url, token=False)
    if told.commit_hash is None:
        raise FetchError(
            "What answers is not the hub: a login page of the network, perhaps.",
            "Check the network, hub-endpoint and hub-proxy.",
        )
    if told.commit_hash != revision:
        raise FetchError(f"The hub answers with the commit {told.commit_hash} instead of {revision}.")
    size = told.size or file.size
    while True:
        before = target.stat().st_size if target.exists() else 0
        if size and before > size:
            target.unlink()
            before = 0
        try:
            if not size or before < size:
                yield from _streamed(url, target, before, size)
        except FetchError:
            raise
        except Exception:
            # The line broke: go on as long as each attempt brings something.
            if not target.exists() or target.stat().st_size <= before:
                raise
            continue
        here = target.stat().st_size if target.exists() else 0
        if here == size or not size:
            return
        if here <= before:
            raise FetchError(
                f"The hub sends no more than {here:,} of the {size:,} bytes of {file.name}.",
                _KEPT,
            )


def _streamed(url: str, target: Path, before: int, size: int) -> Iterator[int]:
    from huggingface_hub import get_session

    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={before}-"} if before else {})
    client: Any = get_session()
    with client.stream("GET", url, headers=headers, timeout=30) as answer:
        if answer.status_code not in (200, 206):
            raise FetchError(f"The hub answers with the status {answer.status_code}.", _KEPT)
        goes_on = answer.headers.get("Content-Range", "").startswith(f"bytes {before}-")
        here = before if answer.status_code == 206 and goes_on else 0
        with target.open("ab" if here else "wb", buffering=0) as file:
            for chunk in answer.iter_raw(_STEP):
                here += len(chunk)
                if size and here > size:
                    raise FetchError(f"The hub sends more than the {size:,} bytes of {target.name}.")
                file.write(chunk)
                yield here


def _checked(file: File, target: Path) -> str:
    """The digest of what came; raises FetchError, and what came is gone, if it is not what it should be."""
    digest = _sha256(target)
    is_right = digest == file.digest if file.digest else bool(file.blob) and _blob(target) == file.blob
    if not is_right:
        target.unlink(missing_ok=True)
        raise FetchError(
            f"The file {file.name} is not the one that was asked for: its digest differs. It was deleted.",
            "Try again, and if it happens again another mirror.",
        )
    return digest


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _blob(path: Path) -> str:
    """What Git calls the file's content. SHA-1 tells what the hub has from what came, no more."""
    content = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _finish(model: Model, listing: Listing, digests: dict[str, str], part: Path, place: Path) -> None:
    about = {
        "name": model.name,
        "licence": model.licence,
        "repository": model.repository,
        "revision": listing.revision,
        "digests": digests,
    }
    (part / MANIFEST).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    old = place.with_name(f".{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        put(place, old)
    try:
        put(part, place)
    except OSError:
        if old.exists():
            put(old, place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _told(error: Exception) -> FetchError:
    """`error` in a sentence. Its own words may hold addresses with passwords."""
    from huggingface_hub import errors

    match error:
        case errors.OfflineModeIsEnabled():
            return FetchError(
                "Nothing is fetched: offline mode is on.", "It is set by hub-offline or by HF_HUB_OFFLINE."
            )
        case errors.GatedRepoError():
            return FetchError("The model's author gives it only to some.", "Download it yourself and name its folder.")
        case errors.RepositoryNotFoundError() | errors.RevisionNotFoundError() | errors.EntryNotFoundError():
            return FetchError("The hub does not have this model, this revision, or one of its files.")
        case errors.HfHubHTTPError():
            return FetchError(f"The hub answers with the status {error.response.status_code}.", _KEPT)
        case errors.HFValidationError():
            return FetchError("That is no name of a repository.")
        case OSError(errno=int(), strerror=str(reason)):
            return FetchError(f"The model cannot be written ({reason}).", _KEPT)
    return FetchError(f"The hub cannot be reached, or the line broke ({type(error).__name__}).", _KEPT)
