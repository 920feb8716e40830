"""The promise about what is known: after a request nothing of it is left in any form, and every spelling comes back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.fields import Fields
from app.pipeline.outline import outline, redact_body, unsent
from app.pipeline.placeholder import Style
from app.pipeline.recognition import Recognition
from app.pipeline.redaction import Finding, Redaction
from app.pipeline.restore import restore
from app.pipeline.session import Session
from tests.property.texts import KEY, POLICY, REVERSIBLE

_FIELDS = Fields(identifiers=("messages[].role",), opening="messages")
_NAMES = [("Siobhan", "Kowalski"), ("Tamsin", "O'Neil"), ("José", "García"), ("Mark", "Page"), ("Li", "Wu")]
_NUMBERS = ["123 456 782", "AB 12 34 56 C", "4111 1111 1111 1111"]
_separators = st.sampled_from([" ", "_", "-", ".", "", ", ", "  ", "\n"])
_CASES: list[Callable[[str], str]] = [str, str.upper, str.lower, str.title]
_cases = st.sampled_from(_CASES)


@st.composite
def _names(draw: st.DrawFn) -> str:
    """A full name in one of the forms in which it is known."""
    words = list(draw(st.sampled_from(_NAMES)))
    case, separator = draw(_cases), draw(_separators)
    if not separator:  # else it could be a word
        return "".join(words)
    if separator == ", ":
        words.reverse()
    return separator.join(case(word) for word in words)


@st.composite
def _numbers(draw: st.DrawFn) -> str:
    """An identifier under any separators."""
    compact = draw(st.sampled_from(_NUMBERS)).replace(" ", "")
    gaps = draw(st.lists(st.sampled_from(["", "", "-", " ", "."]), min_size=len(compact), max_size=len(compact)))
    return draw(_cases)("".join(map("".join, zip(compact, gaps, strict=True))).rstrip(" .-"))


_around = st.sampled_from(["", " ", "(", ")", "/", "_", "x ", " x_", "\n", "12 is ", '"', "[PERSON_1234]", "\\", "; "])
_forms = _names() | _numbers()
_texts = st.lists(st.tuples(_around, _forms, st.sampled_from([" ", "; ", "/ ", ")\n"])), min_size=1, max_size=5).map(
    lambda pieces: "".join(map("".join, pieces))
)


def _compact(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


_WANTED = [_compact("".join(words)) for words in _NAMES] + [_compact(first + last) for last, first in _NAMES]
_WANTED += [_compact(number) for number in _NUMBERS]


def _request(session: Session, messages: list[str], style: Style) -> Redaction:
    """What goes out; the detectors see each value only as it is listed, and only in a text of its own."""
    roles = ("user", "assistant")
    body = json.dumps({"messages": [{"role": roles[n % 2], "content": text} for n, text in enumerate(messages)]})
    opened, leaves, _ = outline(body.encode(), _FIELDS)
    values = {**{" ".join(words): "PERSON" for words in _NAMES}, **dict.fromkeys(_NUMBERS, "AU_TFN")}
    found: dict[int, tuple[Finding, ...]] = {}
    for number in unsent(opened.parts, session):
        said = leaves[number].value
        found[number] = (Finding(0, len(said), values[said], 0.9, "ner", said),) if said in values else ()
    recognition = Recognition(session, (finding for own in found.values() for finding in own), POLICY)
    known = recognition.in_parts(body, opened.parts, found)
    return redact_body(body, opened.parts, known, session, quoting=False, style=style, among=recognition.known)


_ALL = [" ".join(words) for words in _NAMES] + _NUMBERS


@given(st.lists(_texts, min_size=1, max_size=3), st.sampled_from(REVERSIBLE), st.booleans())
def test_no_known_value_is_left_in_any_form(texts: list[str], style: Style, at_once: bool) -> None:
    session = Session("a", KEY)
    if not at_once:
        _request(session, _ALL, style)
    redaction = _request(session, [*texts, *(_ALL if at_once else ())], style)
    sent = [message["content"] for message in json.loads(redaction.text)["messages"][: len(texts)]]
    for text, redacted in zip(texts, sent, strict=True):
        assert not [value for value in _WANTED if value in _compact(redacted)], redacted
        assert restore(redacted, session, escaping=False) == text


@given(st.lists(_texts, min_size=3, max_size=6), st.sampled_from(REVERSIBLE))
def test_what_is_learnt_later_rewrites_nothing_that_was_sent(texts: list[str], style: Style) -> None:
    session = Session("a", KEY)
    messages = [_ALL[0], *texts, _ALL[-1], _ALL[3]]
    before = ""
    for number in range(1, len(messages) + 1, 2):
        sent = _request(session, messages[:number], style).text
        assert sent.startswith(before)
        before = sent.removesuffix("}]}")
