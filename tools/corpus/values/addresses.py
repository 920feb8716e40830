"""Postal addresses. The towns exist, with the postcode that is theirs; the streets in them are made up."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tools.corpus.values.base import Forms, Maker, fill
from tools.corpus.values.own import words

_STREETS = {
    "tune": "Wattle Church Victoria Kauri Mill Station Elm Park Harbour Queens Glen Eden Bridge Manor Cedar".split(),
    "held-out": "Banksia High Albert Rimu Orchard Railway Maple Garden Bay Ridge Kings Avon Fern Chapel Spring".split(),
    "unseen": "Myrtle Princes Windsor Totara Quarry Market Willow Meadow Beach Forest Duke Severn Laurel Abbey".split(),
    "fresh": words("fresh", "streets"),
}
_TOWNS: dict[str, dict[str, Sequence[tuple[str, ...]]]] = {
    "tune": {
        "AU": (("Wollongong", "NSW", "2500"), ("Geelong", "VIC", "3220"), ("Toowoomba", "QLD", "4350"),
               ("Fremantle", "WA", "6160"), ("Glenelg", "SA", "5045"), ("Launceston", "TAS", "7250")),
        "NZ": (("Hamilton", "Waikato", "3204"), ("Dunedin", "Otago", "9016"), ("Napier", "Hawke's Bay", "4110"),
               ("Nelson", "Tasman", "7010")),
        "UK": (("Leeds", "West Yorkshire", "LS6 2"), ("Norwich", "Norfolk", "NR2 1"), ("Exeter", "Devon", "EX4 3"),
               ("Stirling", "Scotland", "FK8 2"), ("London", "Greater London", "SE22 8")),
        "US": (("Springfield", "IL", "62704"), ("Tucson", "AZ", "85719"), ("Portland", "OR", "97214"),
               ("Albany", "NY", "12208"), ("Boise", "ID", "83702")),
    },
    "held-out": {
        "AU": (("Ballarat", "VIC", "3350"), ("Newcastle", "NSW", "2300"), ("Cairns", "QLD", "4870"),
               ("Bunbury", "WA", "6230"), ("Norwood", "SA", "5067"), ("Hobart", "TAS", "7000")),
        "NZ": (("Tauranga", "Bay of Plenty", "3110"), ("Invercargill", "Southland", "9810"),
               ("Palmerston North", "Manawatu", "4410"), ("Whangarei", "Northland", "0110")),
        "UK": (("Bristol", "Avon", "BS8 3"), ("Carlisle", "Cumbria", "CA1 2"), ("Swansea", "Wales", "SA2 0"),
               ("Inverness", "Highland", "IV3 5"), ("Manchester", "Greater Manchester", "M14 6")),
        "US": (("Madison", "WI", "53703"), ("Austin", "TX", "78704"), ("Denver", "CO", "80205"),
               ("Savannah", "GA", "31401"), ("Fargo", "ND", "58102")),
    },
    "unseen": {
        "AU": (("Bendigo", "VIC", "3550"), ("Orange", "NSW", "2800"), ("Mackay", "QLD", "4740"),
               ("Albany", "WA", "6330"), ("Unley", "SA", "5061"), ("Devonport", "TAS", "7310")),
        "NZ": (("Rotorua", "Bay of Plenty", "3010"), ("Timaru", "Canterbury", "7910"),
               ("Gisborne", "Tairawhiti", "4010"), ("Blenheim", "Marlborough", "7201")),
        "UK": (("York", "North Yorkshire", "YO10 4"), ("Ipswich", "Suffolk", "IP4 2"), ("Truro", "Cornwall", "TR1 2"),
               ("Dundee", "Angus", "DD2 1"), ("Birmingham", "West Midlands", "B29 6")),
        "US": (("Eugene", "OR", "97401"), ("Tulsa", "OK", "74104"), ("Richmond", "VA", "23220"),
               ("Duluth", "MN", "55805"), ("Reno", "NV", "89502")),
    },
    "fresh": {
        region: [tuple(line.split("; ")[1:]) for line in words("fresh", "towns") if line.startswith(region)]
        for region in ("AU", "NZ", "UK", "US")
    },
}  # fmt: skip
_TYPES = {
    "tune": {
        "long": "Street Road Avenue Lane Drive Crescent Terrace".split(),
        "short": "St Rd Ave Ln Dr Cres Tce".split(),
    },
    "held-out": {"long": "Street Road Place Close Court Parade Way".split(), "short": "St Rd Pl Cl Ct Pde Way".split()},
    "unseen": {"long": "Street Road Avenue Grove Drive Court Lane".split(), "short": "St Rd Ave Gr Dr Ct Ln".split()},
    "fresh": {
        "long": "Street Road Avenue Place Drive Close Crescent".split(),
        "short": "St Rd Ave Pl Dr Cl Cres".split(),
    },
}


def _address(region: str) -> Maker:
    def make(random: Random, split: str) -> Forms:
        town, county, code = random.choice(_TOWNS[split][region])
        number, place = random.randint(2, 189), random.randrange(7)
        name = random.choice(_STREETS[split])
        long, short = (f"{name} {_TYPES[split][key][place]}" for key in ("long", "short"))
        code = {"UK": code + fill(random, "@@", "ABDEFGHJLNPQRSTUWXYZ"), "US": code}.get(region, code)
        zip4 = f"{code}-{fill(random, '%###')}"
        unit = random.randint(1, 24)
        flat = {
            "AU": f"Unit {unit}, {number}", "NZ": f"{unit}/{number}", "UK": f"Flat {unit}, {number}", "US": f"{number}",
        }[region]  # fmt: skip
        end = {
            "AU": f"{town} {county} {code}", "NZ": f"{town} {code}", "UK": f"{town} {code}",
            "US": f"{town}, {county} {code}",
        }[region]  # fmt: skip
        lines = {
            "AU": f"{number} {long}\n{town.upper()} {county} {code}",
            "NZ": f"{number} {long}\n{town} {code}",
            "UK": f"{number} {long}\n{town}\n{code}",
            "US": f"{number} {long}\n{town}, {county} {zip4}",
        }[region]
        return {
            "one": f"{number} {long}, {end}",
            "short": f"{number} {short}, {end}",
            "unit": f"{flat} {long}, {end}" if region != "US" else f"{number} {long} Apt {unit}, {end}",
            "lines": lines,
            "street": f"{number} {long}",
            "suburb": f"{number} {short}, {town}",
            "lower": f"{number} {short}, {end}".lower(),
            "box": f"PO Box {random.randint(11, 9899)}, {end}",
        }

    return Maker("ADDRESS", region, make)


MAKERS = {f"{region}_ADDRESS": _address(region) for region in ("AU", "NZ", "UK", "US")}
