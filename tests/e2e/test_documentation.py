"""What the documentation tells to type does what is said of it.

Programs that are marked “run” are run from their first line to their last; so are those of our commands that end by
themselves and leave the system alone, page by page, in the order in which they are read.
"""

from __future__ import annotations

import asyncio
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import run_here
from tests.docs.pages import PAGES, Block, Page
from tests.e2e.conftest import Running
from tests.e2e.test_command_line import _ENVIRON
from tests.fakes import PATIENCE

_MARKED = {
    f"{page}:{block.line}": block
    for page in PAGES
    for block in page.code
    if block.language == "python" and "run" in block.marks
}
#: Commands that serve, ask, fetch or forget are left out, as is what needs a provider's key.
_TYPED = re.compile(
    r"anonamoose (?:settings (?:set|get|list|reset)|session (?:set|all|list)|dictionary (?:add|list)|redact|restore|"
    r"stats|storage|connect|models list|models test minilm|local-key|token show|audit (?:list|verify|export|report))\b"
)


def _typed(page: Page) -> list[list[str]]:
    """Its commands that can be run here, from the first to the last."""
    lines = [line for block in page.code if block.language in ("sh", "bash", "") for line in block.text.splitlines()]
    lines += [quoted for quoted in page.quoted if "=" in quoted]
    found = [shlex.split(line, comments=True)[1:] for line in lines if _TYPED.match(line)]
    return [words[: words.index(">")] if ">" in words else words for words in found]


_PAGES = [page for page in PAGES if _typed(page)]


def test_there_are_such() -> None:
    assert len(_MARKED) >= 3 and sum(len(_typed(page)) for page in _PAGES) >= 15


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


@pytest.mark.parametrize("page", _PAGES, ids=repr)
def test_commands_end_well(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANONAMOOSE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ANONAMOOSE_VAULT_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
    for name in ("letter.txt", "redacted.txt", "notes.txt"):
        Path(name).write_text("Nothing in here is anybody's.\n", encoding="utf-8")
    for words in _typed(page):
        assert run_here(*words) == 0, f"{page}: anonamoose {shlex.join(words)}"
