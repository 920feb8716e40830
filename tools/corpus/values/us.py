"""United States identifiers."""

from __future__ import annotations

from random import Random

from stdnum.us import ein, rtn, ssn

from tools.corpus.values.base import Forms, Maker, drawn, fill, luhn, printed

_LETTERS = "ACDEFGHJKMNPQRTUVWXY"  # of the beneficiary identifier (CMS)


def _ssn(random: Random, _: str) -> Forms:
    if random.random() < 0.15:
        return printed(random.choice(("078051120", "219099999", "457555462")), 3, 2, 4)  # printed in leaflets
    return printed(drawn(random, "#########", ssn.is_valid), 3, 2, 4)


def _itin(random: Random, _: str) -> Forms:
    group = random.choice([*range(50, 66), *range(70, 89), *range(90, 93), *range(94, 100)])
    return printed(f"9{fill(random, '##')}{group}{fill(random, '####')}", 3, 2, 4)


def _ein(random: Random, _: str) -> Forms:
    number = drawn(random, "#########", ein.is_valid)
    return {"dashed": f"{number[:2]}-{number[2:]}", "bare": number}


def _routing(random: Random, _: str) -> Forms:
    stem = random.choice(("011", "021", "031", "051", "072", "091", "111", "121", "122", "322")) + fill(random, "#####")
    return {"bare": stem + rtn.calc_check_digit(stem)}


def _npi(random: Random, _: str) -> Forms:
    return {"bare": luhn("80840" + random.choice("12") + fill(random, "########"))[5:]}


def _dea(random: Random, _: str) -> Forms:
    digits = fill(random, "######")
    check = sum(int(digit) * weight for digit, weight in zip(digits, (1, 2) * 3, strict=True)) % 10
    return {"bare": fill(random, "@", "ABFGMP") + fill(random, "@") + digits + str(check)}


def _mbi(random: Random, _: str) -> Forms:
    mixed = _LETTERS + "0123456789"

    def letter(alphabet: str = _LETTERS) -> str:
        return random.choice(alphabet)

    value = (
        fill(random, "%") + letter() + letter(mixed) + fill(random, "#")
        + letter() + letter(mixed) + fill(random, "#") + letter() + letter() + fill(random, "##")
    )  # fmt: skip
    return {"dashed": f"{value[:4]}-{value[4:7]}-{value[7:]}", "bare": value}


def _account(random: Random, _: str) -> Forms:
    return {"bare": fill(random, random.choice(("%########", "%#########", "%###########")))}


def _passport(random: Random, _: str) -> Forms:
    return {"bare": random.choice(("%", "A", "X")).replace("%", fill(random, "%")) + fill(random, "########")}


def _licence(random: Random, _: str) -> Forms:
    # California, New York, Texas, Florida, Illinois, Ohio.
    bare = ("@%######", "%########", "%#######", "@%###########", "@%##########", "@@%#####")
    printed = ("@%##-###-##-###-#", "@%##-####-####", "%## ### ###")
    return {"bare": fill(random, random.choice(bare)), "printed": fill(random, random.choice(printed))}


MAKERS = {
    "US_SSN": Maker("US_SSN", "US", _ssn),
    "US_ITIN": Maker("US_ITIN", "US", _itin),
    "US_EIN": Maker("US_EIN", "US", _ein),
    "US_BANK_ROUTING": Maker("US_BANK_ROUTING", "US", _routing),
    "US_NPI": Maker("US_NPI", "US", _npi),
    "US_DEA": Maker("US_DEA", "US", _dea),
    "US_MBI": Maker("US_MBI", "US", _mbi),
    "US_BANK_NUMBER": Maker("US_BANK_NUMBER", "US", _account),
    "US_PASSPORT": Maker("US_PASSPORT", "US", _passport),
    "US_DRIVER_LICENSE": Maker("US_DRIVER_LICENSE", "US", _licence),
}
