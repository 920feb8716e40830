"""What a tool sends is looked at, and put right where it should not have been hidden."""

from __future__ import annotations

import openai

from tests.fakes import FakeUpstream
from tests.stories.conftest import tell
from tests.stories.desk import Condition, Desk

_INSPECTOR = "^Inspector"
_TEXT = "Ask jane@example.com, or else support@example.com."


async def _open(desk: Desk) -> None:
    await desk.click(until=lambda: desk.windows(_INSPECTOR))
    await desk.window(_INSPECTOR)


async def test_a_request_is_inspected(desk: Desk, gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    await _open(desk)
    await desk.picture("inspector-empty")
    assert "jane@example.com" in await tell(gpt, _TEXT)
    first, second = upstream.only.placeholders

    def copied(placeholder: str) -> Condition:
        async def is_copied() -> bool:
            return await desk.clipboard() == placeholder

        return is_copied

    await desk.press(_INSPECTOR, "alt+p", until=copied(first))
    await desk.press(_INSPECTOR, "alt+Down", "alt+p", until=copied(second))
    await desk.picture("inspector")


async def test_a_false_alarm_does_not_recur(desk: Desk, gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    await _open(desk)
    await tell(gpt, "Ask support@example.com.")
    assert b"support@example.com" not in upstream.wire

    async def allowed() -> bool:
        terms = (await desk.api("GET", "/allowlist"))["entries"]
        return [term["term"] for term in terms] == ["support@example.com"]

    await desk.press(_INSPECTOR, "alt+n", until=allowed)
    await desk.picture("corrected")
    await tell(gpt, f"In another conversation: {_TEXT}")
    assert b"support@example.com" in upstream.last.body
    assert b"jane@example.com" not in upstream.wire
