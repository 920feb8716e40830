"""What a session has hidden stays hidden in every form that says the same, and comes back as it was written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import aiohttp
import anthropic
import openai
from openai.types.chat import ChatCompletionMessageParam

from app.pipeline.terms import Term
from tests.e2e.conftest import Running, launched
from tests.fakes import FakeUpstream

JANE, TFN = "Jane Doe", "123 456 782"
FIRST = f"My patient {JANE} has the TFN {TFN}."
LATER = "Read jane_doe_report.pdf and JaneDoe.txt: does Ms Doe still have 123456782? Ask J. Doe, or JANE DOE."
SPELLINGS = (JANE, TFN, "jane_doe", "JaneDoe", "Doe", "123456782", "J. Doe", "JANE DOE")
#: All that must not be sent of `LATER`.
SECRETS = ("jane", "Doe", "DOE", "123456782")


def _assert_hidden(sent: str) -> None:
    assert not [secret for secret in SECRETS if re.search(rf"(?<![a-z]){secret}", sent)]


async def test_a_later_turn_of_chat_completions(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    talk: list[ChatCompletionMessageParam] = [{"role": "user", "content": FIRST}]
    first = await gpt.chat.completions.create(model="gpt-fake", messages=talk)
    talk += [{"role": "assistant", "content": first.choices[0].message.content}, {"role": "user", "content": LATER}]
    answer = await gpt.chat.completions.create(model="gpt-fake", messages=talk)
    one, two = upstream.received
    sent = two.json()["messages"][-1]["content"]
    _assert_hidden(sent)
    said = answer.choices[0].message.content or ""
    assert all(value in said for value in SPELLINGS)
    # The model sees that all of them are one person, and one number.
    (person, number) = re.findall(r"\[(?:PERSON|AU_TFN)_(\d+)\]", one.json()["messages"][0]["content"])
    assert set(re.findall(r"\[PERSON[A-Z_]*_(\d+)\]", sent)) == {person}
    assert set(re.findall(r"\[AU_TFN[A-Z_]*_(\d+)\]", sent)) == {number}
    assert two.body.startswith(one.body.partition(b"}]")[0])


async def test_a_later_turn_of_messages_with_a_tool(claude: anthropic.AsyncAnthropic, upstream: FakeUpstream) -> None:
    talk: list[Any] = [{"role": "user", "content": FIRST}]
    first = await claude.messages.create(model="claude-fake", max_tokens=9, messages=talk)
    use = {"type": "tool_use", "id": "toolu_1", "name": "read", "input": {"path": "jane_doe_report.pdf"}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": json.dumps({"to": "Ms Doe", "n": 123456782})}
    talk += [{"role": "assistant", "content": [*first.content, use]}, {"role": "user", "content": [result]}]
    answer = await claude.messages.create(model="claude-fake", max_tokens=9, messages=talk)
    sent = upstream.received[1].json()["messages"]
    _assert_hidden(json.dumps(sent[1:]))
    assert sent[1]["content"][-1]["input"]["path"].endswith("_report.pdf")
    assert sent[0] == upstream.received[0].json()["messages"][0]
    assert answer.content[0].type == "text"
    assert all(value in answer.content[0].text for value in (JANE, TFN, "jane_doe", "Ms Doe", "123456782"))


async def test_within_one_request_before_and_behind(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    answer = await gpt.chat.completions.create(
        model="gpt-fake",
        messages=[{"role": "system", "content": LATER}, {"role": "user", "content": FIRST}],
        stop=["Doe"],
    )
    sent = upstream.only.json()
    _assert_hidden(json.dumps(sent))
    assert re.fullmatch(r"\[PERSON_LAST(?:_B)?_\d+\]", sent["stop"][0])
    said = answer.choices[0].message.content or ""
    assert all(value in said for value in SPELLINGS)


async def test_a_request_sent_again_goes_out_as_before(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": f"{LATER} {FIRST}"}]})
    for _ in range(2):
        async with http.post(f"{running.origin}/v1/chat/completions", data=body) as got:
            assert got.status == 200
    first, second = upstream.received
    assert first.body == second.body


async def test_what_is_known_survives_a_restart(tmp_path: Path, upstream: FakeUpstream) -> None:
    bodies = []
    for text in (FIRST, f"{LATER} {FIRST}"):
        async with (
            launched(tmp_path, upstream, ner="off") as running,
            openai.AsyncOpenAI(
                base_url=running.app.base_url, api_key="k", default_headers={"x-anonamoose-session": "mine"}
            ) as client,
        ):
            await running.protected()
            await client.chat.completions.create(model="m", messages=[{"role": "user", "content": text}])
        bodies.append(upstream.received[-1].json()["messages"][0]["content"])
    _assert_hidden(bodies[1])
    assert bodies[1].endswith(bodies[0])


async def test_terms_keep_their_own_options(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with (
        launched(tmp_path, upstream) as running,
        openai.AsyncOpenAI(base_url=running.app.base_url, api_key="k") as client,
    ):
        await running.app.terms.add([Term("Tidewater", "PERSON", case_sensitive=True)])
        await running.protected()
        for _ in range(2):
            await client.chat.completions.create(
                model="m", messages=[{"role": "user", "content": "Tidewater, tidewater"}]
            )
    for received in upstream.received:
        assert re.fullmatch(r"\[PERSON_\d+\], tidewater", received.json()["messages"][0]["content"])
