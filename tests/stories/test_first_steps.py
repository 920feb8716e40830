"""Somebody new: the first steps, then a tool that is connected."""

from __future__ import annotations

import openai

from tests.fakes import FakeUpstream
from tests.stories.conftest import Sit, tell
from tests.stories.desk import Desk, until


async def test_the_first_steps_by_keyboard(sit: Sit, upstream: FakeUpstream) -> None:
    async with sit() as desk:
        welcome = "^Welcome"
        x, y, width, _ = await desk.inside(welcome)
        heading = x, y, width, 60

        async def answered() -> bool:
            return [row["status"] for row in (await desk.api("GET", "/logs"))["logs"]] == [200]

        await desk.press(welcome, "alt+s", until=answered)
        await desk.picture("first-steps-1")

        async def turns_the_page() -> None:
            before = desk.screen.pixels(heading)

            async def is_other() -> bool:
                return bool((desk.screen.pixels(heading) != before).any())

            await desk.press(welcome, "alt+n", until=is_other)

        await turns_the_page()

        async def is_strict() -> bool:
            return await desk.setting("preset") == "strict"

        await desk.press(welcome, "alt+s", until=is_strict)
        await desk.picture("first-steps-2")
        await turns_the_page()
        await desk.picture("first-steps-3")

        async def seen() -> bool:
            return await desk.setting("welcome") is False

        await desk.press(welcome, "alt+d", until=seen)
        await desk.gone(welcome)
    assert not upstream.received  # the practice model is on this machine
    async with sit() as desk:
        await until(desk.answers, "the app answers")
        assert not await desk.windows(welcome)


async def test_a_tool_is_connected(desk: Desk, gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    connect = "^Connect a tool"

    async def is_open() -> object:
        return await desk.windows(connect)

    await desk.menu("c", until=is_open)
    await desk.type(connect, "openai for python")
    card = await desk.inside(connect)

    async def waits() -> bool:
        return await desk.shows("starting", card) and not await desk.shows("on", card)

    async def is_lit() -> bool:
        return await desk.shows("on", card)

    await until(waits, "the card waits for the first request")
    assert "jane@example.com" in await tell(gpt, "Write to jane@example.com.")
    await until(is_lit, "the card tells of the first request")
    await desk.picture("connect")
    assert b"jane" not in upstream.wire
