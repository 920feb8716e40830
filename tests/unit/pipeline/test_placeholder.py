from __future__ import annotations

import pytest

from app.pipeline.finder import MAX_LENGTH, Finder, Sighting
from app.pipeline.placeholder import Style, identity, label_of, parts, relatives, render

LABELS = ("PERSON", "EMAIL", "LAST_NAME", "NAME", "A" * 32)


def tokens(text: str, left: str = "", fixed: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(text[seen.start : seen.end], seen.token) for seen in Finder(LABELS, fixed).find(text, left)]


def test_labels_are_short_where_the_entity_is_long() -> None:
    assert label_of("EMAIL_ADDRESS") == "EMAIL"
    assert label_of("PERSON") == "PERSON"
    assert label_of("B" * 40) == "B" * 32
    assert render("EMAIL", 1234) == "[EMAIL_1234]"


@pytest.mark.parametrize(
    "form",
    [
        "[PERSON_4821]",
        "[person_4821]",
        "[Person_4821]",
        "[PERSON 4821]",
        "[PERSON-4821]",
        "[PERSON4821]",
        "[PERSON_4 821]",
        "[PERSON_48\n21]",
        "[ PERSON_4821 ]",
        "[PERSON\n4821]",
        "[PERSON\\_4821]",
        "\\[PERSON\\_4821\\]",
        "(PERSON_4821)",
        "<PERSON_4821>",
        "{PERSON_4821}",
        "【PERSON_4821】",
        "&#91;PERSON_4821&#93;",
        "&lt;PERSON_4821&gt;",
        "%5BPERSON_4821%5D",
        "%5bperson_4821%5d",
        "\\u005bPERSON_4821\\u005d",
        "\\u005BPERSON_4821\\u005D",
        "PERSON_4821",
        "person-4821",
        "PERSON\\_4821",
        "PERSON\\\\_4821",
        "[PERSON_4821 ]",
        "[PERSON__4821]",
        "[PERSON\n_4821]",
        "[PERSON_4821\n]",
        "{ PERSON_4821 }",
        "\\[PERSON_4821\\]",
        "&#91;PERSON_4 821&#93;",
        "&lt;person-4821&gt;",
        "%5BPERSON_4821%5d",
    ],
)
@pytest.mark.parametrize(
    "around", ["{}", "say {} now", "“{}”", "**{}**", "`{}`", "{}'s", "{}, {}", '\\"{}\\"', "<b>{}</b>", "a={}&b"]
)
def test_a_placeholder_is_recognised_in_every_form_a_model_gives_it(form: str, around: str) -> None:
    found = tokens(around.replace("{}", form))
    assert found == [(form, "[PERSON_4821]")] * around.count("{}")


@pytest.mark.parametrize(
    "text",
    [
        "[PERSON_482]",  # too short a number
        "[PERSON_1234567890]",  # and too long a one
        "[PERSONS_4821]",
        "[PLACE_4821]",
        "PERSON 4821",
        "PERSON4821",
        "xPERSON_4821",
        "_PERSON_4821",
        "éPERSON_4821",
        "PERSON_4821x",
        "PERSON_4821_2",
        "PERSON____4821",
        "FIRST_NAME_4821",
        "[]",
        "",
    ],
)
def test_what_is_none_is_not_recognised(text: str) -> None:
    assert tokens(text) == []


@pytest.mark.parametrize("text", ["[PERSON_4821", "[PERSON_4821)", "[[PERSON_4821"])
def test_brackets_that_do_not_match_stay_outside(text: str) -> None:
    assert tokens(text) == [("PERSON_4821", "[PERSON_4821]")]


@pytest.mark.parametrize("form", ["[PERSON_4821]en", "[PERSON_4821]s", "[PERSON_4821](mailto:x)", "x[PERSON_4821]y"])
def test_endings_stay_outside(form: str) -> None:
    assert tokens(form) == [("[PERSON_4821]", "[PERSON_4821]")]


#: Numbers of few digits, in the brackets that are ours, and in others.
SHORT_FORMS = (
    "[PERSON_1]", "[person 1]", "[Person-12]", "\\[PERSON\\_1\\]", "【PERSON_1】", "&#91;PERSON_1&#93;",
    "%5BPERSON_1%5D",
)  # fmt: skip
NOT_SHORT = (
    "PERSON_1", "(PERSON_1)", "<PERSON_1>", "{PERSON_1}", "(person 12)", "[PERSON_1 2]", "&lt;PERSON_1&gt;", "[1]",
)  # fmt: skip


@pytest.mark.parametrize("form", SHORT_FORMS)
def test_an_ordinal_is_recognised_in_brackets_of_ours(form: str) -> None:
    look = Finder(LABELS, styles=["ordinal"])
    (seen,) = look.find(f"so {form}, then")
    assert (seen.start, seen.end) == (3, 3 + len(form)) and seen.token in ("[PERSON_1]", "[PERSON_12]")
    assert Finder(LABELS).find(form) == []


@pytest.mark.parametrize("form", NOT_SHORT)
def test_an_ordinal_without_them_is_a_word_of_the_models_own(form: str) -> None:
    assert Finder(LABELS, styles=["ordinal"]).find(f"so {form}, then") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[[PERSON_4821]]", "[[PERSON_4821]]"),
        ("[[person 4821]]", "[[person 4821]]"),
        ("\\[\\[PERSON\\_4821\\]\\]", "\\[\\[PERSON\\_4821\\]\\]"),
        ("[[[PERSON_4821]]]", "[[PERSON_4821]]"),
        ("[PERSON_4821]", "[PERSON_4821]"),
        ("[[PERSON_4821]", "[PERSON_4821]"),
        ("[PERSON_4821]]", "[PERSON_4821]"),
        ("[[PERSON_9999]]", "[PERSON_9999]"),  # was issued in one pair
        ("PERSON_4821", "PERSON_4821"),
    ],
)
def test_two_brackets_count_where_two_were_issued(text: str, found: str) -> None:
    (seen,) = Finder(LABELS, styles=["double"], doubled=["4821"]).find(text)
    assert text[seen.start : seen.end] == found


@pytest.mark.parametrize("form", ["\ue000{}\ue001", "\\ue000{}\\ue001", "\\\\uE000{}\\\\uE001"])
def test_private_characters_are_recognised_as_escapes_too(form: str) -> None:
    digits = "0123456789abcdef"
    look = Finder([], styles=["pua"])
    text = f"x{form.format(digits)}y"
    (seen,) = look.find(text)
    assert seen == Sighting(1, len(text) - 1, f"\ue000{digits}\ue001")
    assert [look.held(text[:end]) for end in range(2, len(text) - 1)] == [1] * (len(text) - 3)
    assert look.find(form.format(digits[:-1])) == look.find(form.format(digits.upper())) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dear Greta Kestgart, Greta", ["Greta Kestgart", "Greta"]),
        ("Greta's or Gretas or xGreta or Greta_ or Greta2", ["Greta"]),
        ("(Greta)\nKestgart-Greta", ["Greta", "Kestgart", "Greta"]),
        ("greta", []),
        ("call +61 870 104 043 or +61 870 104 0431", ["+61 870 104 043"]),
        ("Gr and Grx", ["Gr"]),
    ],
)
def test_surrogates_are_found_as_whole_words_the_longest_first(text: str, found: list[str]) -> None:
    look = Finder([], words=["Greta", "Kestgart", "Greta Kestgart", "+61 870 104 043", "Gr"])
    assert [text[seen.start : seen.end] for seen in look.find(text)] == found
    assert look.find("Greta", left="x") == [] and len(look.find("Greta", left="-")) == 1


@pytest.mark.parametrize(
    ("text", "waits"),
    [("so Gre", "Gre"), ("so Greta", "Greta"), ("so Greta ", "Greta "), ("xGre", ""), ("so Greta Kx", ""), ("Gx", "")],
)
def test_a_surrogate_waits_for_the_end_of_its_word(text: str, waits: str) -> None:
    assert text[Finder([], words=["Greta", "Greta Kestgart"]).held(text) :] == waits


def test_neighbours_are_told_apart() -> None:
    assert tokens("[PERSON_4821][EMAIL_1307]PERSON_9999") == [
        ("[PERSON_4821]", "[PERSON_4821]"),
        ("[EMAIL_1307]", "[EMAIL_1307]"),
        ("PERSON_9999", "[PERSON_9999]"),
    ]


def test_the_longest_label_counts() -> None:
    assert tokens("[LAST_NAME_4821] [NAME_4821] last-name-4821") == [
        ("[LAST_NAME_4821]", "[LAST_NAME_4821]"),
        ("[NAME_4821]", "[NAME_4821]"),
        ("last-name-4821", "[LAST_NAME_4821]"),
    ]


def test_the_character_before_the_text_counts_for_bare_forms() -> None:
    assert tokens("PERSON_4821", left="x") == []
    assert tokens("PERSON_4821", left=" ") == [("PERSON_4821", "[PERSON_4821]")]
    assert tokens("[PERSON_4821]", left="x") == [("[PERSON_4821]", "[PERSON_4821]")]


def test_look_alikes_of_letters_do_no_harm() -> None:
    look = Finder(["TOKEN", "EN"])
    assert look.find("[TO\u212aEN_4821]") == []  # the Kelvin sign: a K to patterns, not to str.upper
    assert [seen.token for seen in look.find("[to\u212aen_4821] [EN_4821]")] == ["[EN_4821]"]
    assert [seen.token for seen in Finder(["PERSON"]).find("[per\u017fon_4821]")] == ["[PERSON_4821]"]


def test_stand_ins_are_found_as_they_are_the_longest_first() -> None:
    assert tokens("Acme Ltd, Acme, acme", fixed=("Acme", "Acme Ltd")) == [("Acme Ltd", "Acme Ltd"), ("Acme", "Acme")]


def test_of_two_that_overlap_the_first_counts() -> None:
    assert tokens("[PERSON_4821]x", fixed=("]x",)) == [("[PERSON_4821]", "[PERSON_4821]")]
    assert tokens("x[PERSON_4821]", fixed=("x[",)) == [("x[", "x[")]
    # The "]b" that the placeholder hides does not hide the "bc" in turn.
    assert tokens("[PERSON_4821]bc", fixed=("]b", "bc")) == [("[PERSON_4821]", "[PERSON_4821]"), ("bc", "bc")]


def test_sightings_are_disjoint_and_sorted_even_where_a_label_holds_a_number() -> None:
    found = Finder(["X", "X_1234"]).find("X-1234-5678 X-1234")
    assert found == [Sighting(0, 11, "[X_1234_5678]"), Sighting(12, 18, "[X_1234]")]


def test_without_labels_and_stand_ins_nothing_is_found_or_held() -> None:
    nothing = Finder([])
    assert nothing.find("[PERSON_4821]") == [] and nothing.held("[PERSON_48") == 10


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        ("hello", ""),
        ("hello [", "["),
        ("hello [PER", "[PER"),
        ("[PERSON_4821", "[PERSON_4821"),
        ("[PERSON_4821]", ""),
        ("a PERSON", "PERSON"),
        ("a PERSON_4", "PERSON_4"),
        ("a PERSONS", ""),
        ("see &#", "&#"),
        ("100%", "%"),
        ("\\u00", "\\u00"),
        ("aP", ""),
        ("Ac", "Ac"),
        ("x Acm", "Acm"),
    ],
)
def test_only_what_may_become_a_placeholder_waits(text: str, waits: str) -> None:
    assert text[Finder(["PERSON"], ["Acme"]).held(text) :] == waits


def test_what_waits_is_shorter_than_the_longest_placeholder() -> None:
    look = Finder(["A_" * 16])
    text = "\\u005b" + "A___" * 16 + "___" + "1 " * 9 + "\\u005"
    assert len(text) == MAX_LENGTH
    for longer in (text, " " + text, text[:-5] + "  " + text[-5:], text.replace("[", "[  ")):
        assert len(longer) - look.held(longer) < MAX_LENGTH


def test_labels_alike_but_for_separators_have_one_identity() -> None:
    assert identity("[A_B_1234]") == identity("[AB_1234]") == identity("[A_B__1234]")
    assert identity("[AB_1234]") not in (identity("[AB_1235]"), identity("[AC_1234]"), identity("AB_1234"))
    assert identity("Acme") == ("", "Acme")


RELATIVES = ("[PERSON_LAST_4821]", "[PERSON_B_4821]", "[PERSON_FIRST_Z_4821]")


@pytest.mark.parametrize("token", RELATIVES)
@pytest.mark.parametrize("form", ["{}", "{upper}", "[{bare}]", "({bare})", "\\[{bare}\\]", "{bare}"])
def test_relatives_are_recognised_where_they_are_looked_for(token: str, form: str) -> None:
    bare = token.strip("[]").lower()
    text = form.format(token, upper=token.swapcase(), bare=bare)
    assert [seen.token for seen in Finder(["PERSON", "EMAIL"], relatives=True).find(text)] == [token]
    assert [seen.token for seen in Finder([parts(token)[0]]).find(text)] == [token]  # type: ignore[index]
    assert Finder(["PERSON"]).find(text) == []


def test_a_label_that_ends_like_a_relative_is_itself() -> None:
    look = Finder(["PERSON", "A_B", "NAME_LAST"], relatives=True)
    text = "[A_B_1234] [NAME_LAST_1234] [A_B_B_1234] [NAME_LAST_LAST_C_1234] [PERSON_A_1234] [PERSON_B_B_1234]"
    assert [seen.token for seen in look.find(text)] == text.split()[:4]


@pytest.mark.parametrize("style", ["default", "ordinal", "double", "angle"])
def test_relatives_differ_in_the_label_alone(style: Style) -> None:
    whole = render("PERSON", 4821, style)
    first, second, *_ = relatives(whole, "LAST")
    assert first == render("PERSON_LAST", 4821, style) and second == render("PERSON_LAST_B", 4821, style)
    assert next(relatives(whole, "")) == render("PERSON_B", 4821, style)
    assert len(set(map(identity, relatives(whole, "")))) == 25


def test_what_has_no_number_or_too_long_a_label_has_no_relatives() -> None:
    assert list(relatives("Acme", "")) == list(relatives(f"[{'S' * 31}_1234]", "")) == []


def test_digits_that_another_label_could_have_taken_hide_no_placeholder() -> None:
    text = "%5BX 1234 7420%5D"  # the B could end the label A_B
    assert [seen.token for seen in Finder(["A_B", "X_1234"]).find(text)] == ["[X_1234_7420]"]
