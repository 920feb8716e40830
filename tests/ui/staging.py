"""The app with a state that a test sets, and ways to run a test on the Qt loop."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import inspect
import json
import re
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from app.application import Application
from app.events import EventBus, ExchangeFinished
from app.pipeline.draft import Changes, Draft
from app.pipeline.fields import Fields
from app.pipeline.outline import outline
from app.pipeline.redaction import Finding, Redaction, Replacement
from app.pipeline.session import Session
from app.proxy.exchange import Exchange
from app.settings_store import SettingsStore
from app.state import Protection, State
from app.store.counts import Counts
from app.store.database import Database
from app.store.sealing import Seal
from app.store.term_use import TermUse
from app.store.terms import Terms

CHAT = Fields(identifiers=("messages[].role",))
URL = "http://localhost:3000/v1"


class Staged(Application):
    """The real parts, without server and detectors: `staged` is the state they would have led to."""

    def __init__(self, folder: Path, **flags: object) -> None:
        bus = EventBus()
        super().__init__(SettingsStore({"data_dir": folder, **flags}, {}, bus), bus)
        self.settings.paths.create()
        self.database = Database(self.settings.paths.database)
        self.terms = Terms(self.database, Seal(bytes(32)), bus)
        self.counts = Counts(self.database, Seal(bytes(32)))
        self.use = TermUse(self.database, self.terms)
        self.staged = State(Protection.ON, "", 12, URL, "the keyring")
        self.decided: dict[int, asyncio.Future[Changes]] = {}

    @property
    def state(self) -> State:
        settings = self.settings.current
        if settings.protection and not self.pause.is_on:
            return self.staged
        off = Protection.OFF if settings.when_off == "pass" else Protection.REFUSING
        return dataclasses.replace(self.staged, protection=off, paused=self.pause.left)

    @property
    def base_url(self) -> str:
        return self.staged.base_url

    def stage(self, protection: Protection, reason: str = "", today: int = 12) -> None:
        """Puts the app into a state; `actions.refresh` or an event makes the windows look."""
        self.staged = State(protection, reason, today, URL, "the keyring")

    def exchange(self, original: str = '{"input":"Write to jane@example.com"}', **more: Any) -> Exchange:
        """An answered request with one address hidden in it, as the proxy would log it."""
        value, token = "jane@example.com", "[EMAIL_4821]"
        start = original.index(value)
        finding = Finding(start, start + len(value), "EMAIL_ADDRESS", 1.0, "patterns", value)
        exchange = self.exchanges.new("POST", "/v1/responses")
        exchange.client, exchange.model, exchange.detect_ms = "example/1.0", "small", 12.4
        exchange.outcome, exchange.status, exchange.restored = "done", 200, 1
        exchange.total_ms, exchange.request_bytes = 250.0, len(original)
        exchange.entities = {"EMAIL_ADDRESS": 1}
        exchange.sent = Redaction(original, original.replace(value, token), (Replacement(finding, token, start),))
        came_back, got = f'{{"output":"I wrote to {token}."}}', f'{{"output":"I wrote to {value}."}}'
        answered(exchange, more.pop("came_back", came_back), more.pop("got", got))
        for name, change in more.items():
            setattr(exchange, name, change)
        self.bus.publish(ExchangeFinished(exchange.id, exchange.redactions))
        return exchange

    async def wait(self, text: str = "Write to jane@example.com, or to bob@example.com.") -> tuple[Exchange, Draft]:
        """A request that waits for review, with the addresses in `text` hidden."""
        body = json.dumps({"messages": [{"role": "user", "content": text}]}, ensure_ascii=False)
        opened, leaves, _ = outline(body.encode(), CHAT)
        found = {
            number: tuple(
                Finding(*match.span(), "EMAIL_ADDRESS", 1.0, "patterns", match.group())
                for match in re.finditer(r"\w+@example\.com", leaf.value)
            )
            for number, leaf in enumerate(leaves)
        }
        session = Session("staged", bytes(32))
        policy = self.settings.current.policy
        draft = Draft(body, opened.parts, CHAT, found, session, policy, session.known, False, "default", ())
        exchange = self.exchanges.new("POST", "/v1/chat/completions")
        exchange.client, exchange.model, exchange.session = "example/1.0", "small", session.id
        exchange.hid(draft.redact(), ())
        task = asyncio.ensure_future(self.review.look(exchange, draft))
        self.decided[exchange.id] = task
        await until(lambda: self.review.get(exchange.id))
        return exchange, draft

    async def end(self) -> None:
        """Nothing waits any more."""
        for task in self.decided.values():
            task.cancel()
        await asyncio.gather(*self.decided.values(), return_exceptions=True)


def answered(exchange: Exchange, came_back: str, got: str) -> None:
    """Gives an exchange its answer, before and after restoring."""
    exchange.transcript = lambda: (came_back, got)


def on_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Runs an async test on the Qt loop instead of pytest-asyncio's own."""

    @functools.wraps(test)
    def run(loop: Any, **fixtures: Any) -> None:
        asked = {name: value for name, value in fixtures.items() if name in wanted} | (
            {"loop": loop} if "loop" in wanted else {}
        )
        loop.run_until_complete(asyncio.wait_for(test(**asked), 30))

    wanted = inspect.signature(test).parameters
    parameters = [inspect.Parameter("loop", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    parameters += [parameter for name, parameter in wanted.items() if name != "loop"]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    del run.__wrapped__
    return run


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Waits for `condition` while the windows go on."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  (windows have no events to wait for)
            await asyncio.sleep(0.01)
