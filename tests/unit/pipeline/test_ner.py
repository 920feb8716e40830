"""The NER layer with the shipped model: what it finds, where exactly, and what it survives."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.pipeline.detectors import Detector, DetectorUnavailable
from app.pipeline.detectors.ner import NerDetector, readable
from app.pipeline.models import DEFAULT, REGISTRY
from app.pipeline.policy import Policy

DETECTOR = NerDetector()
POLICY = Policy()
ENTITIES = {"PERSON", "ORGANIZATION", "LOCATION"}


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in DETECTOR.detect(text, POLICY)]


def typed(text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.entity) for span in DETECTOR.detect(text, POLICY)]


def test_it_is_a_detector() -> None:
    detector: Detector = DETECTOR
    assert detector.name == "ner"
    assert {span.source for span in detector.detect("Ask Alice Johnson.", POLICY)} == {"ner"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "My name is Alice Johnson and I live in Melbourne.",
            [("Alice Johnson", "PERSON"), ("Melbourne", "LOCATION")],
        ),
        (
            "hi, i'm thandiwe nkosi from cape town, working at deloitte",
            [("thandiwe nkosi", "PERSON"), ("cape town", "LOCATION"), ("deloitte", "ORGANIZATION")],
        ),
        ("name=Alice Smith;city=Perth", [("Alice Smith", "PERSON"), ("Perth", "LOCATION")]),
        ('{"name":"Alice Smith","city":"London"}', [("Alice Smith", "PERSON"), ("London", "LOCATION")]),
        ("SELECT * FROM users WHERE name = 'Grace Hopper'", [("Grace Hopper", "PERSON")]),
        ("Regards,\nJohn", [("John", "PERSON")]),
        (
            "The contract with Siemens AG was signed in Munich by Priya Raman.",
            [("Siemens AG", "ORGANIZATION"), ("Munich", "LOCATION"), ("Priya Raman", "PERSON")],
        ),
    ],
)
def test_persons_organisations_and_places(text: str, expected: list[tuple[str, str]]) -> None:
    assert typed(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The quick brown fox jumps over the lazy dog.",
        "Fix the bug in the parser please, then run the tests again.",
        "import numpy as np\nfrom os import path\n\nclass Foo(Base):\n    pass\n",
        "WARNING: DO NOT OPEN",
        '{"temperature": 0.7, "max_tokens": 1024, "stream": true}',
    ],
)
def test_text_without_names_stays_as_it_is(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Please call Zoë Müller today.", ["Zoë Müller"]),
        ("Please call Zoe\u0308 Mu\u0308ller today.", ["Zoe\u0308 Mu\u0308ller"]),
        ("Please call Andre\u0301.", ["Andre\u0301"]),
        ("She moved to İstanbul in May.", ["İstanbul"]),
        ("\U0001f600\U0001f468\u200d\U0001f469 I met Alice Johnson \U0001f600 today", ["Alice Johnson"]),
        ("你好，Alice Johnson 住在 London。", ["Alice Johnson", "London"]),
        ("Please call Jo\ud800hn Smith today.", ["Jo\ud800hn Smith"]),
        ("Please call Jo\u200bhn Smith today.", ["Jo\u200bhn Smith"]),
        ("\ufeffDear Alice Johnson,\r\n\r\nwelcome to London.", ["Alice Johnson", "London"]),
        ("\x00\x07I met Alice Johnson in London\x1b[0m", ["Alice Johnson", "London"]),
    ],
)
def test_offsets_are_those_of_the_original(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Please ask Miles O'Brien about it.", "Miles O'Brien"),
        ("Please ask Miles O’Brien about it.", "Miles O’Brien"),
        ("Please ask Anna Smith-Jones about it.", "Anna Smith-Jones"),
        ("Please ask J. R. Smith about it.", "J. R. Smith"),
        ("Please ask John F. Kennedy about it.", "John F. Kennedy"),
        ("This is Alice Johnson's car.", "Alice Johnson"),
        ("This is Alice Johnson’s car.", "Alice Johnson"),
        ("Is it (Alice Johnson)?", "Alice Johnson"),
        ('"Alice Johnson", he said.', "Alice Johnson"),
        ("Dear Mr.Johnson, welcome.", "Mr.Johnson"),
        ('body = "Dear customer,\\nAlice Johnson\\nwrote"', "Alice Johnson"),
        ('body = "Dear\\nAlice\\n\\nplease"', "Alice"),
    ],
)
def test_spans_are_whole_names_without_what_surrounds_them(text: str, expected: str) -> None:
    assert found(text) == [expected]


def test_a_list_of_names_is_several_names() -> None:
    assert found("Attendees: Alice Johnson, Bob Brown and Priya Raman") == [
        "Alice Johnson",
        "Bob Brown",
        "Priya Raman",
    ]
    assert found("Alice Johnson\nBob Brown\n") == ["Alice Johnson", "Bob Brown"]


@pytest.mark.parametrize(
    "template",
    [
        "self._{}_cache",
        "import {}.core",
        "{}(1, 2)",
        "see https://example.com/{}/index.html",
        "mail root@{}.example.com",
        "hey @{}",
    ],
)
def test_identifiers_are_not_names(template: str) -> None:
    assert found(template.format("London")) == []


@pytest.mark.parametrize(
    "template", ["city={}", 'city="{}"', "lives in ({})", "lives in {}/Paris", "lives in {}.Then left"]
)
def test_values_and_plain_punctuation_are_no_reason_to_miss_a_name(template: str) -> None:
    assert "London" in found("The customer moved, " + template.format("London"))


def test_the_threshold_decides() -> None:
    text = "maybe jordan or chase, or ford, and the carter thing with mercury and paris " * 3
    counts = [
        sum(span.end - span.start for span in DETECTOR.detect(text, Policy(ner_threshold=threshold)))
        for threshold in (0.01, 0.5, 0.999999)
    ]
    assert counts[0] > counts[1] > counts[2]


def test_scores_are_probabilities_above_the_threshold() -> None:
    spans = DETECTOR.detect("Alice Johnson of Siemens AG lives in Melbourne.", Policy(ner_threshold=0.3))
    assert len(spans) == 3
    assert all(0.3 <= span.score <= 1 for span in spans)


def test_the_same_text_gives_the_same_spans() -> None:
    text = "Alice Johnson lives in Melbourne."
    first = DETECTOR.detect(text, POLICY)
    DETECTOR.detect("Something else about Bob Brown.", POLICY)
    assert DETECTOR.detect(text, POLICY) == first
    assert NerDetector().detect(text, POLICY) == first


def test_every_name_of_a_long_text_is_found_where_it_stands() -> None:
    line = "Then Alice Johnson said that the second quarter had been better than expected.\n"
    text = line * 400
    spans = DETECTOR.detect(text, POLICY)
    assert [span.start for span in spans] == [i * len(line) + 5 for i in range(400)]
    assert {text[span.start : span.end] for span in spans} == {"Alice Johnson"}


@pytest.mark.parametrize("text", ["", " ", "\n", "\x00", "123 456", "?!", "\u0301", "\ud800", "\U0001f600", "a"])
def test_nothing_to_find(text: str) -> None:
    assert found(text) == []


def test_a_text_without_letters_does_not_even_load_the_model() -> None:
    assert NerDetector("no-such-model").detect("+61 400 000 000 / 12:30", POLICY) == []


@pytest.mark.parametrize(
    "line",
    [
        "a" * 1_000_000,
        b64encode(random.Random(1).randbytes(750_000)).decode(),
        urlsafe_b64encode(random.Random(2).randbytes(750_000)).decode(),
        random.Random(3).randbytes(500_000).hex(),
        "_" + "a'" * 20_000,
    ],
    ids=["letters", "base64", "base64url", "hex", "apostrophes"],
)
def test_one_long_line_takes_seconds(line: str) -> None:
    began = time.monotonic()
    spans = DETECTOR.detect(line, POLICY)
    assert time.monotonic() - began < 60  # a quadratic step anywhere takes hours
    assert all(span.end <= len(line) for span in spans)


def test_a_name_beside_a_blob_is_found() -> None:
    blob = b64encode(random.Random(1).randbytes(3000)).decode()
    assert found(f"Alice Johnson sent {blob} from London") == ["Alice Johnson", "London"]


def test_what_the_model_reads_has_the_length_of_the_text() -> None:
    blob = b64encode(random.Random(1).randbytes(300)).decode()
    assert readable(f"x \ud800\udc00 {blob} y") == "x \ufffd\ufffd " + " " * 400 + " y"


def test_long_prose_in_one_word_is_no_blob() -> None:
    slug = "alice-johnson-went-to-london-in-2024-" * 10
    assert readable(slug) == slug


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    "Alice Johnson",
                    "London",
                    "O'Brien",
                    "'s",
                    "-",
                    ". ",
                    "J.",
                    "e\u0301",
                    "İ",
                    "北京",
                    "_",
                    "\n",
                    " ",
                    "\u200d",
                ]
            ),
            st.text(st.characters(exclude_categories=()), max_size=12),
        ),
        max_size=30,
    ).map("".join),
    st.sampled_from([0.001, 0.5]),
)
def test_spans_are_whole_disjoint_and_inside_any_text(text: str, threshold: float) -> None:
    reached = 0
    for span in DETECTOR.detect(text, Policy(ner_threshold=threshold)):
        assert reached <= span.start < span.end <= len(text)
        assert text[span.start].isalnum()
        assert sum(map(str.isalpha, text[span.start : span.end])) >= 2
        assert span.entity in ENTITIES
        assert 0 < span.score <= 1
        reached = span.end


def test_a_model_nobody_knows_is_unavailable() -> None:
    detector = NerDetector("no-such-model")
    with pytest.raises(DetectorUnavailable, match="no-such-model"):
        detector.load()
    with pytest.raises(DetectorUnavailable):
        detector.detect("Alice Johnson", POLICY)


def test_a_damaged_model_is_unavailable_and_says_nothing_of_the_text(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(REGISTRY[DEFAULT].folder, folder)
    (folder / "model.onnx").write_bytes(b"\x00" * 1000)
    with pytest.raises(DetectorUnavailable) as caught:
        NerDetector(str(folder)).detect("Wilhelmina", POLICY)
    assert "Wilhelmina" not in repr(caught.value)


def test_a_folder_of_the_users_own_is_a_model(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(REGISTRY[DEFAULT].folder, folder)
    text = "Alice Johnson lives in Melbourne."
    assert NerDetector(str(folder)).detect(text, POLICY) == DETECTOR.detect(text, POLICY)


def test_detection_imports_no_training_library_and_building_it_no_runtime() -> None:
    script = (
        "import sys\n"
        "from app.pipeline.detectors.ner import NerDetector\n"
        "from app.pipeline.policy import Policy\n"
        "detector = NerDetector()\n"
        "assert 'onnxruntime' not in sys.modules\n"
        "assert detector.detect('Alice Johnson lives in Melbourne.', Policy())\n"
        "assert 'onnxruntime' in sys.modules\n"
        "print(sorted({'transformers', 'torch', 'onnx', 'huggingface_hub'} & set(sys.modules)))\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.strip(), ran.stderr) == (0, "[]", "")


@pytest.mark.parametrize("word", ["TFN", "ABN", "Medicare", "tfn", "NHS number"])
def test_words_that_announce_an_identifier_are_no_names(word: str) -> None:
    text = f"Her invoice went to {word} 123 456 782, says Priya Raman."
    found = [text[span.start : span.end] for span in NerDetector().detect(text, Policy())]
    assert "Priya Raman" in found
    assert not any(word.split()[0] in surface for surface in found)
