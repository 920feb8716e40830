"""Runs real clients, unmodified, through the app to a fake provider, and prints a table: `make clients`.

`make clients ARGS="codex.py --no-ner"` runs one of them, and gives flags to the app.

Every client is a script in `scripts/`, run by an interpreter that has it. A client passes when its script does, when
it talked to the provider at all, and when nothing personal has reached the provider or the app's log.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.clients import model
from tests.clients.installation import HERE, NODE, install, interpreter
from tests.fakes import FakeUpstream

#: Which installation runs which scripts.
SCRIPTS = {
    "node": ("openai.mjs", "anthropic.mjs", "genai.mjs", "ollama.mjs", "vercel.mjs", "claude_code.py", "codex.py"),
    "litellm": ("litellm_python.py",),
    "most": (
        "google_genai.py",
        "ollama_python.py",
        "langchain.py",
        "openai_agents.py",
        "pydantic_agents.py",
        "llm_command.py",
    ),
}
_PATIENCE = 180.0


@dataclass(frozen=True)
class Result:
    """How one client did: "" is well."""

    client: str
    requests: int
    fault: str


@asynccontextmanager
async def _app(folder: Path, upstream: FakeUpstream) -> AsyncIterator[tuple[str, bytearray]]:
    """`anonamoose serve` on a free port: its origin and its log."""
    flags = ["--data-dir", str(folder), "--port", "0", "--host", "127.0.0.1", "--log-level", "debug"]
    flags += [argument for argument in sys.argv[1:] if argument.startswith("--")]
    for name in ("openai", "anthropic", "gemini", "ollama"):
        flags += [f"--{name}-upstream", upstream.origin]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.cli", "serve", *flags, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    log = bytearray()
    while b"protection: on" not in log or b"base URL: " not in log:
        line = await process.stderr.readline()
        if not line:
            raise SystemExit(log.decode())
        log += line

    async def read() -> None:
        assert process.stderr is not None
        while line := await process.stderr.readline():
            log.extend(line)

    reading = asyncio.create_task(read())
    try:
        yield log.partition(b"base URL: ")[2].split(b"/v1")[0].decode(), log
    finally:
        if process.returncode is None:
            process.terminate()
        await reading
        await process.wait()


def _leaks(data: bytes) -> int:
    """How many of the values are in `data`, as they are or in JSON."""
    values = (model.NAME, model.EMAIL, model.PHONE, model.TFN, model.CARD)
    return sum(value.encode() in data for value in values)


def _end(pid: int) -> None:
    """Ends a client and all that it has started."""
    if sys.platform == "win32":
        os.kill(pid, signal.SIGTERM)
    else:
        os.killpg(pid, signal.SIGKILL)


async def _run(installation: str, script: str, environ: dict[str, str]) -> str:
    """What is wrong with a client, or ""."""
    if script.endswith(".mjs"):
        command = [shutil.which("node") or "node", str(NODE / script)]
    else:
        python = sys.executable if installation == "node" else str(interpreter(installation))
        command = [python, str(HERE / "scripts" / script)]
    process = await asyncio.create_subprocess_exec(
        *command,
        env=environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,  # an agent has processes of its own, and they end with it
    )
    try:
        async with asyncio.timeout(_PATIENCE):
            said, _ = await process.communicate()
    except TimeoutError:
        _end(process.pid)
        await process.wait()
        return f"it did not end within {_PATIENCE:.0f} s"
    if process.returncode == 0:
        return ""
    lines = [line.strip() for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    wrong = [line for line in lines if "Error" in line] or lines
    return wrong[-1 if script.endswith(".py") else 0] if wrong else f"it ended with {process.returncode}"


def _environ(origin: str, folder: Path) -> dict[str, str]:
    """Of a client: nothing of ours that would lead it past the app."""
    file = folder / "work" / "notes.txt"
    for made in (file.parent, folder / "home"):
        made.mkdir()
    file.write_text(model.BEFORE, encoding="utf-8")
    foreign = ("OPENAI_", "ANTHROPIC_", "GOOGLE_", "GEMINI_", "OLLAMA_", "CLAUDE", "CODEX", "ANONAMOOSE_")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(foreign) and not k.upper().endswith("_PROXY")}
    values = [model.NAME, model.EMAIL, model.PHONE, model.TFN, model.CARD]
    own = {
        "ORIGIN": origin,
        "PROSE": model.PROSE,
        "VALUES": json.dumps(values),
        "BIN": str(NODE / "node_modules" / ".bin"),
        "FOLDER": str(file.parent),
        "AGENT_HOME": str(folder / "home"),
        "READING": model.READING,
        "EDITING": model.EDITING,
        "AFTER": model.AFTER,
        "PYTHONUTF8": "1",
    }
    return {**kept, **own}


def _is_asked_for(script: str) -> bool:
    names = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    return not names or script in names


async def _results(failures: dict[str, str]) -> list[Result]:
    results = []
    async with FakeUpstream(lambda received: model.Model("")(received)) as upstream:
        with tempfile.TemporaryDirectory() as data:
            async with _app(Path(data), upstream) as (origin, log):
                for installation, scripts in SCRIPTS.items():
                    for script in filter(_is_asked_for, scripts):
                        if reason := failures.get(installation):
                            result = Result(script, 0, f"not installed: {reason}")
                        else:
                            result = await _try(installation, script, origin, log, upstream)
                        print(f"{result.client:<22}{result.requests:>4} requests  {result.fault or 'ok'}", flush=True)
                        results.append(result)
    return results


async def _try(installation: str, script: str, origin: str, log: bytearray, upstream: FakeUpstream) -> Result:
    # An agent may leave a process behind that still writes there.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
        environ = _environ(origin, Path(work))
        upstream.reset(model.Model(str(Path(environ["FOLDER"]) / "notes.txt")))
        log.clear()
        fault = await _run(installation, script, environ)
    if upstream.errors:
        fault = fault or f"the fake provider failed: {upstream.errors[0]!r}"
    if leaked := _leaks(bytes(upstream.wire)):
        fault = f"{leaked} values reached the provider"
    elif leaked := _leaks(bytes(log)):
        fault = f"{leaked} values are in the log"
    elif not fault and len(upstream.received) < 2:
        fault = "it did not talk to the app"
    return Result(script, len(upstream.received), fault)


def main() -> int:
    """The exit status: 0 when all is well with all of them."""
    results = asyncio.run(_results(install()))
    return int(any(result.fault for result in results))


if __name__ == "__main__":
    sys.exit(main())
