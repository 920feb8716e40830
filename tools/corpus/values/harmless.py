"""What is nobody's, though it looks like something: versions, hashes, prices, times."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from random import Random

from tools.corpus.values.base import fill


def _isbn(random: Random) -> str:
    digits = "978" + fill(random, "#########")
    check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10
    return f"{digits[:3]}-{digits[3]}-{digits[4:7]}-{digits[7:12]}-{check}"


def _hash(random: Random, count: int) -> str:
    return "".join(random.choices("0123456789abcdef", k=count))


def _time(random: Random) -> str:
    return f"{random.randint(0, 23):02}:{random.randint(0, 59):02}:{random.randint(0, 59):02}"


def _date(random: Random) -> str:
    return f"20{random.randint(10, 29)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"


#: By the name a template calls them, with a tilde before it.
HARMLESS: dict[str, Callable[[Random], str]] = {
    "version": lambda random: f"{random.randint(0, 12)}.{random.randint(0, 40)}.{random.randint(0, 19)}",
    "version4": lambda random: ".".join(str(random.randint(1, 200)) for _ in range(4)),
    "isbn": _isbn,
    "order": lambda random: fill(random, random.choice(("PO-%#####", "%#######", "ORD%######", "%##-%######"))),
    "sha": lambda random: _hash(random, 40),
    "short": lambda random: _hash(random, 7),
    "sha256": lambda random: _hash(random, 64),
    "uuid": lambda random: str(uuid.UUID(int=random.getrandbits(128), version=4)),
    "epoch": lambda random: str(random.randint(1_600_000_000, 1_800_000_000)),
    "millis": lambda random: str(random.randint(1_600_000_000_000, 1_800_000_000_000)),
    "nanos": lambda random: str(random.randint(1_600_000_000_000_000_000, 1_800_000_000_000_000_000)),
    "port": lambda random: str(random.randint(1024, 65535)),
    "price": lambda random: f"{random.randint(1, 999)},{fill(random, '###')}.{fill(random, '##')}",
    "cents": lambda random: f"{random.randint(2, 899)}.{fill(random, '##')}",
    "date": _date,
    "time": _time,
    "stamp": lambda random: f"{_date(random)}T{_time(random)}.{fill(random, '###')}Z",
    "small": lambda random: str(random.randint(2, 96)),
    "count": lambda random: str(random.randint(100, 9999)),
    "million": lambda random: f"{random.randint(1, 98)} {fill(random, '###')} {fill(random, '###')}",
    "nine": lambda random: fill(random, "%########"),
    "ten": lambda random: fill(random, "%#########"),
    "eleven": lambda random: fill(random, "%##########"),
    "six": lambda random: fill(random, "%#####"),
    "snowflake": lambda random: fill(random, "%##################"),
    "float": lambda random: f"0.{fill(random, '###############')}",
    "hex": lambda random: "0x" + _hash(random, 8),
    "colour": lambda random: "#" + _hash(random, 6),
    "coordinates": lambda random: (
        f"{random.randint(-80, 80)}.{fill(random, '####')}, {random.randint(-170, 170)}.{fill(random, '####')}"
    ),
    "sku": lambda random: fill(random, "@@@-####-@@"),
    "rfc": lambda random: f"RFC {random.randint(791, 9700)}",
}
