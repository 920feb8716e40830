"""Programs in the documentation that are marked “run” do what is said of them, from their first line to their last."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from tests.docs.pages import PAGES, Block
from tests.e2e.conftest import Running
from tests.e2e.test_command_line import _ENVIRON
from tests.fakes import PATIENCE

_MARKED = {
    f"{page}:{block.line}": block
    for page in PAGES
    for block in page.code
    if block.language == "python" and "run" in block.marks
}


def test_there_are_such() -> None:
    assert len(_MARKED) >= 3


@pytest.mark.parametrize("block", _MARKED.values(), ids=_MARKED)
async def test_a_program_runs(running: Running, block: Block) -> None:
    text = block.text.replace("http://localhost:3000", running.origin)
    assert running.origin in text
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_ENVIRON
    )
    async with asyncio.timeout(PATIENCE):
        _, told = await process.communicate()
    assert process.returncode == 0, told.decode()
