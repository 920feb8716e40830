"""What the property tests draw from: texts full of things that look like placeholders, and detectors for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from hypothesis import strategies as st

from app.pipeline.engine import Engine
from app.pipeline.placeholder import STYLES, Style, label_of
from app.pipeline.policy import Policy
from app.pipeline.recognition import Recognition
from app.pipeline.redaction import redact
from app.pipeline.session import Session
from app.pipeline.span import Span
from app.pipeline.terms import Term, check

Cuttable = TypeVar("Cuttable", str, bytes)
POLICY = Policy()
KEY = b"k" * 32
#: Some that are alike once separators are gone, one ends like another, one ends like a number.
ENTITIES = ("PERSON", "EMAIL_ADDRESS", "AB", "A_B", "A_B_", "NAME", "LAST_NAME", "X_1234", "UK_NINO", "S" * 32)
VALUES = (
    "Alice",
    "Bob",
    'O\'Neil "the" Great',
    "C:\\Users\\bob",
    "line\nline",
    "1234",
    "[PERSON_1234]",
    "\ud800",
    "é",
    "x",
    "Alice Martin",
    "alice@example.com",
    "MARTIN",
    "alice_martin",
    "+61 412 345 678",
    "AB-12345",
)

#: All whose placeholders come back.
REVERSIBLE = [style for style in STYLES.values() if style != "mask"]
styles = st.sampled_from(REVERSIBLE)

_BRACKETS = (
    ("[", "]"), ("(", ")"), ("<", ">"), ("{", "}"), ("【", "】"), ("\\[", "\\]"), ("&#91;", "&#93;"),
    ("&lt;", "&gt;"), ("%5B", "%5D"), ("%5b", "%5d"), ("\\u005b", "\\u005d"), ("\\u005B", "\\u005D"), ("", ""),
    ("[", ")"), ("[[", "]]"), ("\\\\[", "\\\\]"), ("[ ", "  ]"), ("[   ", "   ]"), ("x", ""), ("", "y"), ("_", "."),
)  # fmt: skip


@dataclass
class Marks:
    """A detector told beforehand where to look, in indices of whatever text comes."""

    where: Sequence[tuple[int, int, str]]
    name: str = "ner"

    def detect(self, text: str, policy: Policy) -> list[Span]:
        """The marked places that lie in `text`."""
        return [Span(a, b, entity, 0.5, self.name) for a, b, entity in where_in(text, self.where)]


def where_in(text: str, where: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    return [(a, min(b, len(text)), entity) for a, b, entity in where if a < min(b, len(text))]


@dataclass
class Needles:
    """A detector that finds every occurrence of its terms, as the dictionary does with exact writing."""

    terms: Sequence[Term]
    name: str = "dictionary"
    _patterns: list[tuple[re.Pattern[str], Term]] = field(init=False)

    def __post_init__(self) -> None:
        self._patterns = [(re.compile(f"(?={re.escape(term.text)})"), term) for term in self.terms]

    def detect(self, text: str, policy: Policy) -> list[Span]:
        """One span for each occurrence, overlapping ones too."""
        return [
            Span(m.start(), m.start() + len(term.text), term.entity, 1.0, self.name, term.replacement)
            for pattern, term in self._patterns
            for m in pattern.finditer(text)
        ]


def engine(terms: Sequence[Term] = (), marks: Sequence[tuple[int, int, str]] = ()) -> Engine:
    """The real engine with the two detectors above."""
    stand_ins = {term.replacement for term in terms if term.replacement}
    return Engine({"dictionary": Needles(terms), "ner": Marks(marks)}, ENTITIES, stand_ins)


def hide(text: str, session: Session, with_: Engine, *, quoting: bool = False, style: Style = "default") -> str:
    """`text` redacted in `session`, with what is known there."""
    own = with_.findings(text, POLICY)
    recognition = Recognition(session, own, POLICY)
    findings = recognition.findings(text, own)
    return redact(text, findings, session, quoting=quoting, style=style, among=recognition.known).text


def _is_fit(term: Term) -> bool:
    try:
        check(term)
    except ValueError:
        return False
    return True


_STAND_INS = st.sampled_from(
    ["Acme", "Acme Ltd", "ab", "ba", "aba", "abab", "PERSON_1234", "[CLIENT]", "x[", "]x", "1234 Ltd", "9", "Bob", "(a"]
) | st.text("ab1[](_ PERSON", min_size=1, max_size=12)
_TEXTS = st.sampled_from([value for value in VALUES if "\ud800" not in value]) | st.text(
    "abAB [_1", min_size=1, max_size=5
)

_entities = st.sampled_from(ENTITIES[:-1])
_term = st.builds(Term, text=_TEXTS, entity=_entities, replacement=st.just("") | _STAND_INS)
terms = st.lists(_term.filter(_is_fit), max_size=4, unique_by=lambda term: term.text)
marks = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 70), st.sampled_from(ENTITIES)), max_size=4
)  # fmt: skip


@st.composite
def sessions(draw: st.DrawFn, name: str = "a", key: bytes = KEY) -> Session:
    """A session in any state: some values known, some with the user's own stand-ins, some tokens reserved."""
    session = Session(name, key)
    for value in draw(st.lists(st.sampled_from(VALUES), max_size=4)):
        session.placeholder(draw(st.sampled_from(ENTITIES)), value, style=draw(styles))
    return session


def mangled(token: str, brackets: tuple[str, str], separator: str, change: Callable[[str], str], gap: str) -> str:
    """A placeholder as a model may give it back."""
    label, _, number = token.strip("[]<>").rpartition("_")
    body = change(label.replace("_", separator)) + separator + number[:2] + gap + number[2:]
    return brackets[0] + body + brackets[1]


def _upper(text: str) -> str:
    return text


_CHANGES: list[Callable[[str], str]] = [_upper, str.lower, str.title, lambda t: t.replace("S", "ſ").replace("N", "n")]


@st.composite
def texts(draw: st.DrawFn, session: Session, terms: Sequence[Term] = (), tolerant: bool = True) -> str:
    """A text of values, terms, placeholders of the session and others, whole, mangled and cut, and anything."""
    known = tokens_of(session)
    tokens = st.sampled_from(known) if known else st.nothing()
    labels = st.sampled_from([label_of(entity) for entity in ENTITIES])
    tokens |= st.builds(lambda label, number: f"[{label}_{number}]", labels, st.integers(0, 10**10))
    pieces = (
        st.sampled_from(VALUES)
        | st.text(st.characters(), max_size=6)
        | st.text("ab1[](){}_-\\ \n\"'&#;%5bB<>PERSON", max_size=8)
        | tokens
    )
    if tolerant:
        forms = st.builds(
            mangled,
            tokens,
            st.sampled_from(_BRACKETS),
            st.sampled_from(["_", " ", "-", "\\_", "", "\n", "___", "____"]),
            st.sampled_from(_CHANGES),
            st.sampled_from(["", " ", "\n", "  "]),
        )
        pieces |= forms
        pieces |= st.builds(lambda text, at: text[: at % (len(text) + 1)], forms, st.integers(0, 60))
    for term in terms:
        pieces |= st.sampled_from([piece for piece in (term.text, term.replacement) if piece])
    return "".join(draw(st.lists(pieces, max_size=8)))


def tokens_of(session: Session) -> list[str]:
    """What the session has issued, in a fixed order."""
    return sorted(entry.placeholder for entry in session._by_placeholder.values())


def cuts(text: str) -> st.SearchStrategy[list[int]]:
    """Where to cut a text; often everywhere."""
    everywhere = st.just(list(range(1, len(text))))
    return everywhere | st.lists(st.integers(0, len(text)), max_size=8).map(sorted)


def cut(text: Cuttable, at: Sequence[int]) -> list[Cuttable]:
    """`text` in pieces; empty ones too."""
    return [text[a:b] for a, b in zip([0, *at], [*at, len(text)], strict=True)]
