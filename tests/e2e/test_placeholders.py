"""What placeholders look like: chosen by setting, header or path, and each time the values come back."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from app.pipeline.note import NOTE
from app.pipeline.placeholder import STYLES, Style
from tests import answers
from tests.e2e.conftest import CARD, EMAIL, NAME, PHONE, PROSE, TFN, Running, launched
from tests.e2e.dialects import BOTH, CLAUDE, GPT, Dialect
from tests.fakes import FakeUpstream, Received, Reply

both = pytest.mark.parametrize("dialect", BOTH, ids=str)
reversible = pytest.mark.parametrize("style", [style for style in STYLES if style != "mask"])
HEADER = "x-anonamoose-placeholders"
_FORMS = {
    "default": r"\[PERSON_\d{4}\]",
    "ordinal": r"\[PERSON_1\]",
    "double": r"\[\[PERSON_\d{4}\]\]",
    "angle": r"<PERSON_\d{4}>",
    "surrogate": r"[A-Z][a-z]+ [A-Z][a-z]+",
    "mask": r"\[PERSON\]",
    "pua": "\ue000[0-9a-f]{16}\ue001",
}


async def _post(http: aiohttp.ClientSession, url: str, body: dict[str, Any], style: str | None = None) -> bytes:
    async with http.post(url, json=body, headers={HEADER: style} if style else {}) as got:
        assert got.status == 200
        return await got.read()


def _said(received: Received) -> str:
    content = received.json()["messages"][-1]["content"]
    assert isinstance(content, str)
    return content


@both
@reversible
async def test_values_come_back_in_every_style(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, style: str
) -> None:
    upstream.answer = lambda r: dialect.stream(_said(r), 1) if r.json().get("stream") else _echo(dialect, r)
    url = running.origin + dialect.path
    assert dialect.text(await _post(http, url, dialect.body(PROSE), style)) == PROSE
    assert re.match(f"Write to {_FORMS[style]} ", _said(upstream.last))
    assert dialect.streamed(await _post(http, url, dialect.body(PROSE, stream=True), style)) == PROSE


def _echo(dialect: Dialect, received: Received) -> Reply:
    return answers.body(dialect.whole(_said(received)))


async def test_a_mask_hides_for_good(running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession) -> None:
    upstream.answer = lambda r: _echo(GPT, r)
    masked = GPT.text(await _post(http, f"{running.origin}/o/placeholders=mask{GPT.path}", GPT.body(PROSE)))
    assert masked == "Write to [PERSON] ([EMAIL], [PHONE]) about TFN [AU_TFN] and card [CARD]."
    assert _said(upstream.last) == masked


@both
async def test_a_changed_style_changes_nothing_that_was_sent(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    upstream.answer = lambda r: _echo(dialect, r)
    turns = [f"I am {NAME}."]
    for style, more in zip(STYLES, (EMAIL, PHONE, TFN, CARD, f"{NAME}, {EMAIL}", f"{NAME} again", "bye"), strict=True):
        messages = [{"role": ("user", "assistant")[at % 2], "content": text} for at, text in enumerate(turns)]
        # The messages come last, so that a longer conversation begins with the bytes of a shorter one.
        body = {**{k: v for k, v in dialect.body("").items() if k != "messages"}, "messages": messages}
        answer = dialect.text(await _post(http, running.origin + dialect.path, body, style))
        assert answer == turns[-1] or style == "mask"
        turns += [answer, f"And {more}?"]
    bodies = [received.body for received in upstream.received]
    assert len(bodies) == len(STYLES)
    for shorter, longer in pairwise(bodies):
        assert longer.startswith(shorter.removesuffix(b"]}"))


async def test_a_surrogate_the_user_writes_means_itself(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = lambda r: _echo(GPT, r)
    url = f"{running.origin}/s/mirror{GPT.path}"
    await _post(http, url, GPT.body(f"I am {NAME}."), "surrogate")
    double = _said(upstream.last).removeprefix("I am ").removesuffix(".")
    text = f"Is {double} another than {NAME}? {double.split()[0]} is."
    assert GPT.text(await _post(http, url, GPT.body(text), "surrogate")) == text
    assert _said(upstream.last).count(double) == 1


@both
async def test_an_answer_that_its_limit_cut_off_ends_with_the_value(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    def answer(received: Received) -> Reply:
        text = re.sub(r"(?<=\d\d)\d\d\]\.\Z", "", _said(received))
        stopped = {"stop": "length", "end_turn": "max_tokens"}
        if received.json().get("stream"):
            return answers.stream(_replaced(answers.encode(dialect.events(text)), stopped))
        return answers.body(json.loads(_replaced(json.dumps(dialect.whole(text)).encode(), stopped)))

    upstream.answer = answer
    url = running.origin + dialect.path
    text = f"Dear {NAME}."
    assert dialect.text(await _post(http, url, dialect.body(text))) == text[:-1]
    assert dialect.streamed(await _post(http, url, dialect.body(text, stream=True))) == text[:-1]


def _replaced(raw: bytes, words: dict[str, str]) -> bytes:
    for old, new in words.items():
        raw = re.sub(rb'("(?:finish|stop)_reason": ?)"' + old.encode() + b'"', rb'\1"' + new.encode() + b'"', raw)
    return raw


async def test_the_settings_choose_the_style_and_the_note(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    style: Style = "angle"
    upstream.answer = lambda r: answers.body((CLAUDE if answers.is_anthropic(r) else GPT).whole(_said(r)))
    async with launched(tmp_path, upstream, placeholders=style, system_note=True, ner=False) as own:
        await own.protected()
        for dialect in BOTH:
            body = dialect.body(f"Write to {EMAIL}.")
            assert dialect.text(await _post(http, own.origin + dialect.path, body)) == f"Write to {EMAIL}."
            sent = upstream.last.json()
            assert re.fullmatch(r"Write to <EMAIL_\d{4}>\.", _said(upstream.last))
            note = sent["system"] if dialect is CLAUDE else sent["messages"][0]["content"]
            assert note == NOTE
            first = upstream.last.body
            await _post(http, own.origin + dialect.path, body)
            assert upstream.last.body == first
            await _post(http, own.origin + dialect.path, body, "surrogate")
            assert NOTE.encode() not in upstream.last.body
