"""The promise about messages of HL7: no field that is said to be personal stays readable, and all comes back."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.detectors.names import NamesDetector
from app.pipeline.detectors.patterns import PatternsDetector
from app.pipeline.engine import Engine
from app.pipeline.patterns.hl7 import SEGMENTS, Type
from app.pipeline.policy import Policy
from app.pipeline.redaction import redact
from app.pipeline.restore import restore
from app.pipeline.session import Session
from tests.property.texts import KEY

_ENGINE = Engine({"patterns": PatternsDetector(), "names": NamesDetector()}, ["PERSON"])
_POLICY = Policy(layers=frozenset(["patterns", "names"]))
#: The components of a value by its type: "p" is personal, "c" a code, "n" a number, "e" an e-mail address.
_SHAPES: dict[Type, tuple[str, ...]] = {
    "XPN": ("p", "p^p", "p^p^p^c", "^p", "p^^p^^c"),
    "XCN": ("p^p^p", "^p^p^p^c^c", "n", "n^p^p^^^^^^c"),
    "NDL": ("p&p&p^c", "n&p&p"),
    "CX": ("p", "n^c^c^c^c", "p^^^c&c^c"),
    "XAD": ("p^p^p^p^n^c^c", "p", "^^p", "p^^p^^n^c^c^p^p"),
    "XTN": ("n", "^c^c^e^n^n^n", "n^c^c", "n^n", "^c^c^^^^^^^^^n"),
    "TS": ("n", "n^c"),
    "DLN": ("p^c^n2", "n"),
    "ST": ("p", "n"),
}
_words = st.from_regex(re.compile("[a-z]{6}[ '.-]?[A-Z]{4}[0-9]?x", re.ASCII), fullmatch=True)
_numbers = st.from_regex(re.compile("7[0-9]{9}", re.ASCII), fullmatch=True)
_SEPARATORS = ["|^~\\&", "#$%\\@", "*:~\\>", "|^~\\&#"]
_ENDS = ["\r", "\n", "\r\n", "\\r", "\\n", "\\\\r"]


@st.composite
def _messages(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A message, and what is personal in it."""
    marks, end = draw(st.sampled_from(_SEPARATORS)), draw(st.sampled_from(_ENDS))
    secret: list[str] = []

    def value(kind: Type) -> str:
        out = ""
        for sign in draw(st.sampled_from(_SHAPES[kind])).replace("n2", "c"):
            if sign in "^&":
                out += marks[1] if sign == "^" else marks[4]
            elif sign == "c":
                out += draw(st.sampled_from(["A", "MR", "H", "PRN", ""]))
            else:
                said = draw(_numbers if sign == "n" else _words)
                said += "@example.com" if sign == "e" else ""
                said = said.replace(" ", "") if sign == "e" else said
                secret.append(said)
                out += said
        return out

    lines = [f"MSH{marks}{marks[0]}ADT1{marks[0]}MCM"]
    for name in draw(st.lists(st.sampled_from(sorted(set(SEGMENTS) - {"MSH"})), min_size=1, max_size=4)):
        segment = SEGMENTS[name]
        chosen = draw(st.sets(st.sampled_from(sorted(segment.personal)), min_size=1)) if segment.personal else ()
        fields = ["1" if segment.counted else "", *[""] * (segment.size - 1)]
        for number in chosen:
            kind = segment.personal[number].type
            fields[number - 1] = marks[2].join(value(kind) for _ in range(draw(st.integers(1, 2))))
        lines.append(marks[0].join([name, *fields]).rstrip(marks[0]))
    return end.join(lines) + draw(st.sampled_from(["", end, f"{end}\nWhat does it say?"])), secret


@given(_messages())
def test_no_personal_field_stays_readable(message: tuple[str, list[str]]) -> None:
    text, secret = message
    session = Session("a", KEY)
    sent = redact(text, _ENGINE.findings(text, _POLICY), session).text
    assert not [value for value in secret if value in sent], sent
    assert restore(sent, session, escaping=False) == text
    assert sent.startswith(text[: text.index("MCM") + 3])
