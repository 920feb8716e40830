"""Telephone numbers from ranges that are set aside for fiction, as far as a country has one."""

from __future__ import annotations

from random import Random

from tools.corpus.values.base import Forms, Maker, fill, groups


def _au(random: Random, _: str) -> Forms:
    if random.random() < 0.5:
        number = "0491570" + random.choice(("006", "156", "157", "158", "159", "110", "313", "737", "266"))
        sizes = (4, 3, 3)
    else:
        number, sizes = (
            random.choice(("02", "03", "07", "08")) + random.choice(("5550", "7010")) + fill(random, "####"),
            (2, 4, 4),
        )
    return _forms(number, "61", sizes)


def _nz(random: Random, _: str) -> Forms:
    if random.random() < 0.5:
        return _forms(random.choice(("021", "027", "022")) + fill(random, "555####"), "64", (3, 3, 4))
    return _forms(random.choice(("09", "04", "03", "07")) + fill(random, "555####"), "64", (2, 3, 4))


def _uk(random: Random, _: str) -> Forms:
    number, sizes = random.choice(
        (("07700900###", (5, 6)), ("02079460###", (3, 4, 4)), ("01134960###", (4, 3, 4)), ("01632960###", (5, 6)))
    )
    return _forms(fill(random, number), "44", sizes)


def _us(random: Random, _: str) -> Forms:
    area = random.choice(("212", "415", "312", "617", "206", "503", "404"))
    number = f"{area}55501{fill(random, '##')}"
    parts = groups(number, 3, 3, 4)
    return {
        "national": f"({parts[0]}) {parts[1]}-{parts[2]}",
        "dashed": "-".join(parts),
        "dotted": ".".join(parts),
        "international": f"+1 {' '.join(parts)}",
        "prefixed": f"1-{'-'.join(parts)}",
        "e164": f"+1{number}",
        "bare": f"+1{number}",
    }


def _forms(number: str, country: str, sizes: tuple[int, ...]) -> Forms:
    parts = groups(number, *sizes)
    tail = " ".join(parts[1:])
    forms = {
        "national": " ".join(parts),
        "dashed": "-".join(parts),
        "international": f"+{country} {parts[0][1:]} {tail}",
        "optional": f"+{country} (0){parts[0][1:]} {tail}",
        "dialled": f"00{country} {parts[0][1:]} {tail}",
        "e164": f"+{country}{number[1:]}",
        "bare": number,
    }
    if len(parts[0]) == 2:
        forms["bracketed"] = f"({parts[0]}) {tail}"
    return forms


MAKERS = {
    "AU_PHONE": Maker("PHONE_NUMBER", "AU", _au),
    "NZ_PHONE": Maker("PHONE_NUMBER", "NZ", _nz),
    "UK_PHONE": Maker("PHONE_NUMBER", "UK", _uk),
    "US_PHONE": Maker("PHONE_NUMBER", "US", _us),
}
