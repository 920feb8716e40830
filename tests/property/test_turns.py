"""The promise about turns: what was sent goes out again as the same bytes, whatever the dictionary has become."""

from __future__ import annotations

import asyncio
import itertools
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.pipeline.fields import Fields
from app.pipeline.memo import of_answer
from app.pipeline.outline import decode, outline, redact_body, unsent
from app.pipeline.restore import Restorer
from app.pipeline.session import Session
from app.pipeline.terms import Term
from app.store.database import Database
from app.store.sealing import Seal
from app.store.vault import Vault
from tests.property.texts import POLICY, VALUES, engine, texts

_SEAL = Seal(b"m" * 32)
_FIELDS = Fields(identifiers=("messages[].role",), opening="messages")
_TERMS = [Term(value, "PERSON") for value in VALUES if value != "\ud800"]


@dataclass(frozen=True)
class Turn:
    """What a user says, what the model answers, what the dictionary holds by then, whether the app is new."""

    asks: str
    answers: str
    terms: tuple[Term, ...]
    restarts: bool


async def _sent(path: Path, turns: list[Turn]) -> tuple[list[str], list[str]]:
    """The body of each turn as it went out, and all that was said, as the client keeps it."""
    messages: list[dict[str, str]] = []
    bodies = []
    database = Database(path)
    vault = Vault(database, _SEAL, 1)
    try:
        for turn in turns:
            if turn.restarts:
                database.close()
                database = Database(path)
                vault = Vault(database, _SEAL, 1)
            session = await vault.session("talk")
            messages.append({"role": "user", "content": turn.asks})
            bodies.append(_redacted(messages, session, turn.terms))
            messages.append({"role": "assistant", "content": _restored(turn.answers, session)})
            await vault.save(session)
    finally:
        database.close()
    return bodies, [message["content"] for message in messages]


def _redacted(messages: list[dict[str, str]], session: Session, terms: tuple[Term, ...]) -> str:
    body = json.dumps({"messages": messages}).encode()
    opened, found, _ = outline(body, _FIELDS)
    find = engine(terms)
    findings = {n: find.findings_in_leaf(found[n].value, found[n].key, POLICY) for n in unsent(opened.parts, session)}
    return redact_body(decode(body), opened.parts, findings, session, quoting=False).text


def _restored(text: str, session: Session) -> str:
    restorer = Restorer(session)
    restored = restorer.feed(text) + restorer.flush()
    for memory in of_answer("content", restored, restorer.edits, text):
        session.learn(memory)
    return restored


@settings(max_examples=50)
@given(st.data())
def test_what_was_sent_and_what_was_answered_go_out_again_as_the_same_bytes(data: st.DataObject) -> None:
    probe = Session("talk", b"p" * 32)
    for value in VALUES[:4]:
        probe.placeholder("PERSON", value)
    turns = [
        Turn(
            data.draw(texts(probe, _TERMS)),
            data.draw(texts(probe, _TERMS)),
            tuple(data.draw(st.lists(st.sampled_from(_TERMS), max_size=5, unique=True))),
            data.draw(st.booleans()),
        )
        for _ in range(data.draw(st.integers(2, 4)))
    ]
    with tempfile.TemporaryDirectory() as folder:
        bodies, said = asyncio.run(_sent(Path(folder) / "vault.sqlite3", turns))
    for shorter, longer in itertools.pairwise(bodies):
        assert longer.startswith(shorter.removesuffix("]}"))
    for at, message in enumerate(json.loads(bodies[-1])["messages"]):
        # A text that somebody has said before goes out as it did then, and not as this model wrote it.
        if at % 2 and said[at].strip() not in map(str.strip, said[:at]):
            assert message["content"] == turns[at // 2].answers
