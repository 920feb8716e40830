"""The program as a process of its own: what it prints, and with which status it ends."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from app.errors import Exit
from app.paths import Paths
from app.store.access import new_token
from app.store.unlocking import unlock
from app.store.vault import Vault
from tests import answers, files
from tests.commands import run_here
from tests.e2e.conftest import CARD, EMAIL, NAME, PROSE, assert_hidden
from tests.e2e.dialects import BOTH, GPT, Dialect
from tests.fakes import PATIENCE, PLACEHOLDER, FakeUpstream, Reply

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
_CLI = (sys.executable, "-X", "utf8", "-W", "error::ResourceWarning", "-m", "app.cli")
#: Nothing the app depends on may be looked for in the display or the environment of whoever runs the tests.
_ENVIRON = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("ANONAMOOSE_") and name not in ("DISPLAY", "WAYLAND_DISPLAY")
}


def run(
    *arguments: object, input: bytes = b"", environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """One command, to its end."""
    done = subprocess.run(
        [*_CLI, *map(str, arguments)],
        input=input,
        capture_output=True,
        env={**_ENVIRON, **(environ or {})},
        timeout=PATIENCE,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    return done


@dataclass
class Serving:
    """`anonamoose serve` in a process of its own."""

    process: asyncio.subprocess.Process
    origin: str
    log: bytearray

    async def says(self, words: str) -> None:
        """Waits until `words` are in its log."""
        assert self.process.stderr is not None
        async with asyncio.timeout(PATIENCE):
            while words.encode() not in self.log:
                line = await self.process.stderr.readline()
                assert line, f"it ended without saying so: {self.log.decode()}"
                self.log += line

    async def ends(self) -> int:
        async with asyncio.timeout(PATIENCE):
            assert self.process.stderr is not None
            self.log += await self.process.stderr.read()
            return await self.process.wait()


@asynccontextmanager
async def serving(
    folder: Path,
    upstream: FakeUpstream,
    *more: str,
    command: tuple[str, ...] = (*_CLI, "serve"),
    environ: dict[str, str] | None = None,
) -> AsyncIterator[Serving]:
    flags = ["--data-dir", str(folder), "--port", "0", "--host", "127.0.0.1", "--log-level", "debug", "--no-ner"]
    flags += ["--openai-upstream", upstream.origin, "--anthropic-upstream", upstream.origin]
    process = await asyncio.create_subprocess_exec(
        *command, *flags, *more, stderr=subprocess.PIPE, stdout=subprocess.PIPE, env={**_ENVIRON, **(environ or {})}
    )
    serving = Serving(process, "", bytearray())
    try:
        await serving.says("base URL: ")
        found = re.search(rb"base URL: (\S+)/v1", serving.log)
        assert found is not None
        serving.origin = found[1].decode()
        yield serving
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        async with asyncio.timeout(PATIENCE):
            await process.communicate()  # not before its detection process has ended, too: it has the same pipes
    assert_hidden(bytes(serving.log), "the log of the process")
    assert b"Traceback" not in serving.log


@posix
@pytest.mark.parametrize("dialect", BOTH, ids=str)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_serve_lets_a_running_stream_finish(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, number: signal.Signals
) -> None:
    gate = asyncio.Event()
    upstream.answer = lambda r: answers.halting(dialect.events(f"Dear {r.placeholders[0]}"), gate, 4)
    async with serving(tmp_path, upstream, "--drain", "60") as app:
        async with http.post(app.origin + dialect.path, json=dialect.body(PROSE, stream=True)) as got:
            early = await got.content.readany()
            app.process.send_signal(number)
            await app.says("stopping; running requests have 60 s to finish")
            with pytest.raises(aiohttp.ClientConnectionError):
                await http.get(f"{app.origin}/health")  # no new ones
            gate.set()
            wire = early + await got.read()
        assert dialect.streamed(wire) == f"Dear {NAME}"
        assert await app.ends() == Exit.OK
        assert b"stopped" in app.log


@posix
async def test_serve_cuts_off_what_outlasts_the_drain_time(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    never = asyncio.Event()
    upstream.answer = lambda _: answers.halting(GPT.events("Dear you"), never, 3)
    async with serving(tmp_path, upstream, "--drain", "0") as app:
        async with http.post(app.origin + GPT.path, json=GPT.body(PROSE, stream=True)) as got:
            await got.content.readany()
            app.process.terminate()
            with contextlib.suppress(aiohttp.ClientError):
                await got.read()
        assert await app.ends() == Exit.OK


#: Runs the app where any import of Qt is an error. The guard is for the worker, which imports this file again.
_WITHOUT_QT = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PySide6", "shiboken6", "qasync"):
            raise AssertionError("Qt was imported: " + name)

sys.meta_path.insert(0, Refuse())
if __name__ == "__main__":
    from app.cli import main
    status = main(["serve", *sys.argv[1:]])
    assert not [name for name in sys.modules if name.partition(".")[0] in ("PySide6", "shiboken6", "qasync")]
    sys.exit(status)
"""


@posix
async def test_serve_works_where_qt_cannot_be_imported(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    script = tmp_path / "without_qt.py"
    script.write_text(_WITHOUT_QT)
    root = str(Path(__file__).parents[2])
    command = (sys.executable, "-c", f"import sys, runpy; sys.path.insert(0, {root!r}); del sys.argv[0]; "
               "runpy.run_path(sys.argv[0], run_name='__main__')", str(script))  # fmt: skip
    async with serving(tmp_path / "data", upstream, command=command) as app:
        async with http.post(app.origin + GPT.path, json=GPT.body(PROSE)) as got:
            assert NAME in GPT.text(await got.read())
        app.process.terminate()
        assert await app.ends() == Exit.OK


@posix
async def test_a_second_app_on_the_same_folder_does_not_start(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with serving(tmp_path, upstream) as app:
        second = await asyncio.to_thread(run, "serve", "--data-dir", tmp_path, "--port", 0, "--no-ner")
        assert second.returncode == Exit.UNAVAILABLE
        assert b"already running with this data folder" in second.stderr
        app.process.terminate()
        assert await app.ends() == Exit.OK
    async with serving(tmp_path, upstream) as app:  # the lock has gone with its process
        app.process.kill()
        await app.ends()
    async with serving(tmp_path, upstream) as app:  # however that ended
        app.process.terminate()
        assert await app.ends() == Exit.OK


def _serve(folder: Path, *more: object, **environ: str) -> subprocess.CompletedProcess[bytes]:
    return run("serve", "--data-dir", folder, "--host", "127.0.0.1", "--port", 0, "--no-ner", *more, environ=environ)


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("serve", "--data-dir", tmp_path, "--host", "127.0.0.1", "--port", port, "--no-ner")
    assert done.returncode == Exit.UNAVAILABLE
    name = "" if sys.platform != "linux" else rf" \([^)]+, process {os.getpid()}\)"
    said = rf"Port {port} is taken by another program{name}\.\n.*start this one with --port \d+, which is free"
    assert re.search(said, done.stderr.decode())


def test_a_host_that_is_not_ours(tmp_path: Path) -> None:
    for host in ("192.0.2.1", "no-such-host.invalid"):
        serve = ("serve", "--data-dir", tmp_path, "--host", host, "--port", 0, "--no-ner")
        assert run(*serve).returncode == Exit.CONFIG  # nobody could tell who may ask there
        done = run(*serve, environ={"ANONAMOOSE_ACCESS_TOKEN": new_token()})
        assert done.returncode == Exit.UNAVAILABLE
        assert f"The host {host} is no address of this machine.".encode() in done.stderr


def _serve_in_a_file(folder: Path) -> bytes:
    file = folder / "file"
    file.write_text("not a folder")
    for root in (file, file / "below"):
        done = _serve(root)
        assert done.returncode == Exit.CANNOT_CREATE
        assert str(root).encode() in done.stderr
    return done.stderr


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    _serve_in_a_file(tmp_path)


def test_a_folder_that_cannot_be_written_is_named_as_the_cause(tmp_path: Path) -> None:
    said = _serve_in_a_file(tmp_path)
    assert b"cannot be written to" in said and b"--data-dir" in said


def _key(byte: int) -> str:
    return base64.b64encode(bytes([byte]) * 32).decode()


@pytest.mark.parametrize(
    ("key", "words"),
    [(_key(2), "does not fit the vault"), ("dG9vIHNob3J0", "must be 32 bytes"), ("not base64!", "must be 32 bytes")],
)
def test_a_wrong_vault_key(tmp_path: Path, key: str, words: str) -> None:
    flags = ("--data-dir", tmp_path, "--no-ner")
    first = run("redact", *flags, input=PROSE.encode(), environ={"ANONAMOOSE_VAULT_KEY": _key(1)})
    assert first.returncode == Exit.OK and not (tmp_path / "vault.key").exists()
    environ = {"ANONAMOOSE_VAULT_KEY": key}
    for done in (_serve(tmp_path, **environ), run("redact", *flags, input=b"x", environ=environ)):
        assert done.returncode == Exit.CONFIG and words.encode() in done.stderr
        assert not done.stdout and key.encode() not in done.stderr


def test_a_vault_without_its_key_file(tmp_path: Path) -> None:
    flags = ("--data-dir", tmp_path, "--no-ner")
    assert run("redact", *flags, input=PROSE.encode()).returncode == Exit.OK
    (tmp_path / "vault.key").unlink()
    done = _serve(tmp_path)
    assert done.returncode == Exit.CONFIG  # and no new key is made, which would make the vault unreadable for good
    assert not (tmp_path / "vault.key").exists()


def test_a_vault_that_is_damaged_or_newer(tmp_path: Path) -> None:
    vault = tmp_path / "vault.sqlite3"
    vault.write_bytes(b"this is no database " * 100)
    done = _serve(tmp_path, ANONAMOOSE_VAULT_KEY=_key(1))
    assert done.returncode == Exit.CANNOT_CREATE and b"cannot be opened" in done.stderr
    vault.unlink()
    with contextlib.closing(sqlite3.connect(vault)) as connection:
        connection.execute("PRAGMA user_version = 99")
    done = _serve(tmp_path, ANONAMOOSE_VAULT_KEY=_key(1))
    assert done.returncode == Exit.CANNOT_CREATE and b"newer version" in done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"version": 2, "values": {}}', "newer version"),
        ("{", "is damaged"),
        ("[]", "is damaged"),
        ('{"version": 1}', "is damaged"),
        ("[" * 5000, "is damaged"),
        ('{"version": 1, "values": {"port": "many"}}', "port"),
        ('{"version": 1, "values": {"drain": 601}}', "between 0 and 600"),
    ],
)
def test_settings_that_cannot_be_used(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "settings.json").write_text(text)
    done = run("serve", "--data-dir", tmp_path)
    assert done.returncode == Exit.CONFIG and words.encode() in done.stderr
    assert len(done.stderr.splitlines()) <= 2
    assert (tmp_path / "settings.json").read_text() == text


def test_usage(tmp_path: Path) -> None:
    flags = ("--data-dir", tmp_path)
    assert run("--version").returncode == Exit.OK
    assert b"anonamoose" in run("--help").stdout
    for words in (("no-such-command",), ("serve", "--no-such-flag"), ("dictionary",), ("srve",)):
        mistyped = run(*words)
        assert mistyped.returncode == Exit.USAGE
        assert [line[:12] for line in mistyped.stderr.splitlines()] == [b"anonamoose: "] * 2
    assert "did you mean “serve”?".encode() in mistyped.stderr
    assert run("serve", *flags, "--port", "70000").returncode == Exit.CONFIG
    assert run("serve", *flags, "--openai-upstream", "ftp://example.com").returncode == Exit.CONFIG
    assert run("serve", *flags, environ={"ANONAMOOSE_DRAIN": "soon"}).returncode == Exit.CONFIG
    assert run("redact", *flags, "--session", "with blank", input=b"x").returncode == Exit.USAGE
    missing = run("redact", *flags, tmp_path / "missing.txt")
    assert (missing.returncode, missing.stdout) == (Exit.NO_INPUT, b"")
    broken = run("redact", *flags, "--ner-model", tmp_path, input=PROSE.encode())
    assert (broken.returncode, broken.stdout) == (Exit.UNAVAILABLE, b"")
    assert b"Detection cannot run." in broken.stderr


def test_a_setting_may_stand_before_the_command(tmp_path: Path) -> None:
    redacted = run("--data-dir", tmp_path / "ours", "--no-ner", "redact", input=PROSE.encode())
    assert_hidden(redacted.stdout, "the redacted text")
    assert run("--data-dir", tmp_path / "ours", "restore", input=redacted.stdout).stdout == PROSE.encode()
    wins = run("--data-dir", tmp_path / "ours", "session", "all", "--data-dir", tmp_path / "theirs")
    assert (wins.stdout, wins.stderr) == (b"", b"")


_TAIL = b"\r\n\xff\xfe\r\n\x00\tand no line end \xc3\xa9 \xed\xa0\x80"
_ODD = PROSE.encode() + _TAIL


def test_redact_and_restore_are_each_others_inverse(tmp_path: Path) -> None:
    flags = ("--data-dir", tmp_path, "--session", "pipes")
    redacted = run("redact", *flags, "--no-ner", input=_ODD)
    assert redacted.returncode == Exit.OK and not redacted.stderr
    assert_hidden(redacted.stdout, "the redacted text")
    assert redacted.stdout.endswith(_TAIL)
    restored = run("restore", *flags, input=redacted.stdout)
    assert (restored.returncode, restored.stdout, restored.stderr) == (Exit.OK, _ODD, b"")
    file = tmp_path / "text.txt"
    file.write_bytes(_ODD)
    assert run("redact", *flags, "--no-ner", file).stdout == redacted.stdout
    other = run("restore", "--data-dir", tmp_path, "--session", "other", input=redacted.stdout)
    assert other.stdout == redacted.stdout
    assert b"There is no session 'other'" in other.stderr
    listed = run("session", "all", "--data-dir", tmp_path).stdout.splitlines()
    assert [line.split(b"\t")[0] for line in listed] == [b"pipes"]  # asking for one makes none


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", files.pdf(f"Write to {NAME}", EMAIL)),
        ("a.docx", files.word(f"Write to {NAME}", EMAIL)),
        ("a.eml", f"Subject: Hello\r\nTo: {EMAIL}\r\n\r\nWrite to {NAME}.\r\n".encode()),
    ],
)
def test_redact_reads_what_is_written_in_a_document(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str, data: bytes
) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    assert run_here("redact", file, "--no-ner", "--data-dir", tmp_path / "data") == Exit.OK
    out, _ = capfd.readouterr()
    assert "Write to [PERSON_" in out and "[EMAIL_" in out
    assert_hidden(out, "the redacted document")


def test_redact_prints_nothing_of_what_it_cannot_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "photo.txt"
    file.write_bytes(files.PNG)
    assert run_here("redact", file, "--no-ner", "--data-dir", tmp_path / "data") == Exit.DATA
    out, err = capfd.readouterr()
    assert out == "" and "No text can be read in this file (PNG)" in err


def test_redact_knows_a_person_again_in_the_same_text_and_in_the_next(tmp_path: Path) -> None:
    flags = ("--data-dir", tmp_path, "--no-ner")
    text = b"Dear Siobhan Kowalski: siobhan_kowalski.pdf"
    first = run("redact", *flags, input=text).stdout
    (number,) = re.findall(rb"Dear \[PERSON_(\d+)\]", first)
    assert first == b"Dear [PERSON_%b]: [PERSON_B_%b].pdf" % (number, number)
    second = run("redact", *flags, input=b"kowalski").stdout
    assert second == b"[PERSON_LAST_%b]" % number
    assert run("restore", "--data-dir", tmp_path, input=first + second).stdout == text + b"kowalski"


def test_redact_reads_json_as_the_text_it_is(tmp_path: Path) -> None:
    text = json.dumps({EMAIL: {"role": "admin"}, "members": {CARD: NAME}, "note": f"Ask {NAME}."}).encode()
    redacted = run("redact", "--data-dir", tmp_path, "--no-ner", input=text)
    assert redacted.returncode == Exit.OK and json.loads(redacted.stdout)
    assert_hidden(redacted.stdout, "the redacted text")
    assert run("restore", "--data-dir", tmp_path, input=redacted.stdout).stdout == text


def test_redact_tells_in_json_what_it_found(tmp_path: Path) -> None:
    done = run("redact", "--data-dir", tmp_path, "--json", input=PROSE.encode())
    assert done.returncode == Exit.OK
    told = json.loads(done.stdout)
    assert told["session"] == "cli" and PLACEHOLDER.search(told["text"])
    text = told["text"]
    for span in told["spans"]:
        assert span["placeholder"] in text
        text = text.replace(span["placeholder"], PROSE[span["start"] : span["end"]])
    assert text == PROSE
    values = [PROSE[span["start"] : span["end"]] for span in told["spans"]]
    assert values[0] == NAME and EMAIL in values and values[-1].endswith(CARD)
    assert_hidden(done.stdout, "the JSON")
    odd = run("redact", "--data-dir", tmp_path, "--json", input=_ODD)
    assert odd.returncode == Exit.OK


def test_redact_takes_operators_thresholds_and_a_preset(tmp_path: Path) -> None:
    flags = ("--data-dir", tmp_path, "--no-ner", "--session", "operators")
    text = f"{NAME} ({EMAIL}) at 192.168.7.21 with {CARD}".encode()
    done = run("redact", *flags, "--preset", "coding", "--operators", "PERSON=mask, CARD=mask", input=text)
    assert done.returncode == Exit.OK
    assert re.fullmatch(rb"\[PERSON\] \(\[EMAIL_\d+\]\) at 192\.168\.7\.21 with \[CARD\]", done.stdout)
    back = run("restore", "--data-dir", tmp_path, "--session", "operators", input=done.stdout)
    assert back.stdout.decode() == f"[PERSON] ({EMAIL}) at 192.168.7.21 with [CARD]"
    done = run("redact", *flags, "--thresholds", "IP_ADDRESS=0.7", input=text)
    assert b"192.168.7.21" in done.stdout and done.stdout.startswith(b"[PERSON_")
    done = run("redact", *flags, "--operators", "CREDIT_CARD=block,EMAIL=block", input=text)
    assert (done.returncode, done.stdout) == (Exit.DATA, b"")
    assert_hidden(done.stderr, "the error")
    assert b"1 CREDIT_CARD and 1 EMAIL_ADDRESS, which" in done.stderr
    done = run("redact", *flags, "--operators", "SSN=block", input=text)
    assert (done.returncode, done.stdout) == (Exit.CONFIG, b"") and b"US_SSN is probably meant." in done.stderr


def test_a_session_is_given_settings_of_its_own(tmp_path: Path) -> None:
    own = ("--data-dir", tmp_path)
    assert run("session", "list", *own).stdout == b""
    given = run("session", "set", "work", "preset=coding", "operators=PERSON=mask;CARD=block", *own)
    assert (given.returncode, given.stdout, given.stderr) == (Exit.OK, b"", b"")
    assert run("session", "set", "work", "ner=off", "locale=", *own).returncode == Exit.OK
    assert run("session", "set", "play", "ner=off", *own).returncode == Exit.OK
    assert run("session", "list", *own).stdout.decode().splitlines() == [
        'play ner="off"',
        'work ner="off" operators="PERSON=mask;CARD=block" preset="coding"',
    ]
    text = f"{NAME} at 192.168.7.21".encode()
    redact = ("redact", *own, "--session")
    assert run(*redact, "work", input=text).stdout == b"[PERSON] at 192.168.7.21"
    assert run(*redact, "work", "--no-patterns", "--operators", "", input=text).stdout.startswith(b"[PERSON_")
    assert run(*redact, "work", input=CARD.encode()).returncode == Exit.DATA
    assert PLACEHOLDER.search(run(*redact, "play", input=CARD.encode()).stdout.decode())
    assert run("session", "set", "work", "operators=", *own).returncode == Exit.OK
    assert run("session", "clear", "play", *own).returncode == Exit.OK
    assert run("session", "list", *own).stdout.decode().splitlines() == ['work ner="off" preset="coding"']


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("set", "a b", "ner=off"), Exit.USAGE, "no name for a session"),
        (("clear", ""), Exit.USAGE, "no name for a session"),
        (("set", "a", "port=1"), Exit.USAGE, "It takes NAME=VALUE with one of"),
        (("set", "a", "ner"), Exit.USAGE, "It takes NAME=VALUE with one of"),
        (("set", "a", "ner=off", "preset=lax"), Exit.CONFIG, "one of strict, balanced, coding"),
        (("set", "a", "operators=TFN=block"), Exit.CONFIG, "AU_TFN is probably meant"),
        (("set", "a"), Exit.USAGE, "required"),
        ((), Exit.USAGE, "required"),
    ],
)
def test_a_session_is_given_nothing_that_does_not_fit(
    tmp_path: Path, arguments: tuple[str, ...], status: Exit, words: str
) -> None:
    done = run("session", *arguments, *(("--data-dir", tmp_path) if arguments else ()))
    assert done.returncode == status and words in done.stderr.decode()
    assert not (tmp_path / "vault.sqlite3").exists()


def test_redact_survives_a_reader_that_goes_away(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*_CLI, "redact", "--data-dir", str(tmp_path), "--no-ner"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_ENVIRON,
    )
    assert process.stdin and process.stdout and process.stderr
    with process:
        process.stdout.close()
        process.stdin.write(b"a word and another one\n" * 20_000)
        process.stdin.close()
        assert b"Traceback" not in process.stderr.read()
        assert process.wait(PATIENCE) == Exit.OK


def test_the_benchmark_prints_what_the_proxy_adds() -> None:
    done = run("bench", "--rounds", 1, "--no-ner", "--json")
    assert done.returncode == Exit.OK, done.stderr
    (report,) = json.loads(done.stdout)
    figures = report["milliseconds"]
    kinds = {name.partition(": ")[2] for name in figures}
    assert kinds == {"latency", "first token", "CPU"} and len(figures) == 16
    for name, figure in figures.items():
        assert figure["direct"] > 0 and figure["ratio"] > 0, name
    # Detection runs in a process of its own: neither is left out of the figures.
    assert len(report["busy"]) == 2 and all(used["cpu"] > 0 for used in report["busy"])


def test_the_benchmark_counts_whole_rounds() -> None:
    assert run("bench", "--rounds", 0).returncode == Exit.USAGE


def test_the_demo_shows_its_four_texts(tmp_path: Path) -> None:
    done = run("demo", "--plain", PROSE, environ={"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)})
    assert done.returncode == Exit.OK and not done.stderr
    titles = ("What you sent", "What left this machine", "What came back", "What you got")
    parts = re.split("|".join(f"--- {title}\n" for title in titles), done.stdout.decode())
    _, sent, left, came_back, got = parts
    assert sent.strip() == PROSE
    assert_hidden(left + came_back, "what left the machine")
    assert PLACEHOLDER.search(left) and left.strip() in came_back
    assert f"“{PROSE}”" in got and not PLACEHOLDER.search(got)
    # It keeps nothing. The model's runtime would: an id of the machine, and events on their way to its maker.
    assert not list(tmp_path.iterdir())


@posix
async def test_serve_that_is_killed_loses_no_placeholder(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    """What reached the provider can be restored after the worst end there is."""
    arrived = asyncio.Event()
    upstream.answer = lambda _: Reply(chunks=[arrived])
    async with serving(tmp_path, upstream) as app:
        asking = asyncio.create_task(_post(http, app.origin))
        received = await upstream.arrived()
        app.process.kill()
        with contextlib.suppress(aiohttp.ClientError):
            await asking
    said = " ".join(received.placeholders).encode()
    store = unlock(Paths(tmp_path))
    row = store.database.call(lambda c: c.execute("SELECT id, wrapped_key, name FROM session").fetchone())
    _, session = Vault(store.database, store.seal, 24).opened(*row)
    store.database.close()
    restored = await asyncio.to_thread(run, "restore", "--data-dir", tmp_path, "--session", session, input=said)
    assert restored.returncode == Exit.OK and NAME.encode() in restored.stdout and not restored.stderr


async def _post(http: aiohttp.ClientSession, origin: str) -> None:
    async with http.post(origin + GPT.path, json=GPT.body(PROSE)) as got:
        await got.read()
