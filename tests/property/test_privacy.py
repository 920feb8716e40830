"""The promise about what we say: no repr, log line, exception, event, metric or error body holds an original value."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.credentials import MasterKey
from app.errors import UserError
from app.events import Event, EventBus, TermsChanged
from app.pipeline.detection import Detection
from app.pipeline.fields import Fields, leaves
from app.pipeline.json_context import JsonContext
from app.pipeline.json_text import Offsets, UnreadableJson, parse
from app.pipeline.outline import decode, redact_body
from app.pipeline.policy import Policy
from app.pipeline.restore import Restorer
from app.pipeline.terms import Term
from app.proxy.controls import controls
from app.proxy.exchange import Exchange, ExchangeLog
from app.proxy.providers.anthropic import ANTHROPIC
from app.proxy.providers.openai import OPENAI
from app.proxy.refusal import Refusal
from app.proxy.sse import make
from app.proxy.stream import StreamRestorer
from app.settings import OWN, Settings
from app.store.counts import Counts
from app.store.database import Database
from app.store.sealing import Seal
from app.store.terms import Terms
from app.store.vault import Vault

#: Long and odd enough to be nowhere by accident.
CANARY = "Zyxwvut"
_values = st.sampled_from(["{}", "{}@example.com", 'a "{}"', "{}\nb", "\ud800{}", "{}\\"]).map(
    lambda form: form.format(CANARY)
)
_POLICY = Policy(layers=frozenset({"dictionary"}))


@contextmanager
def _everything_logged() -> Iterator[list[str]]:
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler, root = Keep(1), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(1)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


async def _one_request(folder: Path, value: str, said: list[Any]) -> None:
    """All that a request goes through but the network; puts every object on the way into `said`."""
    database, seal, bus = Database(folder / "vault.sqlite3"), Seal(b"m" * 32), EventBus()
    try:
        bus.subscribe(said.append)
        vault, terms, counts = Vault(database, seal, 1), Terms(database, seal, bus), Counts(database, seal)
        await terms.add([Term(CANARY, "PROJECT")])
        detection = Detection("none")
        detection.use_terms(terms.enabled())
        endpoint = OPENAI.endpoints[0]
        assert endpoint.request is not None and endpoint.stream is not None
        body = json.dumps({"model": "m", "messages": [{"role": "user", "content": value}]}).encode()
        outline = detection.outline(1, body, endpoint.request)
        found = detection.findings(1, range(len(outline.parts)), _POLICY)
        session = await vault.session(vault.name(value.encode("utf-8", "surrogatepass"), outline.opening))
        redaction = redact_body(decode(body), outline.parts, found, session, quoting=False)
        pending = session.take_pending()
        session.put_back(pending)
        await vault.save(session)
        await counts.add({"PROJECT": 1})
        assert redaction.replacements and CANARY not in redaction.text
        restorer, stream = Restorer(session), StreamRestorer(endpoint.stream, session)
        assert CANARY in restorer.feed(redaction.text)
        stream.feed(make(json.dumps({"choices": [{"index": 0, "delta": {"content": redaction.text}}]})))
        exchange = Exchange(1, "POST", "/", sent=redaction, transcript=lambda: (value, value))
        context = JsonContext()
        context.advance('{"a": "' + CANARY)
        tree = parse(decode(body))
        said += [outline, found, pending, session, redaction, redaction.replacements, pending[0], restorer, stream]
        said += [exchange, context, vault, terms, counts, database, seal, detection, Offsets(json.dumps(value), 0)]
        said += list(leaves(decode(body), Fields(), tree))
        said += (await Vault(database, seal, 1).session(session.id))._by_value.values()
        said += [(MasterKey(value.encode("utf-8", "replace"), "here")), ExchangeLog(1), counts.today()]
    finally:
        database.close()


@given(_values)
def test_no_repr_log_line_event_or_metric_contains_an_original_value(value: str) -> None:
    said: list[Any] = []
    with _everything_logged() as lines, tempfile.TemporaryDirectory() as folder:
        asyncio.run(_one_request(Path(folder), value, said))
    assert any(isinstance(thing, TermsChanged) for thing in said)
    for thing in [*said, lines]:
        assert CANARY not in repr(thing) and CANARY not in str(thing), type(thing)


@pytest.mark.parametrize(
    "thing",
    [
        pytest.param(Term(CANARY)),
        pytest.param(make(CANARY)),
    ],
    ids=["term", "event"],
)
def test_no_repr_of_what_passes_through_contains_it(thing: object) -> None:
    assert CANARY not in repr(thing)


def _told(error: BaseException) -> str:
    """All that anybody could print of an exception."""
    return "\n".join([str(error), repr(error), *map(repr, error.args), *traceback.format_exception(error)])


_broken = st.sampled_from(
    ['{"a": "%s', '{"%s"}', "%s", '["%s\n"]', '{"a": "\\x%s"}', '["%s"] x', '{"a": %s}', '"%s"', "[" * 700 + '"%s"']
)


@given(_broken.map(lambda text: text % CANARY))
def test_no_exception_contains_an_original_value(text: str) -> None:
    detection = Detection("none")
    with pytest.raises(UnreadableJson) as caught:
        detection.outline(1, text.encode(), Fields())
    assert CANARY not in _told(caught.value)


def test_no_error_of_the_vault_contains_an_original_value(tmp_path: Path) -> None:
    async def fail() -> list[BaseException]:
        database, seal, bus = Database(tmp_path / "vault.sqlite3"), Seal(b"m" * 32), EventBus()
        vault, terms = Vault(database, seal, 1), Terms(database, seal, bus)
        await terms.add([Term(CANARY)])
        session = await vault.session("a")
        session.placeholder("PERSON", CANARY, CANARY + "x")
        await vault.save(session)
        errors: list[BaseException] = []
        for damage in (
            "UPDATE entry SET sealed = x'00'",
            "UPDATE term SET sealed = x'00'",
            "ALTER TABLE entry RENAME COLUMN sealed TO other",
            "ALTER TABLE reserved RENAME TO gone",
            "ALTER TABLE entry RENAME TO gone_too",
            "ALTER TABLE term RENAME TO all_gone",
        ):
            database.call(lambda connection, damage=damage: connection.execute(damage))  # type: ignore[misc]
            session.placeholder("PERSON", f"{CANARY} {damage}")
            for attempt in (
                vault.save(session),
                terms.add([Term(CANARY + " two")]),
                Vault(database, seal, 1).session("a"),
                asyncio.to_thread(Terms, database, seal, bus),
            ):
                try:
                    await attempt
                except UserError as error:
                    errors.append(error)
        database.close()
        return errors

    errors = asyncio.run(fail())
    assert len(errors) >= 8
    for error in errors:
        assert isinstance(error, UserError) and CANARY not in error.title + error.hint
        assert CANARY not in _told(error)


@pytest.mark.parametrize(
    "bad",
    [Term(CANARY * 99), Term(CANARY, "no type"), Term(CANARY, replacement=f"a {CANARY} b"), Term(f"{CANARY}\ud800")],
)
def test_no_refusal_of_a_term_contains_it(tmp_path: Path, bad: Term) -> None:
    database = Database(tmp_path / "vault.sqlite3")
    terms = Terms(database, Seal(b"m" * 32), EventBus())
    with pytest.raises(ValueError, match=r"\.$") as caught:
        asyncio.run(terms.add([bad]))
    database.close()
    assert CANARY not in str(caught.value)


@given(st.sampled_from(["session", "redact", "hydrate", *OWN]), _values)
def test_no_error_body_contains_an_original_value(name: str, value: str) -> None:
    with pytest.raises(Refusal) as caught:
        controls({f"x-anonamoose-{name}": f" {value}"}, Settings())
    for provider in (OPENAI, ANTHROPIC):
        assert CANARY not in json.dumps(provider.error(caught.value.status, caught.value.code, caught.value.message))
    assert CANARY not in _told(caught.value)


def test_events_have_no_room_for_text() -> None:
    fields = {(kind.__name__, field.name): field.type for kind in Event.__args__ for field in dataclasses.fields(kind)}
    assert {key for key, type_ in fields.items() if type_ not in ("int", "bool", "frozenset[int]")} == {
        ("SettingChanged", "name")
    }
