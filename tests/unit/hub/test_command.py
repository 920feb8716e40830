"""`anonamoose models` from the first word to the last."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from app.errors import Exit
from app.pipeline.models import DEFAULT, REGISTRY
from tests.commands import run_here
from tests.fake_hub import REPOSITORY, FakeHub

SHIPPED = REGISTRY[DEFAULT].folder


async def test_a_model_is_fetched_tried_and_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy") or name.startswith(("HF_", "ANONA"))]:
        monkeypatch.delenv(name)

    async def told(*words: str, status: int = Exit.OK) -> str:
        assert await asyncio.to_thread(run_here, "models", *words, "--data-dir", tmp_path) == status
        output = capsys.readouterr()
        return output.out + output.err

    listed = await told("list")
    assert all(name in listed for name in REGISTRY) and "not fetched" in listed and REPOSITORY not in listed
    assert f"models fetch {REPOSITORY}" in await told("test", REPOSITORY, status=Exit.UNAVAILABLE)
    assert "offline mode" in await told("fetch", "bert-base", "--hub-offline", status=Exit.UNAVAILABLE)
    assert "no model called" in await told("fetch", "nothing", status=Exit.UNAVAILABLE)

    files = {name: (SHIPPED / name).read_bytes() for name in ("config.json", "tokenizer.json", "model.onnx")}
    async with FakeHub(files) as hub:
        assert "licence" in await told("fetch", REPOSITORY, "--hub-endpoint", hub.origin)
    (line,) = [line for line in (await told("list")).splitlines() if REPOSITORY in line]
    assert " fetched" in line and "not fetched" not in line
    tried = await told("test", REPOSITORY)
    assert "PERSON" in tried and "Thandiwe Nkosi" in tried and "its files are what they were" in tried
    assert "nobody has checked" in await told("test", str(_own(tmp_path)))
    await told("remove", REPOSITORY)
    assert REPOSITORY not in await told("list")
    assert "was fetched" in await told("remove", REPOSITORY, status=Exit.USAGE)


def _own(root: Path) -> Path:
    folder = root / "own"
    folder.mkdir()
    for name in ("config.json", "tokenizer.json", "model.onnx"):
        (folder / name).write_bytes((SHIPPED / name).read_bytes())
    return folder
