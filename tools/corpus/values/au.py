"""Australian identifiers."""

from __future__ import annotations

from random import Random

from stdnum.au import abn, acn, tfn

from tools.corpus.values.base import Forms, Maker, drawn, fill, luhn, printed


def _tfn(random: Random, _: str) -> Forms:
    if random.random() < 0.1:
        return printed("123456782", 3, 3, 3)  # the sample of the Taxation Office
    return printed(drawn(random, "%########", tfn.is_valid), 3, 3, 3)


def _abn(random: Random, _: str) -> Forms:
    forms = printed(drawn(random, "%##########", abn.is_valid), 2, 3, 3, 3)
    return {"spaced": forms["spaced"], "bare": forms["bare"]}


def _acn(random: Random, _: str) -> Forms:
    forms = printed(drawn(random, "#########", acn.is_valid), 3, 3, 3)
    return {"spaced": forms["spaced"], "bare": forms["bare"]}


def _medicare(random: Random, _: str) -> Forms:
    stem = random.choice("23456") + fill(random, "#######")
    check = sum(int(digit) * weight for digit, weight in zip(stem, (1, 3, 7, 9) * 2, strict=True)) % 10
    number = f"{stem}{check}{fill(random, '%')}"
    person = random.choice("12345")
    spaced = f"{number[:4]} {number[4:9]} {number[9]}"
    return {
        "spaced": spaced,
        "person": f"{spaced}/{person}",
        "dashed": f"{number[:4]}-{number[4:9]}-{number[9]}-{person}",
        "bare": number,
        "whole": number + person,
    }


def _ihi(random: Random, _: str) -> Forms:
    number = luhn(random.choice(("800360", "800361", "800362")) + fill(random, "#########"))
    forms = printed(number, 4, 4, 4, 4)
    return {"spaced": forms["spaced"], "bare": number}


def _crn(random: Random, _: str) -> Forms:
    number, letter = fill(random, "%########"), random.choice("ABCHJKLSTVX")
    spaced = " ".join((number[:3], number[3:6], number[6:]))
    return {"spaced": spaced + letter, "apart": f"{spaced} {letter}", "bare": number + letter}


def _dva(random: Random, _: str) -> Forms:
    return {
        "bare": random.choice("NVQWST") + random.choice(("X", "KM", "SM", "GW", "SS", "CN")) + fill(random, "%####"),
    }


def _provider(random: Random, _: str) -> Forms:
    stem, place = fill(random, "%#####"), random.randrange(32)
    total = sum(int(digit) * weight for digit, weight in zip(stem, (3, 5, 8, 4, 2, 1), strict=True)) + place * 6
    number = stem + "0123456789ABCDEFGHJKLMNPQRTUVWXY"[place] + "YXWTLKJHFBA"[total % 11]
    return {"bare": number}


def _bsb(random: Random, _: str) -> Forms:
    bank = random.choice(("01", "03", "06", "08", "11", "48", "63", "73", "80", "92"))
    number = bank + fill(random, "####")
    return {"dashed": f"{number[:3]}-{number[3:]}", "spaced": f"{number[:3]} {number[3:]}", "bare": number}


def _account(random: Random, _: str) -> Forms:
    number = fill(random, random.choice(("%#####", "%#######", "%########")))
    return {"bare": number, "spaced": f"{number[:-4]} {number[-4:]}"}


def _passport(random: Random, _: str) -> Forms:
    return {"bare": random.choice(("N", "E", "PA", "PB", "RA")) + fill(random, "%######")}


def _licence(random: Random, _: str) -> Forms:
    return {"bare": fill(random, random.choice(("%#######", "%########", "%######", "S%####", "%####@@", "@%####")))}


MAKERS = {
    "AU_TFN": Maker("AU_TFN", "AU", _tfn),
    "AU_ABN": Maker("AU_ABN", "AU", _abn),
    "AU_ACN": Maker("AU_ACN", "AU", _acn),
    "AU_MEDICARE": Maker("AU_MEDICARE", "AU", _medicare),
    "AU_IHI": Maker("AU_IHI", "AU", _ihi),
    "AU_CRN": Maker("AU_CRN", "AU", _crn),
    "AU_DVA": Maker("AU_DVA", "AU", _dva),
    "AU_PROVIDER_NUMBER": Maker("AU_PROVIDER_NUMBER", "AU", _provider),
    "AU_BSB": Maker("AU_BSB", "AU", _bsb),
    "AU_BANK_ACCOUNT": Maker("AU_BANK_ACCOUNT", "AU", _account),
    "AU_PASSPORT": Maker("AU_PASSPORT", "AU", _passport),
    "AU_DRIVER_LICENCE": Maker("AU_DRIVER_LICENCE", "AU", _licence),
}
