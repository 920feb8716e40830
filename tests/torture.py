"""Kills the app and its commands again and again under load, and looks whether a placeholder went lost.

`python -m tests.torture --kills 200` does it for longer than the test does.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from app.errors import UserError
from app.events import EventBus
from app.paths import Paths
from app.pipeline.terms import Term
from app.store.terms import Terms
from app.store.unlocking import unlock
from app.store.vault import Vault
from tests import answers
from tests.fakes import PATIENCE, FakeUpstream, Received, Reply

_CLI = (sys.executable, "-m", "app.cli")
_SENT = re.compile(r"(\S+) in talk (\d+) as number (\d+)$")
_SESSIONS, _CLIENTS = 4, 6
_ENVIRON = {name: value for name, value in os.environ.items() if not name.startswith("ANONAMOOSE_")}


@dataclass
class Outcome:
    """What was sent, by its number: the talk, and the placeholder that reached the provider."""

    sent: dict[int, tuple[int, str]] = field(default_factory=dict)
    answered: int = 0
    kills: int = 0
    rotations: int = 0
    rotation_s: float = 0.0
    lost: list[int] = field(default_factory=list)
    leaked: list[int] = field(default_factory=list)


def value_of(number: int) -> str:
    return f"canary{number}x"


async def torture(folder: Path, kills: int, seed: int) -> Outcome:
    """Kills the app `kills` times while clients talk through it, and every third time a rotation of the key, too."""
    chance = random.Random(seed)
    outcome, numbers = Outcome(), itertools.count(1)
    paths = Paths(folder)
    store = unlock(paths)
    await Terms(store.database, store.seal, EventBus()).add([Term(r"canary\d+x", kind="pattern")])
    store.database.close()

    def note(received: Received) -> Reply:
        found = _SENT.fullmatch(received.json()["messages"][-1]["content"])
        assert found is not None
        placeholder, talk, number = found[1], int(found[2]), int(found[3])
        outcome.sent[number] = (talk, placeholder)
        if "canary" in placeholder:
            outcome.leaked.append(number)
        return answers.body(answers.chat(f"Dear {placeholder}"))

    async with FakeUpstream(note) as upstream:
        for _ in range(kills):
            await _round(folder, upstream, outcome, numbers, chance)
        assert not upstream.errors
    await _look(paths, outcome)
    return outcome


async def _round(
    folder: Path, upstream: FakeUpstream, outcome: Outcome, numbers: Iterator[int], chance: random.Random
) -> None:
    flags = ["--data-dir", str(folder), "--port", "0", "--host", "127.0.0.1", "--openai-upstream", upstream.origin]
    flags += ["--no-ner", "--no-names", "--no-patterns", "--no-secrets", "--log-level", "info"]
    app = await asyncio.create_subprocess_exec(*_CLI, "serve", *flags, stderr=subprocess.PIPE, env=_ENVIRON)
    origin = await _origin(app)
    enough = asyncio.Event()
    wanted = outcome.answered + chance.randrange(12)
    clients = [asyncio.create_task(_talk(origin, outcome, numbers, chance, wanted, enough)) for _ in range(_CLIENTS)]
    async with asyncio.timeout(PATIENCE):
        await enough.wait()
    rotation = None
    if outcome.kills % 3 == 0:
        command = (*_CLI, "rotate", "--data-dir", str(folder))
        rotation = await asyncio.create_subprocess_exec(*command, stderr=subprocess.DEVNULL, env=_ENVIRON)
        began = time.monotonic()
        if not outcome.rotation_s:  # the first is let alone: the app goes on with the new key
            await rotation.wait()
            outcome.rotation_s = time.monotonic() - began
            wanted = outcome.answered + 2 * _CLIENTS
            async with asyncio.timeout(PATIENCE):
                while outcome.answered < wanted and not any(client.done() for client in clients):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            assert outcome.answered >= wanted, "the app does not go on with another key"
        else:
            await asyncio.sleep(chance.random() * 1.1 * outcome.rotation_s)  # anywhere in its life
    else:
        await asyncio.sleep(chance.random() / 20)
    running = [app] if rotation is None or rotation.returncode is not None else [app, rotation]
    for process in chance.sample(running, len(running)):
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    if rotation is not None and await rotation.wait() == 0:
        outcome.rotations += 1
    await app.communicate()
    await asyncio.gather(*clients)
    outcome.kills += 1


async def _origin(app: asyncio.subprocess.Process) -> str:
    assert app.stderr is not None
    said = b""
    async with asyncio.timeout(PATIENCE):
        while (found := re.search(rb"base URL: (\S+)/v1", said)) is None:
            line = await app.stderr.readline()
            assert line, f"it does not start any more: {said.decode()}"
            said += line
    return found[1].decode()


async def _talk(
    origin: str, outcome: Outcome, numbers: Iterator[int], chance: random.Random, wanted: int, enough: asyncio.Event
) -> None:
    """Talks until nobody answers."""
    try:
        async with aiohttp.ClientSession() as client:
            while True:
                number, talk = next(numbers), chance.randrange(_SESSIONS)
                text = f"{value_of(number)} in talk {talk} as number {number}"
                body = json.dumps({"model": "fake", "messages": [{"role": "user", "content": text}]})
                headers = {"x-anonamoose-session": f"talk-{talk}", "Content-Type": "application/json"}
                async with client.post(f"{origin}/v1/chat/completions", data=body, headers=headers) as got:
                    answer = await got.json()
                assert answer["choices"][0]["message"]["content"] == f"Dear {value_of(number)}", got.status
                outcome.answered += 1
                if outcome.answered >= wanted:
                    enough.set()
    except (aiohttp.ClientError, ConnectionError):
        enough.set()


async def _look(paths: Paths, outcome: Outcome) -> None:
    """Every placeholder that has left must be in the vault."""
    store = unlock(paths)
    vault = Vault(store.database, store.seal, 24)
    try:
        for number, (talk, placeholder) in outcome.sent.items():
            try:
                session = await vault.session(f"talk-{talk}")
            except UserError:
                outcome.lost.append(number)
                continue
            if session.value(placeholder) != value_of(number):
                outcome.lost.append(number)
    finally:
        store.database.close()


def main() -> None:
    """Prints what came of it; the status is 1 when something was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    given = parser.parse_args()
    os.environ["PYTHON_KEYRING_BACKEND"] = _ENVIRON["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    with tempfile.TemporaryDirectory() as folder:
        outcome = asyncio.run(torture(Path(folder), given.kills, given.seed))
    print(
        f"seed {given.seed}: {outcome.kills} kills, {outcome.rotations} whole rotations, "
        f"{len(outcome.sent)} requests reached the provider, {outcome.answered} were answered, "
        f"{len(outcome.lost)} lost, {len(outcome.leaked)} leaked"
    )
    sys.exit(bool(outcome.lost or outcome.leaked))


if __name__ == "__main__":
    main()
