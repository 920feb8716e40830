"""What may stand between a word and its value: leaders, hints, numbers that are none; captions, cells, components."""

from __future__ import annotations

import pytest

from app.pipeline.detectors.patterns import PatternsDetector
from app.pipeline.policy import Policy

VALUE = "123456782"


def found(text: str) -> set[str]:
    return {
        text[span.start : span.end] for span in PatternsDetector().detect(text, Policy()) if span.entity == "AU_TFN"
    }


@pytest.mark.parametrize(
    "text",
    [
        f"TFN {'.' * 90} {VALUE}",
        f"TFN:{'_' * 60}{VALUE}",
        f"TFN {'. ' * 40}{VALUE}",
        f"TFN{' ' * 60}{VALUE}",
        f"TFN (see page 4) ..... {VALUE}",
        f"TFN (you will find it on the front of the letter that came)\nAnswer: {VALUE}",
        f"TFN [F12] {VALUE}",
        f"TFN #1: {VALUE}",
        f"TFN (as at 12/03/2024): {VALUE}",
        f"TFN  2024-03-12  {VALUE}",
        f"TFN - 9 digits - {VALUE}",
        f"TFN\n1st attempt: {VALUE}",
        f"Do you have a TFN?  [X] Yes  [ ] No\nIf yes, please give it: {VALUE}",
        f"TFN: Yes / No\nIf yes: {VALUE}",
        f"Q7. TFN\nA7. {VALUE}",
        f"TFN\u00b9: {VALUE}",
        f"TFN \u2013 please write one character in each of the boxes\n{VALUE}",
        f"{VALUE}    TFN",
        f"{VALUE} ......... TFN",
        f"{VALUE}\n\nTFN",
        f"PID|1||{VALUE}^^^tfn||",
        f"PID|1||{VALUE}^^^ATO^TFN||",
        f"\u2502 TFN \u2502 Office \u2502\n\u251c\u2500\u253c\u2500\u2524\n\u2502 {VALUE} \u2502 North \u2502",
        f"id,tfn,since\n1,{VALUE},March 5, 1980\n",
    ],
)
def test_a_value_is_found(text: str) -> None:
    assert VALUE in found(text)


@pytest.mark.parametrize(
    "text",
    [
        f"TFN one of: 4 forms, then {VALUE}",
        f"TFN 7 {VALUE}",
        f"TFN (see page 4), invoice {VALUE}",
        f"TFN: 2 of them\nlines {VALUE} to the end",
        f"TFN (1)\ninvoice {VALUE}",
        f"TFN2 {VALUE}",
        f"{VALUE}    tfn_reader.py",
        f"id,tfn,since\n1,x,March 5, {VALUE}, 7\n",
    ],
)
def test_a_number_that_is_another_s_is_not(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("Veterans' file number", "NX123456A"),
        ("VETERAN\u2019S CARD NO", "NX123456A"),
        ("Med. Rec. No.", "H1234567"),
        ("soc. sec. num", "078-05-1120"),
        ("dosing pump serial", "C02XG0FDJG5J"),
        ("Insurance card nr", "W123456789"),
        ("Aetna ID", "W123456789"),
        ("bank_a_c", "01-0242-0100194-00"),
        ("client code", "CUST12345"),
    ],
)
def test_what_it_is_called_may_be_said_in_many_ways(label: str, value: str) -> None:
    text = f"{label}: {value}"
    assert value in {text[span.start : span.end] for span in PatternsDetector().detect(text, Policy())}
