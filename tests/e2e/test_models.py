"""Models that are missing, damaged, or fail while they read: nothing leaves, the reason is told, the rest lives."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from app.pipeline.models import DEFAULT, MANIFEST, REGISTRY
from app.state import Protection
from tests.e2e.conftest import EMAIL, NAME, PROSE, Running, launched
from tests.e2e.dialects import BOTH, GPT, Dialect
from tests.fakes import PATIENCE, FakeUpstream
from tests.networks import Fault, faulty

both = pytest.mark.parametrize("dialect", BOTH, ids=str)
SHIPPED = REGISTRY[DEFAULT].folder
#: The word brings on what is wrong with the network.
DANGEROUS = "Melbourne"
WORDS = {"Priya": "B-PER", "Raman": "I-PER"}


async def asked(http: aiohttp.ClientSession, running: Running, dialect: Dialect, text: str) -> tuple[int, str]:
    """The status, and what the answer says."""
    async with http.post(running.origin + dialect.path, json=dialect.body(text)) as got:
        raw = await got.read()
        if got.status == 200:
            return 200, dialect.text(raw)
        assert got.headers["x-should-retry"] == "false"
        return got.status, dialect.error(raw)


async def health(http: aiohttp.ClientSession, running: Running) -> dict[str, str]:
    async with http.get(f"{running.origin}/health") as got:
        told: dict[str, str] = await got.json()
        return told


def _missing(root: Path) -> str:
    return "bert-base"


def _damaged(root: Path) -> str:
    folder = root / "models" / "someone--names"
    shutil.copytree(SHIPPED, folder)
    digests = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in ("config.json", "tokenizer.json", "model.onnx")
    }
    about = {
        "name": "someone/names",
        "licence": "MIT",
        "repository": "someone/names",
        "revision": "",
        "digests": digests,
    }
    (folder / MANIFEST).write_text(json.dumps(about))
    content = bytearray((folder / "model.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "model.onnx").write_bytes(content)
    return "someone/names"


def _of_another_shape(root: Path) -> str:
    folder = root / "other"
    shutil.copytree(SHIPPED, folder)
    (folder / "config.json").write_text(json.dumps({"id2label": {"0": "O", "1": "B-PER", "2": "I-PER"}}))
    return str(folder)


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (_missing, "is not installed: run “anonamoose models fetch bert-base”"),
        (_damaged, "The file model.onnx of the model “someone/names” is damaged"),
        (_of_another_shape, "is not a token classifier with the labels it lists"),
    ],
)
async def test_a_model_that_cannot_be_used_refuses_everything(
    tmp_path: Path,
    upstream: FakeUpstream,
    http: aiohttp.ClientSession,
    broken: Callable[[Path], str],
    words: str,
) -> None:
    async with launched(tmp_path, upstream, ner_model=broken(tmp_path)) as running:
        for dialect in BOTH:
            status, message = await asked(http, running, dialect, PROSE)
            assert status == 403 and words in message
        assert running.app.state.protection is Protection.BROKEN and words in running.app.state.reason
        assert (await health(http, running))["protection"] == "broken"
        assert not upstream.wire
        running.app.settings.set("ner", False)  # the rest lives
        assert (await asked(http, running, GPT, PROSE))[0] == 200
        assert EMAIL not in upstream.only.body.decode()


@both
@pytest.mark.parametrize(
    ("fault", "words"), [("throws", "failed while reading a text"), ("takes all memory", "out of memory")]
)
async def test_a_network_that_fails_on_one_text_refuses_that_text_only(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, fault: Fault, words: str
) -> None:
    folder = faulty(tmp_path / "model", fault, WORDS, DANGEROUS)
    async with launched(tmp_path / "data", upstream, ner_model=str(folder)) as running:
        await running.protected()
        for text in (PROSE, f"{PROSE} She lives in {DANGEROUS}.", PROSE + " Thanks."):
            before = len(upstream.received)
            status, message = await asked(http, running, dialect, text)
            state = running.app.state
            assert state.protection is Protection.ON
            if DANGEROUS in text:
                assert status == 403 and words in message and "nothing was sent" in message
                assert DANGEROUS not in message and len(upstream.received) == before
                assert words in state.trouble and (await health(http, running))["reason"] == state.trouble
            else:
                assert status == 200 and NAME in message and len(upstream.last.placeholders) >= 5
                assert not state.trouble


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
async def test_a_process_that_dies_while_the_model_reads_takes_only_its_requests_with_it(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    folder = faulty(tmp_path / "model", "never ends", WORDS, DANGEROUS)
    async with launched(tmp_path / "data", upstream, ner_model=str(folder)) as running:
        await running.protected()
        worker = running.app.worker
        asking = asyncio.create_task(asked(http, running, GPT, f"{PROSE} She lives in {DANGEROUS}."))
        async with asyncio.timeout(PATIENCE):
            while worker._process is None or not worker._process.waiting:  # noqa: ASYNC110
                await asyncio.sleep(0)
        process = worker._process
        assert process is not None and process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        status, message = await asking
        assert status == 403 and "ended unexpectedly" in message and not upstream.wire
        assert "ended unexpectedly" in worker.trouble
        await running.protected()
        assert (await asked(http, running, GPT, PROSE))[0] == 200
        assert len(upstream.only.placeholders) == 5 and not running.app.state.trouble


def rows(path: Path) -> list[tuple[bytes, bytes, int]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT name, sealed, day FROM reading ORDER BY name").fetchall()


async def test_what_the_model_saw_is_known_after_a_restart_until_that_is_turned_off(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    text = f"{PROSE} She lives in {DANGEROUS}."
    kept = tmp_path / "readings.sqlite3"
    seen = []
    for _ in range(2):
        async with launched(tmp_path, upstream) as running:
            await running.protected()
            assert (await asked(http, running, GPT, text))[0] == 200
            await running.app.worker.usage()  # answered behind it, so what was seen is written
            seen.append(rows(kept))
            content = kept.read_bytes() + kept.with_name(f"{kept.name}-wal").read_bytes()
            assert not any(word.encode() in content for word in (NAME, *WORDS, DANGEROUS))
    # Read again, it would have been sealed again, and no two seals are alike.
    assert seen[0] and seen[0] == seen[1]
    assert upstream.received[0].body == upstream.received[1].body

    async with launched(tmp_path, upstream, ner_memory=False) as running:
        await running.protected()
        assert (await asked(http, running, GPT, text))[0] == 200
        await running.app.worker.usage()
        assert running.app._keeping is not None
        await running.app._keeping
        assert rows(kept) == []
    assert upstream.received[2].body == upstream.received[0].body


async def test_the_memory_can_be_turned_off_and_on_while_the_app_runs(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    kept = tmp_path / "readings.sqlite3"
    async with launched(tmp_path, upstream) as running:
        await running.protected()
        app = running.app
        counted = []
        for number, on in enumerate((True, False, True)):
            app.settings.set("ner-memory", on)
            assert (await asked(http, running, GPT, f"{PROSE} No. {number}."))[0] == 200
            await app.worker.usage()
            assert app._keeping is not None
            await app._keeping
            counted.append(len(rows(kept)))
        assert counted[0] and not counted[1] and counted[2]


def _ends(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _lacks_instructions(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGILL)


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.parametrize(
    ("begin", "words"), [(_lacks_instructions, "this processor lacks instructions"), (_ends, "with code -9")]
)
async def test_a_process_that_cannot_even_load_is_told_of_and_not_started_over_and_over(
    begin: Callable[..., None],
    words: str,
    tmp_path: Path,
    upstream: FakeUpstream,
    http: aiohttp.ClientSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.worker.begin", begin)
    async with launched(tmp_path / "data", upstream) as running:
        for _ in range(2):
            status, message = await asked(http, running, GPT, PROSE)
            assert status == 403 and words in message
        state = running.app.state
        assert state.protection is Protection.BROKEN and words in state.reason
        assert (await health(http, running))["reason"] == state.reason
        assert running.app.worker._process is None and not upstream.wire
