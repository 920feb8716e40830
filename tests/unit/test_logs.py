from __future__ import annotations

import logging
import sys
from collections.abc import Iterator

import pytest

from app.logs import configure


@pytest.fixture(autouse=True)
def _put_logging_back() -> Iterator[None]:
    root = logging.getLogger()
    names = ("app", "aiohttp", "asyncio", "urllib3", "httpx", "huggingface_hub", "transformers")
    handlers, levels = list(root.handlers), {name: logging.getLogger(name).level for name in names}
    level = root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in names:
        logging.getLogger(name).setLevel(levels[name])


@pytest.mark.parametrize(("level", "shown"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_the_level_is_ours_alone(capsys: pytest.CaptureFixture[str], level: str, shown: int) -> None:
    configure(level)
    for number in (10, 20, 30, 40):
        logging.getLogger("app.part").log(number, "ours")
        logging.getLogger("library").log(number, "theirs")
    lines = capsys.readouterr().err.splitlines()
    assert sum("ours" in line for line in lines) == shown
    assert sum("theirs" in line for line in lines) == 2


def test_libraries_that_quote_requests_are_silent(capsys: pytest.CaptureFixture[str]) -> None:
    configure("debug")
    for name in ("aiohttp.server", "aiohttp.access", "asyncio", "urllib3.connectionpool", "httpx"):
        logging.getLogger(name).error("canary@example.com")
    assert capsys.readouterr().err == ""


def test_a_program_without_stderr_logs_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    before = len(logging.getLogger().handlers)
    configure("debug")
    assert [type(handler) for handler in logging.getLogger().handlers[before:]] == [logging.NullHandler]
    logging.getLogger("app").error("nobody reads this")
