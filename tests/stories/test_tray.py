"""The icon in the tray and its menu: off, on, pause, forget, quit, and a tray that goes away."""

from __future__ import annotations

import asyncio

import openai

from tests.answers import chat_events, halting
from tests.fakes import FakeUpstream
from tests.stories.conftest import tell
from tests.stories.desk import Condition, Desk, until

_TEXT = "Write to jane@example.com."
_BOX = "^Anonamoose$"


def _protection(desk: Desk, *states: str) -> Condition:
    """That protection is in one of these states."""

    async def is_so() -> bool:
        return await desk.protection() in states

    return is_so


async def test_off_on_and_paused(desk: Desk, gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    async def is_off_or_asked() -> object:
        return await desk.protection() == "off" or await desk.windows(_BOX)

    await until(lambda: desk.icon_shows("on"), "the icon says that it protects")
    await desk.open_menu()
    await desk.picture("menu")
    await desk.close_menu()
    await desk.menu("p", until=is_off_or_asked)
    await desk.picture("turn-off")
    await desk.press(_BOX, "Return", until=_closed(desk))  # the answer that does no harm
    assert await desk.protection() == "on"
    await desk.menu("p", until=is_off_or_asked)
    await desk.press(_BOX, "Tab", "space", until=_protection(desk, "off"))
    await until(lambda: desk.icon_shows("off"), "the icon says that it is off")
    await tell(gpt, _TEXT)
    assert b"jane@example.com" in upstream.only.body

    await desk.menu("p", until=_protection(desk, "on"))
    await until(lambda: desk.icon_shows("on"), "the icon says that it protects")
    await tell(gpt, _TEXT)
    assert b"jane@example.com" not in upstream.last.body

    async def is_paused() -> bool:
        return (await desk.api("GET", "/protection"))["paused"] is not None

    await desk.menu("u", "m", until=is_paused)
    await until(lambda: desk.icon_shows("paused"), "the icon says that it is paused")
    await desk.open_menu()
    await desk.picture("paused")
    await desk.close_menu()
    await tell(gpt, _TEXT)
    assert b"jane@example.com" in upstream.last.body
    await desk.menu("u", "r", until=_protection(desk, "on"))
    await until(lambda: desk.icon_shows("on"), "the icon says that it protects again")


def _closed(desk: Desk) -> Condition:
    async def closed() -> bool:
        return not await desk.windows(_BOX)

    return closed


async def test_forget_everything(desk: Desk, gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    await tell(gpt, _TEXT)
    (session,) = (await desk.api("GET", "/sessions"))["sessions"]
    known = {"text": upstream.only.placeholders[0], "sessionId": session["sessionId"]}
    assert (await desk.api("POST", "/hydrate", known))["text"] == "jane@example.com"
    await desk.menu("f", until=lambda: desk.windows(_BOX))
    await desk.picture("forget")

    async def is_forgotten() -> bool:
        return not (await desk.api("GET", "/sessions"))["sessions"]

    await desk.press(_BOX, "Tab", "space", until=is_forgotten)
    await desk.gone(_BOX)
    await desk.click(until=lambda: desk.windows("^Inspector"))
    await desk.picture("forgotten")


async def test_the_icon_comes_back_with_the_tray(desk: Desk) -> None:
    async def is_gone() -> bool:
        return await desk.icon() is None

    desk.screen.kill_tray()
    await until(is_gone, "the icon goes with the tray")
    desk.screen.show_tray()
    await until(lambda: desk.icon_shows("on"), "the icon comes back")
    await desk.menu("i", until=lambda: desk.windows("^Inspector"))
    await desk.picture("tray-again")


async def test_quitting_waits_for_a_running_stream(desk: Desk, gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    gate = asyncio.Event()
    upstream.answer = lambda received: halting(chat_events(f"Dear {received.placeholders[0]}!"), gate, 3)
    await desk.menu("i", until=lambda: desk.windows("^Inspector"))
    said = ""
    async with await gpt.chat.completions.create(
        model="gpt-fake", messages=[{"role": "user", "content": _TEXT}], stream=True
    ) as stream:
        async for event in stream:
            said += (event.choices[0].delta.content or "") if event.choices else ""
            if said and not gate.is_set():
                await desk.menu("q", until=lambda: desk.windows(_BOX))
                await desk.gone("^Inspector")
                await desk.picture("quitting")
                await desk.press(_BOX, "Return", until=_closed(desk))  # quit when it is done
                await desk.open_menu()
                assert desk.process.returncode is None
                gate.set()
    assert said == "Dear jane@example.com!"
    assert await desk.ends() == 0
