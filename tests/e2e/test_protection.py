"""When detection cannot do its work, nothing leaves; when the user turns it off, everything does."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from pytest_asyncio import fixture

from app.application import Application
from app.errors import StorageError
from app.events import EventBus
from app.pipeline.terms import Term
from app.state import Protection
from app.worker import Worker
from tests import answers
from tests.e2e.conftest import NAME, PROSE, Running, launched, stored
from tests.e2e.dialects import BOTH, CLAUDE, GPT, Dialect
from tests.fakes import PATIENCE, FakeUpstream, Reply

both = pytest.mark.parametrize("dialect", BOTH, ids=str)
signals = pytest.mark.skipif(sys.platform == "win32", reason="needs signals")


async def _refused(http: aiohttp.ClientSession, running: Running, dialect: Dialect, text: str = PROSE) -> str:
    async with http.post(running.origin + dialect.path, json=dialect.body(text)) as got:
        assert (got.status, got.headers["x-should-retry"]) == (403, "false")
        return dialect.error(await got.read())


async def _sent(http: aiohttp.ClientSession, running: Running, dialect: Dialect, text: str = PROSE) -> str:
    async with http.post(running.origin + dialect.path, json=dialect.body(text)) as got:
        assert got.status == 200
        return dialect.text(await got.read())


@asynccontextmanager
async def _set(app: Application, **changes: object) -> AsyncIterator[None]:
    before = {name: getattr(app.settings.current, name) for name in changes}
    app.settings.update({name.replace("_", "-"): value for name, value in changes.items()})
    try:
        yield
    finally:
        app.settings.update({name.replace("_", "-"): value for name, value in before.items()})


@both
async def test_a_change_of_the_dictionary_counts_from_the_next_request_on(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    terms = running.app.terms
    text = "how far is the quibbleflax along?"
    await _sent(http, running, dialect, text)
    assert upstream.last.json()["messages"][0]["content"] == text
    (id,) = await terms.add([Term("quibbleflax", entity="PROJECT")])
    try:
        await _sent(http, running, dialect, text)
        assert b"quibbleflax" not in upstream.last.body and upstream.last.placeholders[0].startswith("[PROJECT_")
        await terms.change(id, Term("quibbleflax", replacement="the thing"))
        named = {"x-anonamoose-session": f"renamed-{dialect}"}
        async with http.post(running.origin + dialect.path, json=dialect.body(text), headers=named) as got:
            assert got.status == 200
        assert upstream.last.json()["messages"][0]["content"] == "how far is the the thing along?"
    finally:
        await terms.remove([id])
    await _sent(http, running, dialect, text)
    assert upstream.last.json()["messages"][0]["content"] == text


@both
@pytest.mark.parametrize("streaming", [False, True])
async def test_protection_off_passes_everything_as_it_is(
    running: Running,
    upstream: FakeUpstream,
    http: aiohttp.ClientSession,
    dialect: Dialect,
    streaming: bool,
    plain_is_meant: set[str],
) -> None:
    plain_is_meant.add("upstream")
    wire = answers.encode(dialect.events("Dear [PERSON_4821]"))
    upstream.answer = lambda _: Reply(200, answers.SSE, [wire], "chunked")
    raw = dialect.raw(PROSE, stream=streaming)
    async with _set(running.app, protection=False):
        assert running.app.state.protection is Protection.OFF
        for path in (dialect.path, "/v1/embeddings"):
            async with http.post(running.origin + path, data=raw) as got:
                assert await got.read() == wire
            assert upstream.last.body == raw
        assert {exchange.outcome for exchange in running.app.exchanges} == {"passed"}
    await running.protected()


@both
async def test_protection_off_may_mean_that_requests_are_refused(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    async with _set(running.app, protection=False, when_off="refuse"):
        assert running.app.state.protection is Protection.REFUSING
        assert "Protection is off" in await _refused(http, running, dialect)
        async with http.post(
            running.origin + dialect.path, json=dialect.body(PROSE), headers={"x-anonamoose-redact": "false"}
        ) as got:
            assert got.status == 403
    assert not upstream.wire


@fixture(scope="module", loop_scope="session")
async def breakable(_upstream: FakeUpstream, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """An app whose detection process may be killed."""
    async with launched(tmp_path_factory.mktemp("breakable"), _upstream, ner=False) as running:
        await running.protected()
        yield running


def _process(worker: Worker) -> int:
    pid = worker._process.pid if worker._process else None
    assert pid is not None
    return pid


@signals
@both
@pytest.mark.parametrize("count", [1, 20])
async def test_a_detection_process_that_dies_takes_only_its_requests_with_it(
    breakable: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, count: int
) -> None:
    worker = breakable.app.worker
    await breakable.protected()
    pid = _process(worker)
    os.kill(pid, signal.SIGSTOP)  # so that it is in the middle of them for sure
    asking = [asyncio.create_task(_refused(http, breakable, dialect)) for _ in range(count)]
    async with asyncio.timeout(PATIENCE):
        while worker._process is None or worker._process.waiting < count:  # noqa: ASYNC110
            await asyncio.sleep(0)
    os.kill(pid, signal.SIGKILL)
    for message in await asyncio.gather(*asking):
        assert "nothing was sent" in message
    assert not upstream.wire
    assert NAME in await _sent(http, breakable, dialect)
    assert len(upstream.only.placeholders) == 5
    assert _process(worker) != pid
    await breakable.protected()


@signals
async def test_a_detection_process_that_died_unseen_costs_one_request(
    breakable: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    await breakable.protected()
    await breakable.app.terms.add([Term("quibbleflax")])
    os.kill(_process(breakable.app.worker), signal.SIGKILL)
    async with http.post(breakable.origin + GPT.path, json=GPT.body(PROSE)) as got:
        assert got.status in (200, 403)  # whether the death was noticed before is the system's affair
    upstream.reset(answers.echo)
    await _sent(http, breakable, GPT, "the quibbleflax")
    assert b"quibbleflax" not in upstream.only.body  # the new process knows the dictionary


@fixture(scope="module", loop_scope="session")
async def broken(_upstream: FakeUpstream, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """An app whose model cannot be loaded."""
    folder = tmp_path_factory.mktemp("model")
    for name in ("model.onnx", "config.json", "tokenizer.json"):
        (folder / name).write_text("this is no model")
    async with launched(tmp_path_factory.mktemp("broken"), _upstream, ner_model=str(folder)) as running:
        await running.until(lambda: running.app.state.protection is not Protection.STARTING)
        yield running


@both
async def test_a_model_that_does_not_load_refuses_everything_and_says_why(
    broken: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    state = broken.app.state
    assert state.protection is Protection.BROKEN and state.reason.endswith(".")
    assert "Traceback" not in state.reason and "Error(" not in state.reason
    message = await _refused(http, broken, dialect)
    assert "nothing was sent" in message and state.reason in message
    async with http.get(f"{broken.origin}/health") as got:
        health = await got.json()
    assert (health["protection"], health["reason"]) == ("broken", state.reason)
    assert not upstream.wire


async def test_without_the_layer_that_does_not_load_the_rest_protects(
    broken: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async with _set(broken.app, ner=False):
        await broken.protected()
        await _sent(http, broken, CLAUDE)
        assert len(upstream.only.placeholders) >= 4
    await broken.until(lambda: broken.app.state.protection is Protection.BROKEN)


@both
async def test_early_requests_wait_and_are_redacted(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    async with launched(tmp_path, upstream) as running:
        assert running.app.state.protection is Protection.STARTING
        async with http.get(f"{running.origin}/health") as got:
            assert (await got.json())["protection"] == "starting"
        asking = [asyncio.create_task(_sent(http, running, dialect)) for _ in range(3)]
        assert all(NAME in text for text in await asyncio.gather(*asking))
        assert all(len(received.placeholders) == 5 for received in upstream.received)


@both
async def test_a_vault_that_cannot_be_written_refuses(
    running: Running,
    upstream: FakeUpstream,
    http: aiohttp.ClientSession,
    dialect: Dialect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def full(_: object) -> None:
        raise StorageError("The vault could not be written.", "Check that the disk is not full.")

    with monkeypatch.context() as patch:
        patch.setattr(running.app.vault, "save", full)
        message = await _refused(http, running, dialect)
        assert "The vault could not be written. Nothing was sent. Check that the disk is not full." in message
    assert not upstream.wire
    await _sent(http, running, dialect)


@both
async def test_a_fault_of_our_own_refuses_without_a_word_of_the_body(
    running: Running,
    upstream: FakeUpstream,
    http: aiohttp.ClientSession,
    dialect: Dialect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def bug(_: object) -> None:
        raise LookupError(PROSE)

    with monkeypatch.context() as patch:
        patch.setattr(running.app.vault, "session", bug)
        async with http.post(running.origin + dialect.path, json=dialect.body(PROSE)) as got:
            raw = await got.read()
            assert (got.status, got.headers["x-should-retry"]) == (500, "false")
    assert "fault of Anonamoose" in dialect.error(raw) and NAME.encode() not in raw
    assert not upstream.wire
    assert [exchange.outcome for exchange in running.app.exchanges] == ["failed"]


@both
async def test_a_change_of_settings_counts_from_the_next_request_on(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    text = "Medicare card 2123 45670 1"
    async with _set(running.app, ner=False, names=False):
        await _sent(http, running, dialect, text)
        assert upstream.last.placeholders[0].startswith("[AU_MEDICARE_")
        async with _set(running.app, locale="UK"):
            await _sent(http, running, dialect, text)
            assert not upstream.last.placeholders


async def test_without_windows_no_exchange_is_kept_whatever_the_setting(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    bus = EventBus()
    app = Application(stored(tmp_path, upstream, bus, ner=False), bus, inspected=False)
    await app.start()
    try:
        own = Running(app)
        await own.protected()
        app.settings.set("keep-exchanges", 7)
        assert NAME in await _sent(http, own, GPT)
        assert not app.exchanges.keeps and not len(app.exchanges)
    finally:
        await app.stop()
