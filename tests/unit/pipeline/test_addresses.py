"""Addresses that nobody lives at: streets of common names, numbers and towns that do not go together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.detection import Detection
from app.pipeline.detectors import addresses
from app.pipeline.detectors.patterns import PatternsDetector
from app.pipeline.engine import Engine
from app.pipeline.patterns import places
from app.pipeline.policy import Policy
from app.pipeline.span import Span, resolve

EVERYWHERE = Policy()


def found(text: str, *regions: str) -> list[str]:
    return [text[start:end] for start, end in addresses.find(text, Policy(regions=frozenset(regions)))]


AUSTRALIA = [
    "Unit 4/12 Wattle St, Geelong VIC 3220",
    "4/12 Wattle St, Geelong VIC 3220",
    "U4/12 Wattle Street, Geelong VIC 3220",
    "B/12 Wattle St, Geelong",
    "Unit 4, 12 Wattle Street, Geelong, VIC, 3220",
    "Level 5, 120 Collins St, Melbourne VIC 3000",
    "Suite 300, Tower B, 120 Collins St, Melbourne",
    "Shop 3, 12-14 O'Connell Street, North Adelaide SA 5006",
    "Lot 7 Old Coach Road, Ludlow QLD 4350",
    "12A St Kilda Rd",
    "12 Acland St St Kilda VIC 3182",
    "12 George St, The Rocks NSW 2000, Australia",
    "3/12-14 Wattle St, Geelong, Victoria 3220",
    "46 Church Lane\nFREMANTLE WA 6160",
    "46 CHURCH LANE FREMANTLE WA 6160",
    "120 eden ave, launceston tas 7250",
    "12 Wattle St Geelong Vic 3220",
    "12 Wattle St,Geelong,VIC,3220",
    "12 Wattle St, 3220",
    "51 Wattle Cres, Wollongong",
    "PO Box 741, Wollongong NSW 2500",
    "P.O. Box 741\nWollongong NSW 2500",
    "GPO Box 12, Sydney NSW 2001",
    "Locked Bag 20, Parramatta NSW 2124",
    "RMB 1234, Shepparton VIC 3630",
    "Wollongong NSW 2500",
    "Wagga Wagga NSW 2650",
]
NEW_ZEALAND = [
    "168 Glen Avenue, Nelson 7010",
    "2/168 Glen Avenue, Nelson 7010",
    "4 Ōtāhuhu Road, Māngere, Auckland 2022",
    "76 Eden Avenue\nNapier 4110",
    "76 Eden Avenue\nAhuriri\nNapier 4110\nNew Zealand",
    "123 Wattle Road, RD 2, Hamilton 3282",
    "PO Box 12 345, Penrose, Auckland 1642",
    "Private Bag 92019, Auckland 1142",
    "171 Victoria Ln, Hamilton",
    "12 eden street, hamilton 3204",
    "Palmerston North 4410",
]
BRITAIN = [
    "Flat 2B, 14 High Street, Leeds LS6 2JH",
    "Flat 2B\n14 High Street\nLittle Snoring\nNorfolk\nNR21 0AB",
    "1st Floor, 14 High Street, Leeds",
    "Top Floor Flat, 14 High Street, Leeds LS6 2JH",
    "Rose Cottage, Church Lane, Ludlow SY8 1AA",
    "The Old Rectory, Church Lane, Ludlow SY8 1AA",
    "Rose Cottage\nChurch Lane\nLudlow\nSY8 1AA",
    "Riverside House, 14 High Street, Newcastle upon Tyne, Tyne and Wear NE1 4ST",
    "10 Mill Hill, London, SW1A 2AA, United Kingdom",
    "12 The Grove, Leeds LS6 2JH",
    "12 Mount St Helens Road, Leeds",
    "40 station ave, leeds ls6 2jh",
    "PO Box 12, Ludlow SY8 1AA",
    "London SE22 8GJ",
]
AMERICA = [
    "160 Church Street Apt 13, Springfield, IL 62704",
    "160 Church St. #13, Springfield, IL 62704-1234",
    "160 Church St., Springfield, Illinois 62704",
    "#12, 55 Main St, Springfield, IL 62704",
    "Apt 3C, 55 W 42nd St, New York, NY 10036",
    "350 5th Ave, New York, NY 10118",
    "1221 Avenue of the Americas, New York, NY 10020",
    "100 Avenue B, New York, NY 10009",
    "1600 Elm Avenue NW, Washington, DC 20500",
    "1600 Broadway, New York, NY 10019",
    "4500 County Road 12, Boulder, CO 80301",
    "4500 State Highway 9, Boulder, CO 80301",
    "189 glen tce, tucson, az 85719",
    "33 Eden Street\nSuite 4\nBoise, ID 83702\nUSA",
    "33 Martin Luther King Jr Blvd, Boise, ID",
    "PO Box 8322, Portland, OR 97214",
    "Springfield, IL 62704",
    "Salt Lake City, Utah 84101",
]
ADDRESSES = [*AUSTRALIA, *NEW_ZEALAND, *BRITAIN, *AMERICA]
FRAMES = [
    "{}",
    "He lives at {}.",
    "They moved to {} in spring.",
    "Send to: {}\n\nThanks",
    "Address:\n{}\nPhone: 0491 570 006",
    "({})",
    '{{"address": "{}", "verified": false}}',
    "<td>{}</td>",
    "| {} |",
]


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_one_span_with_nothing_around_it(address: str, frame: str) -> None:
    assert found(frame.format(address)) == [address]


@pytest.mark.parametrize("address", [address for address in ADDRESSES if "\n" in address])
@pytest.mark.parametrize("line_break", ["\\n", "\\r\\n", "\r\n", ",\n", "<br>", "<br/>\n    ", "\n\t"])
def test_the_lines_of_a_letter_are_one_address(address: str, line_break: str) -> None:
    address = address.replace("\n", line_break)
    assert found(f"Ship to\n{address}\n") == [address]


@pytest.mark.parametrize(
    "text",
    [
        "10 Downing",
        "Version 3 Road",
        "return 5 Way",
        "Chapter 4 Drive",
        "the 3 Court cases",
        "Windows NT 2000",
        "1 Hop Way",
        "12 Python St",
        "a 3 Point Turn and a 500 GB Hard Drive",
        "2 Way Street, 4 Lane Highway, 5 Minute Walk",
        "In 1987 Wall Street crashed",
        "the 2008 Wall Street crash",
        "12 people on the street",
        "at 5 pm on Main Street",
        "walk 2 miles down the road",
        "Order 12 items at the store",
        "Error CA 12345",
        "Model AL 12345",
        "Intel SA 1000",
        "in Auckland 2019",
        "box 12",
        "RD 2",
        "host-12-road.example.com",
        "/12 Mill Road",
        "v12 Mill Road",
        "$12 Mill Road",
        "x = 12 Road_Kind",
        "2024-03-01 17:08:54 ERROR Drive not ready",
        "for i in range(10): Close(i)",
        "if x < 5 and Row > 3: pass",
        "3 Drive letters",
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Order 12 to 14 Mill Street", "14 Mill Street"),
        ("Buy 3 tickets, 14 Mill Street, Leeds LS6 2JH", "14 Mill Street, Leeds LS6 2JH"),
        ("Jane Doe lives at 14 Mill Street, Bob lives next door", "14 Mill Street"),
        ("14 Mill Street. Geelong is near", "14 Mill Street"),
        ("14 Mill Street\nPhone 0491 570 006", "14 Mill Street"),
        ("14 Mill Street, Leeds\nMonday", "14 Mill Street, Leeds"),
        ("14 Mill Street, Leeds, independent in all", "14 Mill Street, Leeds"),
        ("14 Mill Street, 2019", "14 Mill Street"),
        ("14 Mill Street. In 2019 we moved", "14 Mill Street"),
        ("14 MILL STREET IN 2019", "14 MILL STREET"),
        ("14 Mill Street, 0491 570 006", "14 Mill Street"),
        ("PO Box 239, Mill Hill 8942", "PO Box 239, Mill Hill 8942"),
        ("He is at Flat 28a, Station Road, Leeds LS6 2JH", "Flat 28a, Station Road, Leeds LS6 2JH"),
        ("48 Eden Viaduct, Boise, ID 83702", "48 Eden Viaduct, Boise, ID 83702"),
        ("48 Eden, Boise, ID 83702", "48 Eden, Boise, ID 83702"),
        ("Unit 1144 Box 0242, APO AE 09102", "Unit 1144 Box 0242, APO AE 09102"),
        ("14 Mill Street sold for about 4000 dollars", "14 Mill Street"),
        ("14 Mill Street and then 15 pm", "14 Mill Street"),
        ("In London SE22 8GJ it rains", "London SE22 8GJ"),
        ("Customer Wollongong NSW 2500", "Wollongong NSW 2500"),
        ("i live at 14 mill street with two dogs", "14 mill street"),
    ],
)
def test_an_address_ends_where_it_ends(text: str, address: str) -> None:
    assert found(text) == [address]


def test_two_addresses_are_two() -> None:
    assert found("12 Mill St, Leeds\n14 Mill St, Leeds") == ["12 Mill St, Leeds", "14 Mill St, Leeds"]
    assert found("from 12 Mill Road to 14 Wattle Road") == ["12 Mill Road", "14 Wattle Road"]


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("Wollongong NSW 2500", "AU"),
        ("Hamilton 3204", "NZ"),
        ("London SE22 8GJ", "UK"),
        ("Springfield, IL 62704", "US"),
    ],
)
def test_the_policy_chooses_whose_postal_codes_count(text: str, region: str) -> None:
    assert found(text, region) == [text]
    assert found(text, *{"AU", "NZ", "UK", "US"} - {region}) == []


def test_a_street_is_one_in_every_region() -> None:
    assert found("14 Mill Street, Leeds LS6 2JH", "AU") == ["14 Mill Street, Leeds LS6 2JH"]


@pytest.mark.parametrize(("state", "code"), [("nsw", "2000"), ("act", "0200"), ("nt", "0800"), ("ma", "01002")])
def test_a_state_has_its_own_codes(state: str, code: str) -> None:
    assert places.belongs(state, code)
    assert not places.belongs(state, "9" * len(code))


def test_what_was_found_has_one_name() -> None:
    text = "Write to 14 Mill Street, Geelong VIC 3220 please"
    patterns = Detection("none").text(text, Policy(layers=frozenset({"patterns"})))
    assert [(finding.entity, finding.value) for finding in patterns] == [("ADDRESS", text[9:-7])]
    spans = [Span(finding.start, finding.end, finding.entity, finding.score, finding.source) for finding in patterns]
    town = Span(25, 32, "LOCATION", 0.99, "ner")
    assert resolve([*spans, town]) == spans


class Model:
    """Takes these words for places."""

    name = "ner"

    def __init__(self, *places: str) -> None:
        self._places = places

    def detect(self, text: str, policy: Policy) -> list[Span]:
        starts = [(text.find(place), place) for place in self._places]
        return [Span(start, start + len(place), "LOCATION", 0.9, self.name) for start, place in starts if start >= 0]


@pytest.mark.parametrize(
    ("text", "places", "values"),
    [
        ("At 14 Mill Street, Wagga Wagga now", ["Wagga Wagga"], ["14 Mill Street, Wagga Wagga"]),
        ("At 14 Mill Street Geelong now", ["Mill Street Geelong"], ["14 Mill Street Geelong"]),
        (
            "At Oak Tower, 14 Mill Street,\nGeelong now",
            ["Oak Tower", "Geelong"],
            ["Oak Tower, 14 Mill Street,\nGeelong"],
        ),
        ("In Geelong 14 Mill Street", ["Geelong"], ["Geelong", "14 Mill Street"]),
        ("14 Mill Street is in Geelong", ["Geelong"], ["14 Mill Street", "Geelong"]),
    ],
)
def test_the_place_beside_an_address_is_a_part_of_it(text: str, places: list[str], values: list[str]) -> None:
    engine = Engine({"ner": Model(*places), "patterns": PatternsDetector()}, [])
    found = engine.findings(text, Policy(layers=frozenset({"ner", "patterns"})))
    assert [finding.value for finding in found] == values
    assert [finding.entity for finding in found if finding.value[-1] != "g" or " " in finding.value] == ["ADDRESS"]


_streets = st.builds(
    "{} {}".format,
    st.sampled_from(
        ["Mill", "St Kilda", "O'Connell", "D’Arcy", "Old Coach", "Ōtāhuhu", "Martin Luther King", "Queens"]
    ),
    st.sampled_from(
        "Street St St. Road Rd Avenue Ave Lane Crescent Terrace Tce Parade Highway Grove Drive Court".split()
    ),
)
_numbers = st.sampled_from(["1", "12", "12A", "12-14", "4/12", "4B/12", "1204", "12345"])
_units = st.sampled_from(
    ["", "", "Unit 4, ", "Flat 2B, ", "Level 5, ", "Apt 3C, ", "Suite 1204, ", "Shop 3, ", "#12, "]
)
_towns = st.sampled_from(["Geelong", "North Adelaide", "Stoke-on-Trent", "Kingston upon Hull", "Mt. Eden", "Whangārei"])
_ends = st.one_of(
    st.sampled_from(
        ["VIC 3220", "NSW 2500", "nsw 2500", "WA, 6000", "IL 62704", "NY 10020-1001", "LS6 2JH", "EC1A 1BB"]
    ),
    st.sampled_from(["3220", "62704", "Victoria 3220", "New York 10020", "VIC 3220, Australia", "LS6 2JH\nEngland"]),
)
_whole = st.builds(
    "{}{} {}{}{} {}".format, _units, _numbers, _streets, st.sampled_from([", ", "\n", ",\n"]), _towns, _ends
)


@given(_whole, st.sampled_from(FRAMES), st.sampled_from([str, str.upper]))
def test_a_whole_address_is_hidden_however_it_is_written(address: str, frame: str, case: type[str]) -> None:
    address = case(address)
    assert found(frame.format(address)) == [address]


@given(_units, _numbers, _streets, _towns)
def test_a_town_needs_no_code(unit: str, number: str, street: str, town: str) -> None:
    address = f"{unit}{number} {street}, {town}"
    assert found(f"The parcel for {address}, came back.") == [address]


_pieces = st.sampled_from(
    """12 4/ 3220 62704 Mill mill Street st Road . , \n \\n - # / Unit Flat VIC IL LS6 2JH PO Box The House and of
    Avenue B 5th É ō ' Geelong australia USA NZ <br> \t : (""".split(" ")
)


@given(st.lists(_pieces, max_size=24).map(" ".join) | st.lists(_pieces, max_size=24).map("".join))
def test_spans_begin_and_end_with_words_in_order(text: str) -> None:
    last = 0
    for start, end in addresses.find(text, EVERYWHERE):
        assert last <= start < end <= len(text)
        assert text[start].isalnum() or text[start] == "#"
        assert text[end - 1].isalnum() or text[end - 1] in "."
        assert not text[end : end + 1].isdecimal()
        last = end
