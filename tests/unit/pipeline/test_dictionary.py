"""The user's own terms are found in every way they can be written."""

from __future__ import annotations

import html
import json
import unicodedata
from collections.abc import Callable
from typing import Literal
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.pipeline.detectors import lexicon
from app.pipeline.detectors.dictionary import DictionaryDetector
from app.pipeline.fold import fold
from app.pipeline.policy import Policy
from app.pipeline.span import Span, resolve
from app.pipeline.terms import Term

POLICY = Policy()


def detect(text: str, *terms: Term) -> list[Span]:
    return DictionaryDetector(terms).detect(text, POLICY)


def found(text: str, *terms: Term) -> list[str]:
    return [text[span.start : span.end] for span in detect(text, *terms)]


HITS = [
    ("John Smith", "Ask John Smith.", "John Smith"),
    ("John Smith", "ask JOHN\n    smith.", "JOHN\n    smith"),
    ("John Smith", "ask John\u00a0\u00a0Smith", "John\u00a0\u00a0Smith"),
    ("John", "john_smith", "john"),
    ("John", "x.John(", "John"),
    ("John", "\ud800John\udfff", "John"),
    ("John", "\u200bJo\u200bhn\u200b", "Jo\u200bhn"),
    ("John", "abc\u200bJohn\u200bdef", "John"),
    ("John", "one file\ufeffJohn", "John"),
    ("Johnson", "John\u00adson", "John\u00adson"),
    ("straße", "Die STRASSE hier", "STRASSE"),
    ("STRASSE", "Die Straße hier", "Straße"),
    ("istanbul", "aus İstanbul", "İstanbul"),
    ("DIYARBAKIR", "aus Dıyarbakır", "Dıyarbakır"),
    ("José", "von Jose\u0301 da", "Jose\u0301"),
    ("Jose\u0301", "von JOSÉ da", "JOSÉ"),
    ("O'Neil", "bei O’Neil", "O’Neil"),
    ("O’Neil", "bei O'NEIL", "O'NEIL"),
    ("4711", "No. ４７１１!", "４７１１"),
    ("final", "ﬁnal", "ﬁnal"),
    ("ΟΔΟΣ", "η οδος μου", "οδος"),
    ("田中", "これは田中さんです", "田中"),
    ("김철수", "어제 김철수가 왔다", "김철수"),
    ("김철수", unicodedata.normalize("NFD", "어제 김철수가"), unicodedata.normalize("NFD", "김철수")),
    ("Kim", "김Kim", "Kim"),
    ("สมชาย", "คุณสมชายมา", "สมชาย"),
    ("C++", "in C++ geschrieben", "C++"),
    ("ａｂ", "x ab y", "ab"),
]


@pytest.mark.parametrize(("term", "text", "surface"), HITS)
def test_hit(term: str, text: str, surface: str) -> None:
    assert found(text, Term(term)) == [surface]


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("John", "Johnson"),
        ("John", "John2"),
        ("John", "Jo hn"),
        ("John", "John\u0301"),
        ("José", "Jose"),
        ("John Smith", "JohnSmith"),
        ("John Smith", "John, Smith"),
        ("Müller", "Muller"),
        ("カス", "ガス"),
        ("기", "김"),
        ("", "anything"),
        ("\u200b", "any\u200bthing"),
    ],
)
def test_near_miss(term: str, text: str) -> None:
    assert found(text, Term(term)) == []


@pytest.mark.parametrize(
    ("term", "text", "surfaces"),
    [
        (Term("Mark", case_sensitive=True), "Mark marked the MARK mark", ["Mark"]),
        (Term("Maß", case_sensitive=True), "Maß MASS Mass", ["Maß"]),
        (Term("José", case_sensitive=True), "Jose\u0301 JOSÉ", ["Jose\u0301"]),
        (Term("Jo Li", case_sensitive=True), "Jo\n Li jo li", ["Jo\n Li"]),
        (Term("Jose", case_sensitive=True, whole_word=False), "xJose\u0301 xjose", ["Jose\u0301"]),
        (Term("heron", whole_word=False), "BlueHerons", ["Heron"]),
        (Term("ana", whole_word=False), "banana", ["ana", "ana"]),
        (Term("s", whole_word=False), "aß", ["ß"]),
        (Term("기", whole_word=False), "김", ["김"]),
        (Term("John", enabled=False), "John", []),
    ],
)
def test_options(term: Term, text: str, surfaces: list[str]) -> None:
    assert found(text, term) == surfaces


def test_terms_that_differ_in_case_only_stay_apart() -> None:
    terms = (
        Term("mark", "CUSTOM"),
        Term("Mark", "PERSON", case_sensitive=True, replacement="Person A"),
        Term("MARK", "PROJECT", case_sensitive=True),
    )
    spans = detect("Mark mark MARK", *terms)
    assert [(span.start, span.entity, span.replacement) for span in spans] == [
        (0, "PERSON", "Person A"),
        (5, "CUSTOM", ""),
        (10, "PROJECT", ""),
    ]


def test_a_long_term_whose_boundary_fails_hides_no_short_one() -> None:
    assert found("new york city hallway", Term("new york city hall"), Term("york")) == ["york"]


def test_overlapping_terms_are_all_reported_and_united() -> None:
    spans = detect("Blue Heron Labs", Term("Blue Heron"), Term("Heron Labs"))
    assert [(span.start, span.end) for span in spans] == [(0, 10), (5, 15)]
    assert [(span.start, span.end) for span in resolve(spans)] == [(0, 15)]


def test_the_own_replacement_stands_for_the_exact_text_only() -> None:
    term = Term("Blue Heron", replacement="Grey Owl")
    spans = detect("Blue Heron, blue heron, Blue  Heron, Blue%20Heron", term)
    assert [span.replacement for span in spans] == ["Grey Owl", "", "", ""]
    assert {(span.entity, span.score, span.source) for span in spans} == {("CUSTOM", 1.0, "dictionary")}


def test_what_may_appear_in_a_redacted_text() -> None:
    detector = DictionaryDetector(
        [Term("a", "ALPHA", replacement="x"), Term("b"), Term("c", "GAMMA", replacement="y", enabled=False)]
    )
    assert detector.name == "dictionary"
    assert detector.entities == {"ALPHA", "CUSTOM"}
    assert detector.replacements == {"x"}


@pytest.mark.parametrize(
    ("term", "text", "surface"),
    [
        ("José", r'"Jos\u00e9"', r"Jos\u00e9"),
        ("José", r'"Jose\u0301"', r"Jose\u0301"),
        ("😀 Ltd", r'"\ud83d\ude00 Ltd"', r"\ud83d\ude00 Ltd"),
        ("John Smith", r"a\nJohn\nSmith\nb", r"John\nSmith"),
        ("John Smith", r"a\nJohn\n    Smith\r\nb", r"John\n    Smith"),
        ("John Smith", r"a\\nJohn\\nSmith\\nb", r"John\\nSmith"),
        ("John", r"line\nJohn", "John"),
        ('Al "X" Li', r"Al \"X\" Li", r"Al \"X\" Li"),
        ("A/B", r"A\/B", r"A\/B"),
        ("José", "q=Jos%C3%A9&x", "Jos%C3%A9"),
        ("José", "q=jos%c3%a9&x", "jos%c3%a9"),
        ("José", "q=Jos%E9&x", "Jos%E9"),
        ("John Smith", "q=John%20Smith&x", "John%20Smith"),
        ("John Smith", "q=John+Smith&x", "John+Smith"),
        ("John Smith", "q=John%2520Smith&x", "John%2520Smith"),
        ("José", "<b>Jos&eacute;</b>", "Jos&eacute;"),
        ("José", "<b>Jos&#233;, Ana</b>", "Jos&#233;"),
        ("José", "<b>Jos&#xE9;</b>", "Jos&#xE9;"),
        ("O'Neil", "O&#39;Neil", "O&#39;Neil"),
        ("O'Neil", r"it\'s O\'Neil", r"O\'Neil"),
        ("Smith & Co", "Smith &amp; Co", "Smith &amp; Co"),
        ("José", r"b'Jos\xc3\xa9'", r"Jos\xc3\xa9"),
        ("José", r'"a/Jos\303\251.txt"', r"Jos\303\251"),
        ("John", "\x1b[01;31m\x1b[KJohn\x1b[m\x1b[K said", "John"),
        ("John", r"\u001b[31mJohn\u001b[0m", "John"),
    ],
)
def test_escaped_copies(term: str, text: str, surface: str) -> None:
    assert found(text, Term(term)) == [surface]
    far = " x y" * 500 + " "
    assert found(far + text + far + text, Term(term)) == [surface, surface]


@pytest.mark.parametrize(
    "text", ["&#1;", "&bogus;", "%zz%", "\\u12", "\\", "%", "&", "\\x", "\x1b[", "100%", "a+", "&#0;"]
)
def test_broken_escapes_are_text(text: str) -> None:
    assert found(f"{text} John {text}", Term("John")) == ["John"]


def test_text_between_distant_escapes_makes_no_words() -> None:
    # Where the second look leaves text out, half a word must not become a whole one.
    for gap in range(300, 320):
        assert found("a%20" + "x" * gap + "John" + "x" * 400 + "%20b", Term("John")) == []


CHANGED = st.lists(
    st.builds(
        Term,
        st.sampled_from(["ana", "Ana", "ANA", "banana", "an", "b"]),
        st.sampled_from(["CUSTOM", "PERSON"]),
        st.booleans(),
        st.booleans(),
        st.sampled_from(["", "x"]),
        st.booleans(),
    ),
    max_size=6,
)


@given(st.lists(st.tuples(CHANGED, st.integers(0, 9)), max_size=4), st.sampled_from([0, 1, 3, 2_000]))
def test_a_dictionary_that_was_changed_is_like_one_made_anew(steps: list[tuple[list[Term], int]], few: int) -> None:
    texts = "Ana and banana, ANA Banana b"
    detector = DictionaryDetector()
    terms: list[Term] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexicon, "_FEW", few)
        for new, number in steps:
            gone = terms[:number]
            terms = [*terms[number:], *new]
            detector.change(gone, new)
            anew = DictionaryDetector(terms)
            assert detector.detect(texts, POLICY) == anew.detect(texts, POLICY)
            assert (detector.entities, detector.replacements) == (anew.entities, anew.replacements)


ALPHABET = st.sampled_from([*"abkszAKSZ09éßİıſΣς'’-_.", " ", "\u00a0", *"田ガ김가สÅ"])
INVISIBLE = st.sampled_from(["", "", "", "\u200b", "\u00ad", "\u200d", "\ufeff", "\ufe0f"])
SPACES = st.sampled_from([" ", "  ", "\n", "\r\n\t", "\u00a0", " \u200b ", "\u3000"])
TERMS = st.builds(
    Term, text=st.text(ALPHABET, min_size=1, max_size=12), case_sensitive=st.booleans(), whole_word=st.booleans()
)


FORMS: st.SearchStrategy[Literal["NFC", "NFD"]] = st.sampled_from(["NFC", "NFD"])
CASES: list[Callable[[str], str]] = [str, str.upper, str.lower, str.swapcase, str.casefold]
ESCAPES: list[Callable[[str], str]] = [
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(json.dumps(text))[3:-3],
    lambda text: json.dumps(text.replace(" ", "\n  "))[1:-1],
    quote,
    quote_plus,
    lambda text: html.escape(text).encode("ascii", "xmlcharrefreplace").decode(),
]


@st.composite
def copies(draw: st.DrawFn, term: Term) -> str:
    """Another way to write `term`, as its own options allow."""
    text = unicodedata.normalize(draw(FORMS), " ".join(term.text.split()))
    if not term.case_sensitive:
        text = draw(st.sampled_from(CASES))(text)
    out = []
    for char in text:
        if char == " ":
            char = draw(SPACES)
        elif char in "'’":
            char = draw(st.sampled_from("'’‘`´"))
        elif "!" <= char <= "~" and draw(st.booleans()):
            char = chr(ord(char) + 0xFEE0)
        out += [char, draw(INVISIBLE)]
    return "".join(out[:-1])


@given(st.data())
def test_no_dictionary_term_survives_redaction_under_its_own_matching_options(data: st.DataObject) -> None:
    term = data.draw(TERMS)
    assume(fold(term.text))
    copy = data.draw(copies(term))
    edge = st.sampled_from(
        ["", " ", "\n", ", ", "_", "(", "é ", "é_"] if term.whole_word else ["", "x", "é", "9", "字"]
    )
    before = data.draw(st.text(max_size=10)) + data.draw(edge.filter(bool))
    after = data.draw(edge.filter(bool))[::-1] + data.draw(st.text(max_size=10))
    text = before + copy + after
    spans = resolve(detect(text, term))
    start, end = len(before), len(before) + len(copy)
    assert any(span.start <= start and end <= span.end for span in spans)

    left = text
    for span in reversed(spans):
        left = left[: span.start] + "#" + left[span.end :]
    assert not detect(left, term)


@given(TERMS, st.sampled_from(ESCAPES))
def test_no_escaped_copy_survives_either(term: Term, escape: Callable[[str], str]) -> None:
    assume(fold(term.text))
    escaped = escape(" ".join(term.text.split()))
    text = f"x ({escaped}) y"
    assert any(span.start <= 3 and 3 + len(escaped) <= span.end for span in resolve(detect(text, term)))


@given(
    st.lists(
        st.builds(Term, text=st.text(max_size=4), case_sensitive=st.booleans(), whole_word=st.booleans()), max_size=5
    ),
    st.text(),
)
def test_any_text_and_any_terms(terms: list[Term], text: str) -> None:
    for span in detect(text, *terms):
        assert 0 <= span.start < span.end <= len(text)


SURROGATES = st.text(st.characters(codec=None, categories=["Cs", "Mn", "Lo", "Cf", "Zs"]), max_size=20)


@given(SURROGATES, SURROGATES)
def test_half_characters_are_text(term: str, text: str) -> None:
    detect(f"{text}{term}{text}", Term(term, whole_word=False), Term(term), Term(term, case_sensitive=True))


UNITS = ["e\u0301\u0323", "\u200b", " ", "&amp", "%25", "\\", "\\\\u00", "\\u0061", "\x1b[1;", "a+", "aé", "a \u200b"]


@pytest.mark.parametrize("unit", UNITS)
def test_a_megabyte_of_anything_is_scanned(unit: str) -> None:
    text = unit * (1_000_000 // len(unit)) + " Zoë!"
    spans = detect(text, Term("zoë"), Term("a b"), Term("ab", case_sensitive=True))
    assert text[spans[-1].start : spans[-1].end] == "Zoë"
