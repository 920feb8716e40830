"""What is hidden in an answer does not depend on how the answer was cut."""

from __future__ import annotations

import json
from collections.abc import Iterable

from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.pipeline.detection import Detection
from app.pipeline.entry import Entry
from app.pipeline.invented import outside, stand_in
from app.pipeline.memo import Edit, digest
from app.pipeline.policy import Policy
from app.pipeline.scanned import CONTEXT, LIMIT, Scanned
from app.pipeline.session import Session
from app.proxy.answer import restore_body
from app.proxy.framing import SSE
from app.proxy.providers.base import undeclared
from app.proxy.providers.openai import OPENAI
from app.proxy.scan import Scan
from app.proxy.sse import Event, make
from app.proxy.stream import StreamRestorer

MAIL, OWN = "mira.holt@example.org", "Priya Raman"
POLICY = Policy(layers=frozenset(["patterns", "secrets"]))
_DETECTION = Detection("none")
_CHAT = OPENAI.endpoint("POST", "/v1/chat/completions")
assert _CHAT is not None and _CHAT.stream is not None
STREAM = _CHAT.stream

# No long word stands against the address: with it, it would be no address.
_texts = st.lists(
    st.sampled_from(
        [MAIL, "card 4111 1111 1111 1111", "[PERSON_4821]", "[PERSON_4821]@example.org", "[EMAIL_1234]",
         "[", "\n", "\n\n", " \r\n \n", " and ", "word. ",
         '{"to": "', '"}', "\\n", f" {'x' * 700} ", "y z " * 600, "phone", " 0412 345 678"]
    ),
    max_size=12,
).map("".join)  # fmt: skip


def _session() -> Session:
    return Session("s", b"k" * 32, [Entry("[PERSON_4821]", "PERSON", OWN)])


def _looked_through(scan: Scan, session: Session, events: Iterable[Event]) -> list[Event]:
    out: list[Event] = []
    for event in [*events, None]:
        if event is None:
            scan.end()
        else:
            scan.add(event)
        while due := scan.due:
            windows = [window for text in due if (window := text.due())]
            for text, window in zip(due, windows, strict=True):
                text.tell(
                    _DETECTION.leaves([(window.text, text.key)], POLICY)[0],
                    lambda finding, said: (
                        (part.start, part.end, stand_in(part, session, "default"))
                        for part in outside(finding, said, session)
                    ),
                )
        out += scan.ready()
    return out


def _delta(text: str) -> Event:
    return make(json.dumps({"choices": [{"index": 0, "delta": {"content": text}}]}))


def _streamed(text: str, size: int) -> tuple[str, Session]:
    session = _session()
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    events = _looked_through(Scan(STREAM), session, map(_delta, pieces))
    restorer = StreamRestorer(STREAM, session)
    got = [out for event in events for out in restorer.feed(event)] + restorer.flush()
    restorer.remember()
    return "".join(json.loads(e.data or "")["choices"][0]["delta"]["content"] for e in got), session


def _whole(text: str) -> str:
    session = _session()
    body = json.dumps({"choices": [{"index": 0, "message": {"content": text}}]})
    (event,) = _looked_through(Scan(undeclared(SSE)), session, [Event(b"", body)])
    new, _ = restore_body(body.encode(), "utf-8", None, session, hidden=[event.hidden or {}])
    content: str = json.loads(new)["choices"][0]["message"]["content"]
    return content


@settings(max_examples=60, deadline=None)
@given(text=_texts, size=st.integers(1, 40))
@example(text=f"To {MAIL}.\n\n[PERSON_4821]@example.org and {MAIL}", size=1)
@example(text=f'{{"to": "{MAIL}", "who": "[PERSON_4821]"}}', size=3)
@example(text="y z " * 480 + f"and {MAIL} " * 40, size=7)
def test_a_stream_in_any_pieces_is_the_whole_answer(text: str, size: int) -> None:
    got, session = _streamed(text, size)
    assert got == _whole(text)
    assert MAIL not in got
    edits = session.recall(digest(got, "content"))
    if text.strip():
        assert edits is not None
        lead = len(got) - len(got.lstrip())
        assert _applied(got, [Edit(e.start + lead, e.end + lead, e.text) for e in edits]) == text


def _applied(text: str, edits: Iterable[Edit]) -> str:
    parts, at = [], 0
    for edit in edits:
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


@given(st.integers(0, 3 * LIMIT))
@settings(max_examples=30, deadline=None)
def test_wherever_a_value_stands_in_a_long_text_it_is_found(before: int) -> None:
    text = ("word " * LIMIT)[:before] + f" {MAIL} " + "word " * CONTEXT
    assert MAIL not in _streamed(text, 97)[0]


def test_a_text_is_held_until_its_paragraph_ends() -> None:
    text = Scanned()
    text.feed("One paragraph.\n")
    assert text.due() is None
    text.feed("\nTwo")
    window = text.due()
    assert window is not None and window.text == "One paragraph.\n\n" and "paragraph" not in repr(window)
    text.tell([], lambda finding, said: iter(()))
    assert text.passed == len(window.text) and text.due() is None
    text.is_over = True
    assert text.due() == (0, "One paragraph.\n\nTwo")
