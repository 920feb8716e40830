"""What a model takes for a name: words of labels, countries and everyday words are none; what is like them may be."""

from __future__ import annotations

import pytest

from app.pipeline.detectors.ordinary import is_no_name


def told(marked: str, entity: str) -> bool:
    before, name, after = marked.replace("]", "[").split("[")
    return is_no_name(before + name + after, len(before), len(before) + len(name), entity)


@pytest.mark.parametrize(
    ("marked", "entity"),
    [
        # words of a label, all or some of it
        ("[Social Security] No. 487-93-1104", "ORGANIZATION"),
        ("Social [Security] No. 487-93-1104", "ORGANIZATION"),
        ("[Nat]. Insurance no. PX 24 31 01 B", "PERSON"),
        ("[UR] no: 492-07-01", "PERSON"),
        ("| [DVLA licence] | checked |", "PERSON"),
        ("my [bank a/c] is", "ORGANIZATION"),
        ("[Dept of Veterans' Affairs] number NSS25287", "ORGANIZATION"),
        ("seq\t[Medicare]\t2428 77813 1", "ORGANIZATION"),
        # abbreviations with full stops, also where the model saw a part of one
        ("[D.O.B]. 16 April 2008", "ORGANIZATION"),
        ("[N.H].S. number 629 509 7219", "PERSON"),
        ("N.[H.S]. number 629 509 7219", "PERSON"),
        ("| [A.B.N]. | checked |", "PERSON"),
        # fields and authorities
        ('{"scheme": "[bearer]"}', "PERSON"),
        ("[Tel] 0491 570 266", "LOCATION"),
        ("[HMRC] wrote", "ORGANIZATION"),
        # countries, states, and what belongs to them
        ("a [UK] passport", "LOCATION"),
        ("born in [New Zealand]", "LOCATION"),
        ("the [U.S]. passport", "LOCATION"),
        ("an [Australian] firm", "ORGANIZATION"),
        ("moved to [Texas]", "LOCATION"),
        ("in [NSW] and elsewhere", "LOCATION"),
        # everyday words in small letters
        ("she asked her [insurance]", "ORGANIZATION"),
        ("the [neighbour] called", "LOCATION"),
        ("[basket] 79b3da4f abandoned", "PERSON"),
    ],
)
def test_no_name(marked: str, entity: str) -> None:
    assert told(marked, entity)


@pytest.mark.parametrize(
    ("marked", "entity"),
    [
        ("[Nat] said so", "PERSON"),
        ("[Reg] was there", "PERSON"),
        ("[Iris] Bank", "PERSON"),
        ("ask [mason] about it", "PERSON"),  # a name as well
        ("[hope] called", "PERSON"),
        ("Mr [Bank]", "PERSON"),
        ("[Jordan] called", "PERSON"),
        ("[Virginia] is here", "PERSON"),
        ("[Texas Instruments] hired her", "ORGANIZATION"),
        ("lives in [Leeds]", "LOCATION"),
        ("lives in [New Plymouth]", "LOCATION"),
        ("at [Blue Harbour Health Fund]", "ORGANIZATION"),
        ("at [Summit Clinic]", "ORGANIZATION"),
        ("at [summit clinic]", "ORGANIZATION"),
        ("[Caron] called", "PERSON"),
        ("ask [Emin]", "PERSON"),
        ("[J.R]. Ewing", "PERSON"),
        ("[Ewing], J.R.", "PERSON"),
        ("[王小明]", "PERSON"),
    ],
)
def test_may_be_a_name(marked: str, entity: str) -> None:
    assert not told(marked, entity)
