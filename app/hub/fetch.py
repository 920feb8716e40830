"""Fetching a model: an awaitable that tells how far it is, and that can be cancelled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.hub import FetchError, Hub, Progress, source
from app.pipeline.models import REGISTRY, REPOSITORY, Model
from app.process import Process, ProcessDied


def wanted(name: str) -> Model:
    """The model to fetch: one of the registry, or any `owner/name` or `owner/name@commit`. Raises FetchError."""
    model = REGISTRY.get(name)
    match = REPOSITORY.fullmatch(name)
    if model is None and match:
        repository = f"{match[1]}/{match[2]}"
        return Model(repository, Path(), "as stated by its author", repository=repository, revision=match[3] or "")
    if model is None or not model.repository:
        names = ", ".join(name for name, model in REGISTRY.items() if model.repository)
        raise FetchError(
            f"“{name}” is shipped with the app." if model else f"There is no model called “{name}”.",
            f"Can be fetched: {names}, and any repository of the hub, as owner/name.",
        )
    return model


async def fetch(model: Model, folder: Path, hub: Hub, progress: Callable[[Progress], None]) -> None:
    """Fetches `model` into its place below `folder`; `progress` is told on the loop, several times a second.

    Cancelled, it stops at once, and what came stays for the next time. Raises FetchError; then a model that was
    there before still is.
    """
    process = Process(source.begin, model, folder, hub)
    try:
        while step := await process.call(source.advance):
            progress(step)
    except ProcessDied:
        raise FetchError("The process that fetches ended unexpectedly.", "Fetch it again.") from None
    finally:
        await process.stop()
