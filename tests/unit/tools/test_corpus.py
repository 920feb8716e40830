"""The corpus that is made: the same in every run, valid to the last digit, its parts apart."""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from collections import Counter
from collections.abc import Callable
from itertools import combinations, islice
from random import Random

import pytest
from stdnum import iban, luhn
from stdnum.au import abn, acn, tfn
from stdnum.gb import nhs, utr, vat
from stdnum.nz import bankaccount, ird
from stdnum.us import ein, rtn

from app.evaluation.corpus import SPLITS, Item, parse
from app.pipeline.patterns import checksums
from tools.corpus import logs, template
from tools.corpus.__main__ import TEMPLATES, items
from tools.corpus.labels import LABELS
from tools.corpus.template import Template
from tools.corpus.values import HARMLESS, IDENTIFIERS, persons

CORPUS = {split: list(items(split)) for split in SPLITS}
EVERY_SPLIT = pytest.mark.parametrize("split", SPLITS)
EVERY_PAIR = pytest.mark.parametrize(("one", "other"), list(combinations(SPLITS, 2)))


def _jwt(value: str) -> bool:
    head, _, _ = value.partition(".")
    return "alg" in json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))


def _formed(expression: str) -> Callable[[str], bool]:
    return lambda value: re.fullmatch(expression, value) is not None


def _bare(valid: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda value: valid(re.sub(r"[^A-Z0-9]", "", value.upper()))


#: Those of the beneficiary identifier (CMS).
_A, _AN = "[AC-HJKMNP-RT-Y]", "[0-9AC-HJKMNP-RT-Y]"
#: What every value of an entity is, by somebody else's rules where there are some.
VALID: dict[str, Callable[[str], bool]] = {
    "AU_TFN": _bare(tfn.is_valid),
    "AU_ABN": _bare(abn.is_valid),
    "AU_ACN": _bare(acn.is_valid),
    "AU_MEDICARE": checksums.medicare,
    "AU_IHI": _bare(luhn.is_valid),
    "AU_CRN": _formed(r"\d{3} ?\d{3} ?\d{3} ?[A-Z]"),
    "AU_BSB": _formed(r"\d{3}[- ]?\d{3}"),
    "AU_PASSPORT": _formed(r"[A-Z]{1,2}\d{7}"),
    "NZ_IRD": _bare(ird.is_valid),
    "NZ_NHI": checksums.nhi,
    "NZ_BANK_ACCOUNT": _bare(bankaccount.is_valid),
    "NZ_DRIVER_LICENCE": _formed(r"[A-Z]{2}\d{6}"),
    "UK_NINO": _formed(r"(?:QQ|(?![DFIQUV])[A-Z](?![DFIOQUV])[A-Z]) ?\d\d ?\d\d ?\d\d ?[A-D]"),
    "UK_NHS": _bare(nhs.is_valid),
    "UK_CHI": _bare(nhs.is_valid),
    "UK_UTR": _bare(utr.is_valid),
    "UK_VAT": _bare(vat.is_valid),
    "UK_DRIVING_LICENCE": lambda value: checksums.driving_licence(value[:16]),
    "UK_POSTCODE": lambda value: checksums.uk_postcode(value),
    "US_SSN": checksums.ssn,
    "US_ITIN": checksums.itin,
    "US_EIN": _bare(ein.is_valid),
    "US_BANK_ROUTING": rtn.is_valid,
    "US_NPI": lambda value: luhn.is_valid("80840" + value),
    "US_DEA": checksums.dea,
    "US_MBI": _formed(rf"[1-9]{_A}{_AN}\d-?{_A}{_AN}\d-?{_A}{_A}\d\d"),
    "CREDIT_CARD": _bare(luhn.is_valid),
    "IBAN_CODE": iban.is_valid,
    "IMEI": luhn.is_valid,
    "IP_ADDRESS": lambda value: not ipaddress.ip_address(value).is_global,
    "MAC_ADDRESS": _formed(r"00[:-]00[:-]5[eE][:-]00[:-]53[:-][0-9A-Fa-f]{2}"),
    "EMAIL_ADDRESS": _formed(r"[\w.+-]+@(?:\w+\.)?example\.(?:com|org|net)"),
    "VIN": _formed(r"[A-HJ-NPR-Z0-9]{8}[0-9X][A-HJ-NPR-Z0-9]{8}"),
    "PHONE_NUMBER": _formed(r"[+(]?[\d ().-]{9,20}"),
    "JWT": _jwt,
    "PRIVATE_KEY": _formed(r"(?s)-----BEGIN [A-Z ]+-----\n.*\n-----END [A-Z ]+-----"),
}  # fmt: skip


@EVERY_SPLIT
def test_every_value_is_valid(split: str) -> None:
    wrong = [
        (item.id, value)
        for item in CORPUS[split]
        for span in item.spans
        if not VALID.get(span.entity, bool)(value := item.text[span.start : span.end])
    ]
    assert wrong == []


def test_most_entities_are_held_against_a_rule() -> None:
    entities = {span.entity for split in SPLITS for item in CORPUS[split] for span in item.spans}
    assert VALID.keys() <= entities
    assert {maker.entity for maker in IDENTIFIERS.values()} <= entities


@EVERY_SPLIT
def test_it_is_a_corpus_and_the_same_in_every_run(split: str) -> None:
    lines = [item.line() for item in CORPUS[split]]
    assert parse(lines, split) == CORPUS[split]
    assert [item.line() for item in items(split)] == lines
    assert 1500 < len(lines) < 6000


@EVERY_SPLIT
def test_no_slot_and_no_edge_is_left(split: str) -> None:
    for item in CORPUS[split]:
        assert "<<" not in re.sub("<<'END'", "", item.text) and ">>" not in item.text, item.id
        for span in item.spans:
            value = item.text[span.start : span.end]
            assert value == value.strip(), item.id


@EVERY_SPLIT
def test_json_is_json(split: str) -> None:
    for item in CORPUS[split]:
        if item.kind == "json":
            json.loads(item.text)


@EVERY_SPLIT
def test_there_is_enough_of_everything(split: str) -> None:
    read = list(template.read(TEMPLATES / split))
    assert sum("<<" not in one.text.replace("<<~", "") for one in read) >= 40  # harmless
    assert {item.kind for item in CORPUS[split]} >= set(
        "prose chat code log csv json clinical legal markdown html form url".split()
    )
    counts = Counter(span.entity for item in CORPUS[split] for span in item.spans)
    assert min(counts[maker.entity] for maker in IDENTIFIERS.values()) >= 20
    assert min(counts[name] for name in ("PERSON", "ADDRESS", "PHONE_NUMBER")) >= 80
    assert Counter(item.region for item in CORPUS[split]).keys() == {"", "AU", "NZ", "UK", "US"}


def _sentences(templates: list[Template]) -> set[str]:
    """What of them is words, in pieces that are long enough to be told from one another."""
    texts = (re.sub(r"<<[^<>\n]+>>", "|", one.text) for one in templates)
    pieces = (re.sub(r"\W+", " ", piece).strip().lower() for text in texts for piece in re.split(r"[|\n]", text))
    return {piece for piece in pieces if len(piece) > 16}


@EVERY_PAIR
def test_the_splits_share_no_words_around_a_value(one: str, other: str) -> None:
    words, others = (_sentences(list(template.read(TEMPLATES / split))) for split in (one, other))
    assert len(words) > 100 and len(others) > 100
    # What the keys in a file of credentials are called is not ours to choose.
    assert words & others <= {"aws_access_key_id", "aws_secret_access_key"}


@EVERY_PAIR
def test_the_splits_share_no_person_and_no_label(one: str, other: str) -> None:
    names, others = ({(form["first"], form["last"]) for form in _people(split)} for split in (one, other))
    assert names.isdisjoint(others)
    for name in IDENTIFIERS:
        assert set(LABELS[one][name]).isdisjoint(LABELS[other][name]), name


def _people(split: str) -> list[dict[str, str]]:
    return [persons.person(Random(number), split) for number in range(2000)]


def test_a_tied_slot_is_one_value() -> None:
    one = Template("x", "prose", "", 1, "<<PERSON.full#1>> <<PERSON.last#1>> <<?ORGANIZATION Acme Ltd>> <<~small>>")
    text, labels = one.fill(Random(1), "tune")
    assert text.split()[1] == text.split()[2]
    assert [(label.entity, label.optional) for label in labels] == [
        ("PERSON", False), ("PERSON", False), ("ORGANIZATION", True),
    ]  # fmt: skip
    assert [text[label.start : label.end] for label in labels][2] == "Acme Ltd"


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_harmless_is_made_up_anew(name: str) -> None:
    random = Random(1)
    assert len({HARMLESS[name](random) for _ in range(20)}) > 5


def test_logs_are_whole_lines_without_slots() -> None:
    lines = list(islice(logs.lines(Random(1)), 3000))
    assert not any(re.search(r"\{[a-z0-9]+\}", line) for line in lines)
    assert lines == list(islice(logs.lines(Random(1)), 3000))


def test_items_do_not_depend_on_other_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    read = list(template.read(TEMPLATES / "tune"))
    monkeypatch.setattr(template, "read", lambda _: iter(read[-3:]))
    some: list[Item] = list(items("tune"))
    assert some and set(some) <= set(CORPUS["tune"])
