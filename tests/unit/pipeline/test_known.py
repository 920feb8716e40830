"""Which values are known again, in which forms, and where not."""

from __future__ import annotations

import pytest

from app.pipeline.known import Known, Related

JANE = ("PERSON", "Jane Doe")
#: A name that is nothing but a name, one of words of every day, one with a particle, one with an accent and apostrophe.
OTHERS = [
    ("PERSON", "Dr Siobhan Kowalski"),
    ("PERSON", "Mark Page"),
    ("PERSON", "Ludwig van Beethoven"),
    ("PERSON", "José García-Pérez"),
    ("PERSON", "Anna Marie O’Neil"),
]
TFN, EMAIL = ("AU_TFN", "123 456 782"), ("EMAIL_ADDRESS", "Jane.Doe@example.com")


def known(*values: tuple[str, str]) -> Known:
    out = Known()
    for entity, value in values:
        out.learn(entity, value)
    return out


def found(text: str, *values: tuple[str, str]) -> list[str]:
    """What is found in `text`, without what lies in something longer."""
    spans = known(*values).spans(text, lambda entity, value: False)
    outer = [s for s in spans if not any(o is not s and o.start <= s.start and s.end <= o.end for o in spans)]
    return [text[span.start : span.end] for span in outer]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Jane Doe", ["Jane Doe"]),
        ("JANE DOE", ["JANE DOE"]),
        ("jane doe", ["jane doe"]),
        ("see jane_doe_report.pdf", ["jane_doe"]),
        ("new JaneDoeReport()", ["JaneDoe"]),
        ("getJaneDoe2", ["JaneDoe"]),
        ("/home/jane.doe/", ["jane.doe"]),
        ("jane-doe", ["jane-doe"]),
        ("janedoe", ["janedoe"]),
        ("7janedoe8", ["janedoe"]),
        ("Jane\n    Doe", ["Jane\n    Doe"]),
        ("Doe, Jane", ["Doe, Jane"]),
        ("doe_jane.txt", ["doe_jane"]),
        ("J. Doe", ["J. Doe"]),
        ("Doe, J.", ["Doe"]),
        ("Ms Doe", ["Doe"]),
        ("Dear Jane,", ["Jane"]),
        ("jane's", ["jane"]),
        ("a\\nJane", ["Jane"]),
        ("Jane and Doe", ["Jane", "Doe"]),
        ("Janet does, janedoes, Doer, xjane", []),
        ("doe a deer", ["doe"]),
        ("(jane)(doe)", ["jane", "doe"]),
        ("Jane said. Doe", ["Jane", "Doe"]),
    ],
)
def test_a_person(text: str, names: list[str]) -> None:
    assert found(text, JANE) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("siobhan.kowalski; SIOBHAN kowalski", ["siobhan.kowalski", "SIOBHAN kowalski"]),
        ("kowalski_2.csv", ["kowalski"]),
        ("Dr dr DR", []),
        ("told Mark that", ["Mark"]),
        ("Mark all as read. Mark it. - Mark", []),
        ("Mr. Mark came", ["Mark"]),
        ("mark the page; MARK, see Page 3", []),
        ("mark_page.txt mark page", ["mark_page", "mark page"]),
        ("a page, m. page. Page 4", []),
        ("M. Page", ["M. Page"]),
        ("Beethoven beethoven; van Beethoven, Ludwig", ["Beethoven", "beethoven", "van Beethoven, Ludwig"]),
        ("van von van", []),
        ("jose_garcia_perez.txt JOSÉ", ["jose_garcia_perez", "JOSÉ"]),
        ("Jose\u0301 Garci\u0301a-Pe\u0301rez!", ["Jose\u0301 Garci\u0301a-Pe\u0301rez"]),
        ("Jose\u0301!", ["Jose\u0301"]),
        ("Anna O'Neil; anna m. oneil", ["Anna O'Neil", "anna", "oneil"]),
        ("Anna M. O'Neil", ["Anna M. O'Neil"]),
        ("\ud800Siobhan\udfff", ["Siobhan"]),
    ],
)
def test_persons(text: str, names: list[str]) -> None:
    assert found(text, *OTHERS) == names


@pytest.mark.parametrize(
    ("value", "text", "numbers"),
    [
        (TFN, "123456782, 123-456-782, 12 345 6782, 123.456.782", 4),
        (TFN, "tfn123456782.pdf", 1),
        (TFN, "1123456782 1234567821 123/45/x/6782 123456783", 0),
        (("UK_NINO", "AB 12 34 56 C"), "ab123456c AB-123456-C", 2),
        (("UK_NINO", "AB 12 34 56 C"), "xab123456c", 0),
        (("PHONE_NUMBER", "(02) 5550 1234"), "02 5550 1234, 0255501234", 2),
        (EMAIL, "JANE.DOE@EXAMPLE.COM <jane.doe@example.com>", 2),
        (EMAIL, "xjane.doe@example.com", 0),
        (("DATE_OF_BIRTH", "1990-01-02"), "1990-01-02", 1),
        (("DATE_OF_BIRTH", "1990-01-02"), "19900102 1990/01/02", 0),
        (("IP_ADDRESS", "192.0.2.117"), "192.0.2.117", 1),
        (("IP_ADDRESS", "192.0.2.117"), "1920.2117 192.0.2.1175", 0),
        (("MEDICAL_RECORD_NUMBER", "4711"), "4711", 0),
        (("API_KEY", "correct-horse-battery"), "xcorrect-horse-battery9", 1),
        (("API_KEY", "correct-horse-battery"), "Correct-Horse-Battery", 0),
        (("PASSWORD", "hunter22"), "hunter22", 1),
        (("PASSWORD", "hunter22"), "xhunter222 Hunter22", 0),
        (("ORGANIZATION", "Apple"), "Apple", 1),
        (("ORGANIZATION", "Apple"), "apple pie, apples", 0),
        (("ORGANIZATION", "WHO"), "who Who", 0),
        (("ORGANIZATION", "Acme Widgets"), "acme_widgets ACME WIDGETS AcmeWidgets", 3),
        (("LOCATION", "12 Example Street"), "12 EXAMPLE STREET 12_example_street", 2),
        (("CUSTOM", "Nightingale"), "Nightingale", 0),
        (("LITERAL", "[PERSON_4821]"), "[PERSON_4821]", 0),
        (("PERSON", "Li Wu"), "li_wu; LiWu; Li Wu", 3),
        (("PERSON", "Li Wu"), "liwu Li wuzhou", 0),
        (("PERSON", "Kim Ono"), "kimono kim-ono", 1),
        (("PERSON", "王小明"), "我是王小明的朋友", 1),
    ],
)
def test_other_values(value: tuple[str, str], text: str, numbers: int) -> None:
    assert len(found(text, value)) == numbers


@pytest.mark.parametrize(
    ("value", "related"),
    [
        ("Doe", Related("Jane Doe", "LAST")),
        ("Ms Doe", Related("Jane Doe", "LAST")),
        ("jane", Related("Jane Doe", "FIRST")),
        ("JANE DOE", Related("Jane Doe", "")),
        ("Doe, Jane", Related("Jane Doe", "")),
        ("J. Doe", Related("Jane Doe", "")),
        ("Jane Doe", None),
        ("Jan Edoe", None),
        ("Roe", None),
    ],
)
def test_parts_and_spellings_belong_to_the_person(value: str, related: Related | None) -> None:
    assert known(JANE).related("PERSON", value) == related
    assert known(JANE).related("LOCATION", value) is None


def test_what_two_persons_share_belongs_to_neither() -> None:
    both = known(JANE, ("PERSON", "John Doe"))
    assert both.related("PERSON", "Doe") is None
    assert both.related("PERSON", "jane") == Related("Jane Doe", "FIRST")


def test_what_is_learnt_for_a_while_is_forgotten() -> None:
    session = known(JANE)
    more = session.also([("PERSON", "John Roe")])
    assert len(more.spans("John Roe, Jane Doe", lambda entity, value: False)) >= 2
    assert more.related("PERSON", "Roe") == Related("John Roe", "LAST")
    assert session.spans("John Roe", lambda entity, value: False) == []
    assert session.related("PERSON", "Roe") is None


def test_nothing_that_is_spared_is_found() -> None:
    text = "Jane Doe; JaneDoe; Jane; Doe"
    spans = known(JANE).spans(text, lambda entity, value: entity == "PERSON" and value in ("Jane", "JaneDoe"))
    assert {text[span.start : span.end] for span in spans} == {"Jane Doe", "Doe"}
    assert known(JANE).spans(text, lambda entity, value: value == "Jane Doe") == []


def test_forms_and_what_knows_them_say_nothing_of_a_value() -> None:
    persons = known(JANE)
    persons.spans("Jane", lambda entity, value: False)
    said = repr(persons) + repr(persons._blocks) + "".join(repr(form) for form in persons._blocks[0].forms)
    assert "ane" not in said.lower() and "doe" not in said.lower()


@pytest.mark.parametrize("size", [64 * 1024 - 4, 64 * 1024, 128 * 1024 - 7])
def test_where_a_long_text_is_cut_does_not_matter(size: int) -> None:
    text = "é " + "." * size + "jane_doe" + " x. " * 9000 + "Doe, Jane"
    assert found(text, JANE) == ["jane_doe", "Doe, Jane"]


def test_values_learnt_one_by_one_are_all_known() -> None:
    session = Known()
    for number in range(300):
        session.learn("AU_TFN", f"{123456000 + number}")
        assert session.spans(f"{123456000 + number}", lambda entity, value: False)
    assert len(session._blocks) < 10
    assert all(session.spans(f"{123456000 + number}", lambda entity, value: False) for number in range(300))


def test_what_is_related_says_nothing_of_its_value() -> None:
    related = known(JANE).related("PERSON", "Doe")
    assert related is not None and related.value == "Jane Doe"
    assert "Jane" not in repr(related) and "Doe" not in repr(related)
