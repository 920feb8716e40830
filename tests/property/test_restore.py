"""Promises about the way back: what was redacted returns, whatever it looked like, and only to its own session."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.finder import MAX_LENGTH
from app.pipeline.placeholder import Style
from app.pipeline.restore import Restorer, restore
from app.pipeline.session import Session
from tests.property.texts import (
    REVERSIBLE,
    VALUES,
    cut,
    cuts,
    engine,
    hide,
    marks,
    sessions,
    styles,
    terms,
    texts,
    tokens_of,
)


@pytest.mark.parametrize("style", REVERSIBLE)
@given(data=st.data())
def test_restore_of_redact_is_the_text_for_any_text_also_one_that_looks_like_placeholders(
    style: Style, data: st.DataObject
) -> None:
    session = data.draw(sessions())
    words = data.draw(terms)
    find = engine(words, data.draw(marks))
    for text in data.draw(st.lists(texts(session, words), min_size=1, max_size=3)):
        redacted = hide(text, session, find, style=style)
        assert restore(redacted, session, escaping=False) == text
        assert bool(redacted) == bool(text)


@given(st.data())
def test_output_does_not_depend_on_where_a_text_was_cut(data: st.DataObject) -> None:
    session = data.draw(sessions())
    words = data.draw(terms)
    hide(data.draw(texts(session, words)), session, engine(words), style=data.draw(styles))
    head = data.draw(st.sampled_from(["", "{", '{"a": "', '{"a": "{\\"b\\": \\"', " [ ", '[["', "\\"]))
    answer = head + data.draw(texts(session, words))
    whole = restore(answer, session)
    restorer = Restorer(session)
    pieces = [restorer.feed(piece) for piece in cut(answer, data.draw(cuts(answer)))]
    assert "".join(pieces) + restorer.flush() == whole


@given(st.data())
def test_what_is_held_back_is_always_shorter_than_the_longest_placeholder(data: st.DataObject) -> None:
    session = data.draw(sessions())
    words = data.draw(terms)
    hide(data.draw(texts(session, words)), session, engine(words), style=data.draw(styles))
    restorer = Restorer(session)
    for piece in data.draw(texts(session, words)):
        restorer.feed(piece)
        assert len(restorer.held) < MAX_LENGTH
    for piece in cut(answer := data.draw(texts(session, words)), data.draw(cuts(answer))):
        restorer.feed(piece)
        assert len(restorer.held) < MAX_LENGTH


@given(st.data())
def test_one_sessions_placeholders_are_never_restored_in_anothers_response(data: st.DataObject) -> None:
    ours, theirs = Session("a", b"a" * 32), Session("b", b"b" * 32)
    words = data.draw(terms)
    find = engine(words)
    secrets = [f"{value}#{number}" for number, value in enumerate(VALUES)]
    for secret in secrets:
        theirs.placeholder(data.draw(st.sampled_from(["PERSON", "AB", "A_B"])), secret, style=data.draw(styles))
    hide(data.draw(texts(ours, words)), ours, find, style=data.draw(styles))
    # Their placeholders reach us in a request, and come back in the answer to it.
    quoted = data.draw(texts(theirs, words))
    asked = hide(quoted, ours, find, style=data.draw(styles))
    assert restore(asked, ours, escaping=False) == quoted
    answer = asked + data.draw(texts(theirs, words))
    restored = restore(answer, ours, escaping=False)
    assert not [secret for secret in secrets if secret in restored and secret not in answer]
    neighbour = data.draw(sessions())
    foreign = "".join(token for token in tokens_of(theirs) if not neighbour.issued(token))
    assert restore(foreign, neighbour) == foreign


@given(st.data())
def test_a_value_in_json_is_escaped_as_deeply_as_it_stands(data: st.DataObject) -> None:
    session = data.draw(sessions())
    tree: object = data.draw(st.sampled_from(tokens_of(session) or ["nothing"]))
    meant: object = session.value(str(tree)) or tree
    for _ in range(data.draw(st.integers(0, 3))):
        tree, meant = {"k": json.dumps({"v": tree})}, {"k": json.dumps({"v": meant})}
    tree, meant = {"args": [tree]}, {"args": [meant]}
    restored = json.loads(restore(json.dumps(tree, ensure_ascii=data.draw(st.booleans())), session))
    assert _opened(restored) == _opened(meant)


def _opened(tree: object) -> object:
    """`tree` with the JSON in its strings as trees, since escapes may be written in two ways."""
    if isinstance(tree, dict):
        return {key: _opened(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_opened(value) for value in tree]
    if isinstance(tree, str) and tree.startswith("{"):
        return _opened(json.loads(tree))
    return tree


@given(st.data())
def test_what_is_withheld_never_comes_back_and_all_else_does(data: st.DataObject) -> None:
    session = Session("a", b"a" * 32)
    numbered: list[Style] = ["default", "ordinal", "double", "angle"]
    style = data.draw(st.sampled_from(numbered))
    values = {f"value-{n}-": data.draw(st.sampled_from(["API_KEY", "PASSWORD", "PERSON"])) for n in range(6)}
    secrets = [value for value, entity in values.items() if entity != "PERSON"]
    said = data.draw(st.lists(st.sampled_from(list(values)), max_size=12))
    tokens = {value: session.placeholder(entity, value, style=style) for value, entity in values.items()}
    answer = " ".join(tokens[value] for value in said)

    def restored(text: str) -> str:
        restorer = Restorer(session, withheld={"API_KEY", "PASSWORD"})
        pieces = [restorer.feed(piece) for piece in cut(text, data.draw(cuts(text)))]
        return "".join(pieces) + restorer.flush(cut=True)

    assert restored(answer) == " ".join(tokens[value] if value in secrets else value for value in said)
    broken_off = restored(answer[: data.draw(st.integers(0, len(answer)))])
    assert not [value for value in secrets if value in broken_off]
