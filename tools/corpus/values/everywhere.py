"""Identifiers that look alike in every country."""

from __future__ import annotations

from calendar import month_abbr, month_name
from random import Random
from unicodedata import normalize

from stdnum import iban

from tools.corpus.values.base import Forms, Maker, fill, luhn, printed

# Published by payment providers for tests.
_CARDS = (
    "4111111111111111", "4242424242424242", "4012888888881881", "5555555555554444", "5105105105105100",
    "2223003122003222", "6011111111111117", "3530111333300000", "378282246310005", "371449635398431", "30569309025904",
)  # fmt: skip


def _card(random: Random, _: str) -> Forms:
    number = random.choice(_CARDS)
    if random.random() < 0.6:
        number = luhn(random.choice(("411111", "400000", "555555", "520000", "222300")) + fill(random, "#########"))
    sizes = {16: (4, 4, 4, 4), 15: (4, 6, 5), 14: (4, 6, 4)}[len(number)]
    return printed(number, *sizes)


def _iban(random: Random, _: str) -> Forms:
    if random.random() < 0.3:
        number = random.choice(
            ("GB82WEST12345698765432", "DE89370400440532013000", "FR1420041010050500013M02606", "NL91ABNA0417164300",
             "IE29AIBK93115212345678", "NO9386011117947", "ES9121000418450200051332", "CH9300762011623852957")
        )  # fmt: skip
    else:
        country, body = random.choice(
            (("GB", "WEST##############"), ("DE", "##################"), ("IE", "AIBK##############"))
        )
        body = fill(random, body)
        number = country + iban.calc_check_digits(f"{country}00{body}") + body
    spaced = " ".join(number[start : start + 4] for start in range(0, len(number), 4))
    return {"spaced": spaced, "bare": number}


def _ip(random: Random, _: str) -> Forms:
    """Documentation ranges (RFC 5737, RFC 3849), and what private networks use."""
    net = random.choice(("192.0.2", "198.51.100", "203.0.113", "10.20.30", "192.168.1"))
    return {"bare": f"{net}.{random.randint(2, 254)}"}


def _ipv6(random: Random, _: str) -> Forms:
    return {"bare": f"2001:db8:{random.randrange(1, 65536):x}::{random.randrange(16, 65536):x}"}


def _mac(random: Random, _: str) -> Forms:
    parts = ["00", "00", "5e", "00", "53", f"{random.randrange(256):02x}"]  # RFC 7042
    return {"bare": ":".join(parts), "dashed": "-".join(parts).upper()}


def _email(random: Random, split: str) -> Forms:
    from tools.corpus.values.persons import person

    who = person(random, split)
    domain = random.choice(("example.com", "example.org", "example.net", "mail.example.com", "clinic.example.org"))
    first, last = (_plain(who[name]) for name in ("first", "last"))
    local = random.choice(
        (f"{first}.{last}", f"{first[0]}{last}", f"{first}_{last}{fill(random, '##')}", f"{first}+news")
    )
    return {"bare": f"{local}@{domain}"}


def _plain(name: str) -> str:
    """`name` as it stands in an address: no capitals, apostrophes, spaces or accents."""
    return "".join(char for char in normalize("NFD", name.lower()) if char.isascii() and char not in "' ")


def _birth(random: Random, _: str) -> Forms:
    year, month, day = random.randint(1931, 2019), random.randint(1, 12), random.randint(1, 28)
    name = month_name[month]
    return {
        "slashed": f"{day:02}/{month:02}/{year}",
        "iso": f"{year}-{month:02}-{day:02}",
        "words": f"{day} {name} {year}",
        "abbreviated": f"{day:02}-{month_abbr[month]}-{year}",
        "american": f"{name} {day}, {year}",
        "dotted": f"{day}.{month}.{year}",
        "bare": f"{year}-{month:02}-{day:02}",
    }


def _record(random: Random, _: str) -> Forms:
    return {"bare": fill(random, random.choice(("%######", "%########", "MRN-%######", "H%######", "%##-##-##")))}


# 49 CFR 565.15: what a letter counts.
_VIN_VALUES = {str(number): number for number in range(10)} | {
    letter: int(number) for letter, number in zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True)
}


def _vin(random: Random, _: str) -> Forms:
    if random.random() < 0.1:
        return {"bare": "1G4AH59H45G118341"}  # the sample of 49 CFR 565
    maker = random.choice(("1HG", "1FA", "2T1", "3VW", "4T1", "5YJ", "1G1"))
    stem = (
        maker
        + fill(random, "@@###", "ABCDEFGHJKLMNPRSTUVWXYZ")
        + "0"
        + fill(random, "@@######", "ABCDEFGHJKLMNPRSTVWXY")
    )
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    check = sum(_VIN_VALUES[char] * weight for char, weight in zip(stem, weights, strict=True)) % 11
    return {"bare": stem[:8] + ("X" if check == 10 else str(check)) + stem[9:]}


def _plate(random: Random, _: str) -> Forms:
    # Victoria and New South Wales, New Zealand, Great Britain, California.
    plain = random.choice((("@@@", "%##"), ("%@@", "#@@"), ("@@@", "###"), ("@@##", "@@@"), ("%@@@", "###")))
    left, right = (fill(random, half) for half in plain)
    return {"bare": left + right, "spaced": f"{left} {right}"}


def _serial(random: Random, _: str) -> Forms:
    return {
        "bare": fill(random, random.choice(("SN%######", "@#@##%##@", "C02@@###@@##", "PM-%####-####", "%####@@##")))
    }


def _imei(random: Random, _: str) -> Forms:
    return {"bare": luhn("35" + fill(random, "############"))}


def _account(random: Random, _: str) -> Forms:
    return {"bare": fill(random, random.choice(("%#######", "AC-%#####", "%###-####-##", "CUST%#####")))}


def _plan(random: Random, _: str) -> Forms:
    return {"bare": fill(random, random.choice(("@@@%########", "W%########", "%########-##", "@%#######")))}


def _certificate(random: Random, _: str) -> Forms:
    return {"bare": fill(random, random.choice(("RN%#####", "MED000%######", "%#####", "A-%#####", "PSY000%######")))}


MAKERS = {
    "CREDIT_CARD": Maker("CREDIT_CARD", "", _card),
    "IBAN": Maker("IBAN_CODE", "", _iban),
    "IP": Maker("IP_ADDRESS", "", _ip),
    "IPV6": Maker("IP_ADDRESS", "", _ipv6),
    "MAC": Maker("MAC_ADDRESS", "", _mac),
    "EMAIL": Maker("EMAIL_ADDRESS", "", _email),
    "DATE_OF_BIRTH": Maker("DATE_OF_BIRTH", "", _birth),
    "MEDICAL_RECORD": Maker("MEDICAL_RECORD_NUMBER", "", _record),
    "VIN": Maker("VIN", "", _vin),
    "PLATE": Maker("LICENSE_PLATE", "", _plate),
    "DEVICE_SERIAL": Maker("DEVICE_ID", "", _serial),
    "IMEI": Maker("IMEI", "", _imei),
    "ACCOUNT": Maker("ACCOUNT_NUMBER", "", _account),
    "HEALTH_PLAN": Maker("HEALTH_PLAN_NUMBER", "", _plan),
    "CERTIFICATE": Maker("CERTIFICATE_NUMBER", "", _certificate),
}
