"""What the user tells of holds in the next request, whoever was told: the app, or the command line beside it."""

from __future__ import annotations

import asyncio
import base64
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from app.errors import Exit
from app.events import EventBus
from app.pipeline.terms import Term
from app.settings_store import SettingsStore
from app.store.term_use import TermUse
from app.store.terms import Terms
from app.text_command import opened
from tests.commands import run_here
from tests.e2e.conftest import Running, launched
from tests.e2e.dialects import GPT
from tests.e2e.test_command_line import run
from tests.fakes import FakeUpstream

KEY = base64.b64encode(bytes(range(32))).decode()
ENVIRON = {"ANONAMOOSE_VAULT_KEY": KEY}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def app(_upstream: FakeUpstream, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """An app without the layers that guess."""
    async with launched(tmp_path_factory.mktemp("own"), _upstream, ner=False, names=False) as running:
        await running.protected()
        yield running


async def sent(running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, text: str, session: str) -> str:
    """What the provider gets for `text`, in a session of its own."""
    named = {"x-anonamoose-session": session}
    async with http.post(running.origin + GPT.path, json=GPT.body(text), headers=named) as got:
        assert got.status == 200, await got.text()
    content = upstream.last.json()["messages"][-1]["content"]
    assert isinstance(content, str)
    return content


async def test_an_allowed_value_passes_in_the_next_request(
    app: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    text = "Mail press@example.com and desk@example.com."
    assert "press@" not in await sent(app, upstream, http, text, "allow-1")
    ids = await app.app.terms.add([Term("PRESS@example.com", "", kind="allowed")])
    try:
        got = await sent(app, upstream, http, text, "allow-2")
        assert got.startswith("Mail press@example.com and [EMAIL_")
        # What was sent is sent again as it was: the model has seen a placeholder.
        talk = [("user", text), ("assistant", "Fine."), ("user", "And now?")]
        body = {"model": "m", "messages": [{"role": role, "content": said} for role, said in talk]}
        async with http.post(app.origin + GPT.path, json=body, headers={"x-anonamoose-session": "allow-1"}) as again:
            assert again.status == 200
        assert b"press@" not in upstream.last.body
    finally:
        await app.app.terms.remove(ids)
    assert "press@" not in await sent(app, upstream, http, text, "allow-3")


async def test_a_pattern_holds_in_the_next_request(
    app: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    text = "Ask ZED/7741-b about it."
    assert await sent(app, upstream, http, text, "pattern-1") == text
    pattern = Term(r"zed/(\d{4}-[a-z])", "STAFF", kind="pattern", first_group=True)
    ids = await app.app.terms.add([pattern])
    try:
        assert (await sent(app, upstream, http, text, "pattern-2")).startswith("Ask ZED/[STAFF_")
    finally:
        await app.app.terms.remove(ids)


async def test_a_pattern_that_takes_too_long_sends_nothing(
    app: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    pattern = Term(r"(?:ж|жж)+щ", "SLOW", kind="pattern")
    with pytest.raises(ValueError, match="too long"):
        await app.app.terms.add([pattern])
    app.app.worker.change_terms({-1: pattern})
    try:
        async with http.post(app.origin + GPT.path, json=GPT.body("ж" * 90)) as got:
            assert got.status == 403 and "Your pattern for SLOW takes too long" in await got.text()
        assert not upstream.wire
    finally:
        app.app.worker.change_terms({-1: None})


async def test_one_term_among_many_is_changed(
    app: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    many = {-number: Term(f"Quoll {number} Holdings") for number in range(1, 5_001)}
    app.app.worker.change_terms(many)
    try:
        got = await sent(app, upstream, http, "Quoll 17 Holdings, Quoll 4999 Holdings", "many-1")
        assert "Quoll" not in got
        (id,) = await app.app.terms.add([Term("Numbat Holdings")])
        app.app.worker.change_terms({-17: None})
        got = await sent(app, upstream, http, "Quoll 17 Holdings, Quoll 4999 Holdings, numbat holdings", "many-2")
        assert got.startswith("Quoll 17 Holdings, [CUSTOM_") and "numbat" not in got
        await app.app.terms.remove([id])
        got = await sent(app, upstream, http, "numbat holdings", "many-3")
        assert got == "numbat holdings"
    finally:
        app.app.worker.change_terms(dict.fromkeys(many))


async def test_the_command_line_tells_the_running_app(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANONAMOOSE_VAULT_KEY", KEY)

    def dictionary(*words: str, input: bytes = b"") -> str:
        done = run("dictionary", *words, "--data-dir", tmp_path, input=input, environ=ENVIRON)
        assert done.returncode == Exit.OK, done.stderr
        return done.stdout.decode()

    async with launched(tmp_path, upstream, ner=False, names=False) as app:
        text = "The quibbleflax of desk@example.com"
        assert (await sent(app, upstream, http, text, "cli-1")).startswith("The quibbleflax of [EMAIL_")
        dictionary("import", "-", input=b"text,entity,kind\nQuibbleflax,PROJECT,\ndesk@example.com,,allowed\n")
        got = await sent(app, upstream, http, text, "cli-2")
        assert got.startswith("The [PROJECT_") and got.endswith(" of desk@example.com")
        assert len(app.app.terms) == 2
        dictionary("remove", "Quibbleflax")
        assert await sent(app, upstream, http, text, "cli-3") == text
        exported = dictionary("export")
    assert exported.splitlines()[1:] == ["allowed,desk@example.com,,false,true,,true,false"]
    assert dictionary("list").split() == ["2", "allowed", "any", "desk@example.com"]


@pytest.mark.parametrize(
    ("words", "input", "code", "said"),
    [
        (["add", "(", "--pattern"], b"", Exit.DATA, b"The pattern cannot be read"),
        (["add", "a", "--type", "no type"], b"", Exit.DATA, b"is not a type"),
        (["remove", "nobody"], b"", Exit.FAILURE, b"Nothing in the dictionary is called that."),
        (["import", "-"], b"text\nok\n\xff", Exit.DATA, b"not in UTF-8"),
        (["import", "-"], b"text,enabled\nok,\nsecret,maybe", Exit.DATA, b"Entry 2: enabled takes yes or no."),
        (["import", "no/such/file.csv"], b"", Exit.NO_INPUT, b"cannot be read"),
        (["export", "no/such/folder/file.csv"], b"", Exit.CANNOT_CREATE, b"cannot be written"),
    ],
)
def test_what_the_command_line_refuses(tmp_path: Path, words: list[str], input: bytes, code: Exit, said: bytes) -> None:
    done = run("dictionary", *words, "--data-dir", tmp_path, input=input, environ=ENVIRON)
    assert done.returncode == code and said in done.stderr
    assert run("dictionary", "list", "--data-dir", tmp_path, environ=ENVIRON).stdout == b""


def test_a_pattern_for_everything_is_warned_of(tmp_path: Path) -> None:
    done = run("dictionary", "add", "--pattern", r"\w+", "--data-dir", tmp_path, environ=ENVIRON)
    assert done.returncode == Exit.OK and b"hides most of any text" in done.stderr


def test_what_is_there_already_is_not_added_again(tmp_path: Path) -> None:
    for said in (b"2 added.", b"0 added, 2 were there already."):
        done = run("dictionary", "import", "-", "--data-dir", tmp_path, input=b"Osprey\nKestrel\n", environ=ENVIRON)
        assert said in done.stderr


async def test_a_term_that_hides_something_is_counted_once(
    app: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    ids = await app.app.terms.add([Term("Wobblequist"), Term("Nimblethorpe")])
    try:
        await sent(app, upstream, http, "Wobblequist and WOBBLEQUIST", "hits")
        async with asyncio.timeout(30):
            while not app.app.use.get(ids[0]).hits:  # noqa: ASYNC110  (it is counted behind the answer)
                await asyncio.sleep(0.01)
        assert [app.app.use.get(id).hits for id in ids] == [2, 0]
        assert not any(exchange.fired for exchange in app.app.exchanges)
    finally:
        await app.app.terms.remove(ids)
    app.app.use.forget()


def test_an_import_is_looked_at_before_it_is_done(tmp_path: Path) -> None:
    def dictionary(*words: str, input: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return run("dictionary", *words, "--data-dir", tmp_path, input=input, environ=ENVIRON)

    dictionary("add", "Osprey")
    done = dictionary("import", "-", "--dry-run", input=b"text,entity\nOsprey,\nWill,\nQuoll,1!\n")
    assert done.returncode == Exit.OK
    assert [line.split()[1] for line in done.stdout.decode().splitlines()] == ["same", "new", "refused"]
    assert b"It is a common word." in done.stdout and b"is not a type" in done.stdout
    assert done.stderr.strip() == b"1 same, 1 new, 1 refused."
    assert dictionary("list").stdout.count(b"\n") == 1


def test_entries_are_turned_off_and_changed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def dictionary(*words: str, code: Exit = Exit.OK) -> str:
        assert run_here("dictionary", *words, "--data-dir", tmp_path) == code
        out, err = capfd.readouterr()
        return out if code == Exit.OK else err

    dictionary("add", "Osprey", "Kestrel")
    dictionary("add", "--allow", "Kestrel")
    dictionary("change", "Kestrel", "--off")
    listed = [line.split() for line in dictionary("list").splitlines()]
    assert listed == [
        ["1", "term", "CUSTOM", "Osprey"],
        ["2", "term", "CUSTOM", "off", "Kestrel"],
        ["3", "allowed", "any", "off", "Kestrel"],
    ]
    dictionary("change", "--id", "2", "--on", "--type", "project", "--replacement", "Falcon", "--part")
    assert [*dictionary("list").splitlines()[1].split()] == ["2", "term", "PROJECT", "part", "Kestrel", "→", "Falcon"]
    dictionary("change", "--id", "2", "--no-part", "--replacement", "")
    assert [*dictionary("list", "--hits").splitlines()[1].split()] == ["2", "term", "PROJECT", "0", "hits", "Kestrel"]
    assert "It has to be said what to change." in dictionary("change", "Osprey", code=Exit.USAGE)
    assert "called that" in dictionary("change", "Merlin", "--off", code=Exit.FAILURE)
    assert "is not a type" in dictionary("change", "Osprey", "--type", "1!", code=Exit.DATA)


def test_hits_are_told_once_they_are_stored(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with opened(SettingsStore({"data_dir": tmp_path}, environ={}, bus=EventBus())) as (database, seal):
        terms = Terms(database, seal, EventBus())
        asyncio.run(terms.add([Term("Osprey")]))
        use = TermUse(database, terms)
        asyncio.run(use.add({"osprey": 3}))
    assert run_here("dictionary", "list", "--hits", "--data-dir", tmp_path) == Exit.OK
    assert " 3 hits, 20" in capfd.readouterr().out


def test_a_pattern_is_tried_before_it_is_added(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "text.txt"
    text.write_text("From EMP-12345 to emp-99999.")

    def tried(*words: str, code: Exit = Exit.OK) -> tuple[str, str]:
        assert run_here("dictionary", "try", *words, text, "--data-dir", tmp_path) == code
        out, err = capfd.readouterr()
        return out, err

    assert tried(r"EMP-\d{5}") == ("5-14\tEMP-12345\n18-27\temp-99999\n", "2 found.\n")
    assert tried(r"EMP-(\d{5})", "--first-group", "--case-sensitive")[0] == "9-14\t12345\n"
    assert "hides most of any text" in tried(r"\w+")[1]
    assert "cannot be read" in tried("(", code=Exit.DATA)[1]
    assert not (tmp_path / "vault.sqlite3").exists()
