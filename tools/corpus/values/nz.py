"""New Zealand identifiers."""

from __future__ import annotations

from random import Random

from stdnum.nz import bankaccount, ird

from tools.corpus.values.base import Forms, Maker, drawn, fill

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # HISO 10046: no I and no O


def _ird(random: Random, _: str) -> Forms:
    number = drawn(random, random.choice(("%#######", "1########")), ird.is_valid)
    parts = number[:-6], number[-6:-3], number[-3:]
    return {"dashed": "-".join(parts), "spaced": " ".join(parts), "bare": number}


def _nhi(random: Random, _: str) -> Forms:
    while True:
        old = random.random() < 0.7
        stem = fill(random, "@@@####"[:6] if old else "@@@##@", _LETTERS)
        values = [_LETTERS.index(char) + 1 if char.isalpha() else int(char) for char in stem]
        total = sum(value * weight for value, weight in zip(values, (7, 6, 5, 4, 3, 2), strict=True))
        if not old:
            return {"bare": stem + _LETTERS[22 - total % 23]}
        if total % 11:
            return {"bare": stem + str((11 - total % 11) % 10)}


def _bank(random: Random, _: str) -> Forms:
    branch = random.choice(("01-0902", "02-0500", "03-0123", "06-0501", "12-3140", "38-9000", "15-3950"))
    while True:
        account, suffix = fill(random, "0######"), fill(random, "0#")
        if bankaccount.is_valid(f"{branch}-{account}-{suffix}"):
            parts = [*branch.split("-"), account, suffix]
            return {
                "dashed": "-".join(parts), "spaced": " ".join(parts), "long": "-".join([*parts[:3], "0" + suffix]),
                "bare": "".join(parts),
            }  # fmt: skip


def _licence(random: Random, _: str) -> Forms:
    return {"bare": fill(random, "@@%#####")}


def _passport(random: Random, _: str) -> Forms:
    return {"bare": random.choice(("LA", "LH", "LN", "EA", "N")) + fill(random, "%#####")}


MAKERS = {
    "NZ_IRD": Maker("NZ_IRD", "NZ", _ird),
    "NZ_NHI": Maker("NZ_NHI", "NZ", _nhi),
    "NZ_BANK_ACCOUNT": Maker("NZ_BANK_ACCOUNT", "NZ", _bank),
    "NZ_DRIVER_LICENCE": Maker("NZ_DRIVER_LICENCE", "NZ", _licence),
    "NZ_PASSPORT": Maker("NZ_PASSPORT", "NZ", _passport),
}
