"""Which names may stand in the trail."""

from __future__ import annotations

import re

import pytest

from app.audit import names


def _hash(kind: str, value: str) -> str:
    return f"{len(kind):08x}{len(value):08x}"


@pytest.mark.parametrize(
    ("agent", "client"),
    [
        ("OpenAI/Python 1.40.0", "OpenAI"),
        ("AsyncAnthropic/Python 0.39.0", "AsyncAnthropic"),
        ("claude-cli/1.0.44 (external, cli)", "claude-cli"),
        ("codex_cli_rs/0.5.0 (Linux 6.1; x86_64) xterm", "codex_cli_rs"),
        ("CURL/8.5.0", "curl"),
        ("Python/3.11 aiohttp/3.12", "Python"),
        ("Mozilla/5.0 (X11; Linux x86_64) Priya", "Mozilla"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_tools_that_are_known_are_called_by_their_name(agent: str, client: str) -> None:
    assert names.client(agent, _hash) == client


@pytest.mark.parametrize("agent", ["PriyasTool/1.0", "priya.raman@example.com", "OpenAIPriya/1", "0412345678"])
def test_other_tools_are_only_told_apart(agent: str) -> None:
    assert re.fullmatch("other#[0-9a-f]{8}", names.client(agent, _hash))


@pytest.mark.parametrize(
    "model",
    """
    gpt-4o gpt-4o-mini-2024-07-18 gpt-3.5-turbo-16k chatgpt-4o-latest o1 o3-mini gpt-5-codex
    claude-3-5-sonnet-20241022 claude-sonnet-4-5@20250929 claude-opus-4-1 gemini-2.5-flash-lite gemini-1.5-pro-002
    llama3.2:3b llama-3.1-405b-instruct mistral-large-2411
    qwen2.5-coder:32b deepseek-r1:70b text-embedding-3-small whisper-1
    meta-llama/Llama-3.3-70B-Instruct practice models/gemini-2.0-flash
    """.split(),
)
def test_published_models_are_called_by_their_name(model: str) -> None:
    assert names.model(model, _hash) == model


@pytest.mark.parametrize(
    ("model", "known"),
    [
        ("ft:gpt-4o-mini-2024-07-18:raman-clinic::a1b2", "ft:gpt-4o-mini-2024-07-18"),
        ("Priya Raman", "other"),
        ("priya.raman@example.com", "other"),
        ("0412 345 678", "other"),
        ("0412345678", "other"),
        ("gpt-4o-0412345678", "gpt-4o"),
        ("gpt-4111111111111111", "gpt"),
        ("gpt-19800302", "gpt"),
        ("gpt-04-12-34-56-78", "gpt-04-12-34"),
        ("gpt 4o", "gpt"),
        ("gpt-４o", "gpt"),
        ("gpt-4o/../../priya", "gpt-4o"),
        ("prod-gpt4-sydney", "other"),
        ("\ud800", "other"),
    ],
)
def test_of_other_models_only_the_published_beginning_is_told(model: str, known: str) -> None:
    assert re.fullmatch(re.escape(known) + "…#[0-9a-f]{8}", names.model(model, _hash))
