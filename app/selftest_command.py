"""`anonamoose selftest`: does all that an installation must be able to do, on the spot, and tells how it went.

It needs no network, and touches nothing of the user's: it runs on a data folder of its own.
"""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import os
import platform
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app import __version__, certificates
from app.application import Application
from app.errors import Exit, UserError
from app.hub import FetchError, Hub
from app.hub.fetch import fetch, wanted
from app.keychain import Keychain
from app.pipeline.models import DEFAULT, REGISTRY
from app.proxy.trial import TRIALS, Trial, ask
from app.state import Protection
from app.throwaway import throwaway

if TYPE_CHECKING:
    from app.ui.shell import Shell

#: Seconds that one check may take, on a slow machine with a cold disk.
_PATIENCE = 120
_VALUES = ("Priya Raman", "priya.raman@example.com", "0412 345 678")
_TEXT = f"Please write to {_VALUES[0]} ({_VALUES[1]}, {_VALUES[2]}) about the meeting on Tuesday."

#: What a check found, in words. It raises UserError, or whatever else went wrong, where it failed.
Check = Callable[[], Awaitable[str]]


class Selftest:
    """The checks, and what came of them."""

    def __init__(self) -> None:
        self.failed = 0

    async def check(self, name: str, check: Check) -> None:
        """Does one and prints its row."""
        began = time.perf_counter()
        try:
            word, said = "ok", await asyncio.wait_for(check(), _PATIENCE)
        except UserError as error:
            word, said = "FAILED", f"{error.title} {error.hint}".strip()
        except Exception as error:  # what it was is what we are here to tell
            word, said = "FAILED", f"{type(error).__name__}: {error}"
        self.tell(name, word, said, time.perf_counter() - began)

    def tell(self, name: str, word: str, said: str, seconds: float = 0.0) -> None:
        """Prints a row."""
        self.failed += word != "ok"
        print(f"{word:<7} {name:<13} {seconds:6.2f} s  {said}", flush=True)


def run() -> int:
    """All checks; OK when all went well. A part that is not installed is told of, and is no failure."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # That platform warns of all that it cannot do.
    os.environ["QT_LOGGING_RULES"] = "default.warning=false;qt.core.qobject.connect=false"
    test = Selftest()
    from app.ui.display import can_show

    if reason := can_show():
        asyncio.run(_all(test, None, reason))
    else:
        from app.ui.loop import new_loop
        from app.ui.shell import Shell

        shell = Shell(sys.argv[:1])
        loop = new_loop(shell)
        asyncio.set_event_loop(loop)
        with loop:
            loop.run_until_complete(_all(test, shell, ""))
    print(f"{test.failed} failed." if test.failed else "All is well.")
    return Exit.FAILURE if test.failed else Exit.OK


async def _all(test: Selftest, shell: Shell | None, reason: str) -> None:
    await test.check("program", _program)
    await test.check("data", _data)
    await test.check("certificates", _certificates)
    await test.check("secrets", _secrets)
    await test.check("fetching", _fetching)
    try:
        async with throwaway() as application:
            await test.check("detection", lambda: _detection(application))
            await test.check("model", lambda: _model(application))
            trials = (test.check(trial.dialect, partial(_dialect, application, trial)) for trial in TRIALS)
            await asyncio.gather(*trials)
            await test.check("windows", lambda: _windows(application, shell, reason))
    except UserError as error:
        test.tell("start", "FAILED", f"{error.title} {error.hint}")


async def _program() -> str:
    kind = "frozen" if getattr(sys, "frozen", False) else "from its source"
    return f"{__version__}, {kind}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"


async def _data() -> str:
    model = REGISTRY[DEFAULT]
    for name, digest in model.digests:
        with (model.folder / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise UserError(f"The file {name} of the model {DEFAULT} is not the one that is shipped.")
    return f"the {len(model.digests)} files of {DEFAULT} are as they should be"


async def _certificates() -> str:
    place = certificates.place()
    if not place:
        raise UserError("There are no certificates of authorities here.", "Install ca-certificates.")
    return place


async def _secrets() -> str:
    with tempfile.TemporaryDirectory(prefix="anonamoose-") as folder:
        keychain = Keychain(Path(folder))
        secret = os.urandom(16).hex()
        kept = await asyncio.to_thread(keychain.put, "selftest", secret)
        if await asyncio.to_thread(keychain.get, "selftest") != secret:
            raise UserError(f"What was kept in {kept} does not come back.")
        await asyncio.to_thread(keychain.remove, "selftest")
        return f"kept in {kept.replace(folder, 'DATA')}"


async def _fetching() -> str:
    """That the process which fetches starts, and has its libraries."""
    with tempfile.TemporaryDirectory(prefix="anonamoose-") as folder:
        try:
            await fetch(wanted("anonamoose/none"), Path(folder), Hub(offline=True), lambda _: None)
        except FetchError as error:
            if "offline" in error.title:
                return "the process starts, and says that it may not"
            raise
    raise UserError("It fetched although it was told to stay offline.")


async def _detection(application: Application) -> str:
    loaded = asyncio.Event()
    stop = application.bus.subscribe(lambda _: None if application.worker.starting else loaded.set())
    if application.worker.starting:
        await loaded.wait()
    stop()
    state = application.state
    if state.protection is not Protection.ON:
        raise UserError(state.reason or f"Protection is {state.protection.value}.")
    used = await application.worker.usage()
    layers = ", ".join(sorted(application.settings.current.policy.layers))
    return f"{layers}, in a process of its own of {used.resident / 1e6:.0f} MB"


async def _model(application: Application) -> str:
    policy = dataclasses.replace(application.settings.current.policy, layers=frozenset({"ner"}))
    found = [finding.value for finding in await application.worker.text(_TEXT, policy) if finding.source == "ner"]
    if _VALUES[0] not in found:
        raise UserError(f"The model {DEFAULT} reads “{_TEXT}” and finds {found}.")
    return f"{DEFAULT} finds {', '.join(found)}"


async def _dialect(application: Application, trial: Trial) -> str:
    answer = await ask(application.base_url.removesuffix("/v1"), trial, _TEXT)
    (exchange,) = (one for one in application.exchanges if one.provider == trial.dialect)
    came_back, _ = exchange.transcript()
    sent = exchange.sent.text if exchange.sent is not None else _TEXT
    for value in _VALUES:
        if value in sent or value in came_back:
            raise UserError(f"“{value}” was sent.")
        if value not in answer:
            raise UserError(f"“{value}” did not come back.")
    return f"{exchange.redactions} hidden, sent and restored in a stream"


async def _windows(application: Application, shell: Shell | None, reason: str) -> str:
    if shell is None:
        return f"left out. {reason}"
    from app.ui.opening import open_all

    return ", ".join(await open_all(application, shell))
