"""Where in a message of HL7 version 2 personal data stands: segments, their fields, types and entities.

Fields and types are those of HL7 v2.5.1, mostly of its chapters 3 (patients) and 6 (financial); a few are of later
versions, in places that were empty before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

#: What the fields are made of: a name, a person with an id (a doctor), an id, an address, a telephone or e-mail, a
#: date, the name of an observer, a licence; a text is one value.
Type = Literal["XPN", "XCN", "CX", "XAD", "XTN", "TS", "NDL", "DLN", "ST"]


class Field(NamedTuple):
    """The entity of a field; of a person's id in "XCN" and "NDL"."""

    type: Type
    entity: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One kind of segment, with the number of fields that it has.

    `counted` says that its first field numbers it. Of its fields, `personal` are hidden, and `text` is free text, or
    names an organisation: what other rules find there, counts. All others hold codes, times and amounts.
    """

    size: int
    personal: Mapping[int, Field] = field(default_factory=dict)
    text: frozenset[int] = frozenset()
    counted: bool = False


_NAME = Field("XPN", "PERSON")
_DOCTOR = Field("XCN", "ID_NUMBER")
_OBSERVER = Field("NDL", "ID_NUMBER")
_ADDRESS = Field("XAD", "ADDRESS")
_PHONE = Field("XTN", "PHONE_NUMBER")
_BORN = Field("TS", "DATE_OF_BIRTH")
_DATE = Field("TS", "DATE")
_PLACE = Field("ST", "LOCATION")
_SSN = Field("ST", "US_SSN")
_RECORD = Field("CX", "MEDICAL_RECORD_NUMBER")
_ACCOUNT = Field("CX", "ACCOUNT_NUMBER")
_ID = Field("CX", "ID_NUMBER")
_PLAN = Field("CX", "HEALTH_PLAN_NUMBER")
_EMPLOYER = Field("XPN", "ORGANIZATION")


def _fields(**numbers: str) -> dict[int, Field]:
    """Fields by number, from the numbers of each kind of field."""
    return {int(number): _KINDS[kind] for kind, written in numbers.items() for number in written.split()}


_KINDS = {
    "name": _NAME, "doctor": _DOCTOR, "observer": _OBSERVER, "address": _ADDRESS, "phone": _PHONE, "born": _BORN,
    "date": _DATE, "place": _PLACE, "ssn": _SSN, "record": _RECORD, "account": _ACCOUNT, "id": _ID, "plan": _PLAN,
    "employer": _EMPLOYER, "licence": Field("DLN", "US_DRIVER_LICENSE"),
}  # fmt: skip


def _text(written: str) -> frozenset[int]:
    return frozenset(map(int, written.split()))


SEGMENTS: Mapping[str, Segment] = {
    "MSH": Segment(21),
    "EVN": Segment(7, _fields(doctor="5")),
    "PID": Segment(
        39,
        _fields(
            record="2 3 4 21",
            name="5 6 9",
            born="7",
            address="11",
            phone="13 14",
            account="18",
            ssn="19",
            licence="20",
            place="23",
            date="29",
        ),
        counted=True,
    ),
    "PD1": Segment(21, _fields(doctor="4"), _text("3")),
    "NK1": Segment(
        41,
        _fields(name="2 26 30", address="4 32", phone="5 6 31 40 41", id="12 33", born="16", ssn="37", place="38"),
        _text("13"),
        counted=True,
    ),
    "GT1": Segment(
        57,
        _fields(
            account="2",
            name="3 4 42 45",
            address="5 17",
            phone="6 7 18 46",
            born="8",
            ssn="12",
            employer="16",
            id="19 29",
            date="24",
            place="56",
        ),
        _text("21 51"),
        counted=True,
    ),
    "IN1": Segment(
        53,
        _fields(
            name="6 16",
            phone="7",
            plan="8 10 36 49",
            born="18",
            address="19 44",
            doctor="30",
            place="52",
        ),
        _text("4 5 9 11 14"),
        counted=True,
    ),
    "IN2": Segment(
        72,
        _fields(
            id="1 10",
            ssn="2",
            doctor="3",
            plan="6 8 26 61",
            name="7 9 22 40 49 52",
            phone="50 53 58 63 64",
        ),
        _text("69 70"),
    ),
    "PV1": Segment(52, _fields(record="5 19 50", doctor="7 8 9 17 52", date="44 45"), counted=True),
    "PV2": Segment(49, _fields(doctor="13"), _text("8 9 12 23")),
    "MRG": Segment(7, _fields(record="1 2 4 5 6", account="3", name="7")),
    "ORC": Segment(31, _fields(doctor="10 11 12 19", phone="14", address="24"), _text("21 22 23")),
    "OBR": Segment(
        50, _fields(doctor="10 16 28", phone="17", observer="32 33 34 35"), _text("13 18 19 20 21 39"), counted=True
    ),
    "OBX": Segment(25, _fields(doctor="16 25"), _text("5 23 24"), counted=True),
    "NTE": Segment(5, _fields(doctor="5"), _text("3"), counted=True),
    "AL1": Segment(6, {}, _text("5"), counted=True),
    "DG1": Segment(26, _fields(doctor="16"), counted=True),
    "PR1": Segment(20, _fields(doctor="8 11 12"), _text("4"), counted=True),
    "SCH": Segment(27, _fields(doctor="12 16 20", phone="13 17 21", address="14 18")),
    "AIP": Segment(12, _fields(doctor="3"), counted=True),
    "ROL": Segment(12, _fields(doctor="4", address="11", phone="12")),
    "PRD": Segment(9, _fields(name="2", address="3", phone="5", id="7"), _text("4")),
    "CTD": Segment(7, _fields(name="2", address="3", phone="5", id="7"), _text("4")),
    "FT1": Segment(31, _fields(doctor="20 21 24"), _text("8 9"), counted=True),
    "RXA": Segment(26, _fields(doctor="10"), _text("9")),
    "TXA": Segment(23, _fields(doctor="5 9 10 11 22 23"), _text("16 21"), counted=True),
}

#: The entity of an id by its type (table 0203), where that says more than the field.
BY_ID_TYPE: Mapping[str, str] = {
    **dict.fromkeys(("MR", "PI", "PT", "PN", "U", "MRT"), "MEDICAL_RECORD_NUMBER"),
    **dict.fromkeys(("AN", "ANON", "ANC"), "ACCOUNT_NUMBER"),
    **dict.fromkeys(("MC", "MA", "HC", "MB", "SN", "PHN"), "HEALTH_PLAN_NUMBER"),
    "SS": "US_SSN", "DL": "US_DRIVER_LICENSE", "NPI": "US_NPI", "NHI": "NZ_NHI", "NHS": "UK_NHS", "NH": "UK_NHS",
}  # fmt: skip

#: What an observation's value is by its type (OBX-2): a field as above, or nobody's.
VALUE_TYPES: Mapping[str, Field | None] = {
    "XPN": _NAME, "PN": _NAME, "XCN": _DOCTOR, "CN": _DOCTOR, "CX": _ID, "CK": _ID, "XAD": _ADDRESS, "AD": _ADDRESS,
    "XTN": _PHONE, "TN": _PHONE, **dict.fromkeys(("NM", "SN", "CE", "CNE", "CWE", "CF", "ID", "IS", "MO", "SI", "TM")),
}  # fmt: skip
