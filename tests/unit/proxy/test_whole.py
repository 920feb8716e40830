from __future__ import annotations

import base64
import json

import pytest

from app.pipeline.memo import digest
from app.pipeline.session import Session
from app.proxy.whole import restore_string
from tests.files import PNG, b64, data_url


@pytest.fixture
def session() -> Session:
    session = Session("s", b"k" * 32)
    session.placeholder("PERSON", "Zoë")
    session.placeholder("PERSON", "東")
    return session


def test_a_text_in_base64_is_restored_where_it_stands(session: Session) -> None:
    token = session.placeholder("PERSON", "Zoë")
    for value, expected in (
        (b64(f"Here is {token}."), b64("Here is Zoë.")),
        (data_url("text/csv", f"a,{token}"), data_url("text/csv", "a,Zoë")),
        (f"data:text/plain,{token}", "data:text/plain,Zo%C3%AB"),
        (data_url("application/json", json.dumps({"a": token})), data_url("application/json", '{"a": "Zoë"}')),
    ):
        restored, count = restore_string(value, "data", session)
        assert (restored.got, restored.came, count) == (expected, value, 1)


def test_what_was_in_it_is_remembered(session: Session) -> None:
    token = session.placeholder("PERSON", "Zoë")
    restore_string(b64(f"Here is {token}."), "file_data", session)
    edits = session.recall(digest("Here is Zoë.", "data"))
    assert edits is not None and [(edit.start, edit.end, edit.text) for edit in edits] == [(8, 11, token)]


def test_all_else_stays(session: Session) -> None:
    for value in (b64("Nobody is in here."), b64(PNG), data_url("image/png", PNG), "Zo", "ab" * 20, ""):
        assert restore_string(value, "data", session)[0].got == value


def test_a_charset_without_the_letters_keeps_the_placeholder(session: Session) -> None:
    token = session.placeholder("PERSON", "東")
    value = f"data:text/plain;charset=cp037;base64,{base64.b64encode(f'Dear {token}'.encode('cp037')).decode()}"
    assert restore_string(value, "data", session) == (restore_string(value, "data", session)[0], 0)
    assert restore_string(value, "data", session)[0].got == value
