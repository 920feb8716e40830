"""The promise about what was sent before: a longer conversation starts with the very same bytes."""

from __future__ import annotations

import asyncio
import itertools
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.engine import Engine
from app.pipeline.fields import Fields
from app.pipeline.placeholder import Style
from app.pipeline.redaction import redact
from app.pipeline.restore import restore
from app.pipeline.session import Session
from app.pipeline.terms import Term
from app.store.database import Database
from app.store.sealing import Seal
from app.store.vault import Vault
from tests.property.texts import POLICY, VALUES, engine, styles, texts

_SEAL = Seal(b"m" * 32)
_FIELDS = Fields(identifiers=("messages[].role",), opening="messages")
#: One stand-in for each value at most, and none that overlaps another.
_TERMS = [
    Term(value, ["PERSON", "A_B"][at % 2], replacement=["", "", "Kiwi", "Moa"][at % 4])
    for at, value in enumerate(VALUES)
    if value != "\ud800"
]


async def _turns(
    path: Path, messages: list[str], restarts: list[bool], looks: Sequence[Style], find: Engine
) -> list[str]:
    """The redacted body of each turn."""
    bodies = []
    database = Database(path)
    vault = Vault(database, _SEAL, 1)
    try:
        for number, restart in enumerate(restarts, 1):
            if restart:
                database.close()
                database = Database(path)
                vault = Vault(database, _SEAL, 1)
            session = await vault.session("talk")
            bodies.append(_redacted(messages[:number], session, find, looks[number - 1]))
            await vault.save(session)
            assert restore(bodies[-1], session) != "" and not any(session.take_pending())
    finally:
        database.close()
    return bodies


def _redacted(messages: list[str], session: Session, find: Engine, style: Style) -> str:
    body = json.dumps({"messages": [{"role": "user", "content": content} for content in messages]}, ensure_ascii=False)
    return redact(body, find.findings_in_json(body, _FIELDS, POLICY), session, style=style).text


@given(st.data())
def test_a_longer_conversation_keeps_its_redacted_prefix_byte_for_byte_also_across_restarts(
    data: st.DataObject,
) -> None:
    probe = Session("talk", b"p" * 32)
    for value in VALUES[:4]:
        probe.placeholder("PERSON", value)
    terms = data.draw(st.lists(st.sampled_from(_TERMS), max_size=5, unique=True))
    messages = data.draw(st.lists(texts(probe, terms), min_size=2, max_size=4))
    restarts = data.draw(st.lists(st.booleans(), min_size=len(messages), max_size=len(messages)))
    looks = data.draw(st.lists(styles, min_size=len(messages), max_size=len(messages)))
    with tempfile.TemporaryDirectory() as folder:
        bodies = asyncio.run(_turns(Path(folder) / "vault.sqlite3", messages, restarts, looks, engine(terms)))
    for shorter, longer in itertools.pairwise(bodies):
        assert longer.startswith(shorter.removesuffix("]}"))
