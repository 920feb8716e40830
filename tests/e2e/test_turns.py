"""An agent talks for fifty turns: what was said before goes upstream as the very same bytes, whatever happens."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from pathlib import Path

import aiohttp
import pytest

from app.pipeline.terms import Term
from app.proxy.providers import BY_DIALECT
from tests.e2e.conftest import AWKWARD, EMAIL, NAME, PHONE, TERMS, Running, launched
from tests.fakes import FakeUpstream
from tests.native_talks import Contents, ContentsInArray, OllamaChat
from tests.talks import Chat, Item, Messages, Provider, Responses, said

TALKS: tuple[type[Provider], ...] = (Messages, Chat, Responses, Contents, ContentsInArray, OllamaChat)
#: A word of every turn: it becomes a term of the dictionary when some of them are over.
LATE = "ledger"
TURNS, HALF = 50, 20


def _is_declared(talk: type[Provider]) -> bool:
    return any(provider.endpoint("POST", talk.path) for provider in BY_DIALECT.values())


talks = pytest.mark.parametrize("kind", [kind for kind in TALKS if _is_declared(kind)])


class Agent:
    """Sends everything that was said so far, and what is new."""

    def __init__(self, talk: Provider, key: str) -> None:
        self.talk = talk
        self.items: list[Item] = []
        self.latest: list[Item] = []
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    async def say(self, running: Running, item: Item, streaming: bool) -> list[Item]:
        """What comes back; it is not part of the conversation yet."""
        body = self.talk.body([*self.items, item], streaming)
        async with (
            aiohttp.ClientSession(running.origin, headers=self._headers) as client,
            client.post(self.talk.target(streaming), data=body) as got,
        ):
            wire = await got.read()
            assert got.status == 200, wire
        return self.talk.heard(wire, streaming)

    async def turn(self, running: Running, item: Item, streaming: bool) -> None:
        self.latest = await self.say(running, item, streaming)
        self.items += [item, *self.latest]


def _text(turn: int) -> str:
    """Some values come again and again, some are new; every fifth text is the one that was said before."""
    if turn % 5 == 0:
        return f"Again: the {LATE} of {NAME}."
    return (
        f"{turn}: the {LATE} of {NAME} <person.{turn}@example.com>, and of {AWKWARD}; "
        f"cc {EMAIL} {PHONE}\n\t{{'raw': \"person.{turn % 7}@example.com\"}}"
    )


@talks
async def test_fifty_turns_keep_their_bytes_across_restarts_forks_and_a_new_term(
    tmp_path: Path, upstream: FakeUpstream, key: str, kind: type[Provider], plain_is_meant: set[str]
) -> None:
    talk = kind()
    agent = Agent(talk, key)
    upstream.answer = talk.answer
    trunk: list[bytes] = []
    for first, end in pairwise((0, HALF, 35, TURNS)):  # each time the app is started anew
        async with launched(tmp_path, upstream, ner=False) as running:
            if not first:
                await running.app.terms.add(TERMS)
            elif first == HALF:
                await running.app.terms.add((Term(LATE),))
            await running.protected()
            for turn in range(first, end):
                item = talk.user(_text(turn)) if turn % 3 == 0 else talk.results(agent.latest, _text(turn))
                await agent.turn(running, item, streaming=turn % 2 == 1)
                trunk.append(upstream.last.body)
            await _forks(running, upstream, agent, trunk[-1])
    for shorter, longer in pairwise(map(said, trunk)):
        assert longer.startswith(shorter) and len(longer) > len(shorter)
    # In what was said before the word was a term it stays; of what came later it is gone.
    assert trunk[-1].count(LATE.encode()) == trunk[HALF - 1].count(LATE.encode()) >= HALF


async def _forks(running: Running, upstream: FakeUpstream, agent: Agent, latest: bytes) -> None:
    """Side questions about the conversation so far, all at once: a title, a summary, a count."""
    seen = len(upstream.received)
    questions = [agent.talk.user(f"Side question {at} of side.{at}@example.com") for at in range(6)]
    await asyncio.gather(*(agent.say(running, question, streaming=False) for question in questions))
    forks = [received.body for received in upstream.received[seen:]]
    assert len(forks) == len(questions)
    assert all(said(fork).startswith(said(latest)) for fork in forks)


@pytest.mark.parametrize("kind", [Messages, Responses, Contents])
def test_the_provider_of_these_tests_notices_a_change(kind: type[Provider]) -> None:
    """Else the test above could not fail."""
    talk = kind()
    reply = talk.reply("text", ["[PERSON_1234]"], said(talk.body([talk.user("one")], False)), False)
    (wire,) = reply.chunks
    assert isinstance(wire, bytes)
    items = [talk.user("one"), *talk.heard(wire, False)]
    same = talk.body(items, False)
    before = talk.body([talk.user("two"), *items[1:]], False)
    inside = same.replace(b"They mean", b"they mean")
    assert [bool(talk.wrong(json.loads(raw), raw)) for raw in (same, before, inside)] == [False, True, True]
