"""United Kingdom identifiers."""

from __future__ import annotations

import re
from random import Random

from stdnum.gb import nhs, utr, vat

from tools.corpus.values.base import Forms, Maker, drawn, fill, printed


def _nino(random: Random, _: str) -> Forms:
    pair = random.choice(("QQ", "AB", "CE", "HJ", "JM", "LP", "NW", "PX", "RA", "SC", "TY", "WK", "ZA"))
    digits, end = fill(random, "######"), random.choice("ABCD")
    spaced = " ".join([pair, digits[:2], digits[2:4], digits[4:], end])
    return {"spaced": spaced, "bare": pair + digits + end, "halves": f"{pair} {digits} {end}"}


def _nhs(random: Random, _: str) -> Forms:
    return printed(drawn(random, random.choice("467") + "#########", nhs.is_valid), 3, 3, 4)


def _chi(random: Random, _: str) -> Forms:
    birth = f"{random.randint(1, 28):02}{random.randint(1, 12):02}{random.randint(30, 99)}"
    number = drawn(random, birth + "####", nhs.is_valid)
    return {"bare": number, "spaced": f"{number[:6]} {number[6:]}"}


def _utr(random: Random, _: str) -> Forms:
    stem = fill(random, "#########")
    number = utr.calc_check_digit(stem) + stem
    return {"spaced": f"{number[:5]} {number[5:]}", "bare": number}


def _vat(random: Random, _: str) -> Forms:
    number = drawn(random, "%########", vat.is_valid)
    return {"spaced": f"GB {number[:3]} {number[3:7]} {number[7:]}", "bare": f"GB{number}"}


def _licence(random: Random, _: str) -> Forms:
    name = random.choice(("MORGA", "SMITH", "KHAN9", "WU999", "OKAFO", "PATEL", "JONES", "LEE99", "FITZG", "ALLEN"))
    month = random.randint(1, 12) + random.choice((0, 50))
    birth = f"{random.randint(5, 9)}{month:02}{random.randint(1, 28):02}{fill(random, '#')}"
    end = random.choice(("SM", "A9", "JR", "E9", "KT")) + "9" + random.choice(("IJ", "XK", "AB", "ZN", "VC"))
    return {"bare": name + birth + end, "spaced": f"{name} {birth} {end}", "issue": f"{name}{birth}{end} 24"}


def _sort_code(random: Random, _: str) -> Forms:
    bank = random.choice(("04", "07", "09", "11", "16", "20", "30", "40", "60", "77", "83"))
    number = bank + fill(random, "####")
    return {
        "dashed": f"{number[:2]}-{number[2:4]}-{number[4:]}",
        "spaced": f"{number[:2]} {number[2:4]} {number[4:]}",
        "bare": number,
    }


def _account(random: Random, _: str) -> Forms:
    number = fill(random, "%#######")
    return {"bare": number, "spaced": f"{number[:4]} {number[4:]}"}


def _passport(random: Random, _: str) -> Forms:
    number = fill(random, "%########")
    return {"bare": number, "spaced": f"{number[:3]} {number[3:6]} {number[6:]}"}


_DISTRICTS = "SW1A M1 B33 CR2 DN55 W1A EC1A EH8 CF10 BT7 LS6 NE4 G12 BS8 OX1 YO31 PL4 IV3 HP12 SE22".split()


def _postcode(random: Random, _: str) -> Forms:
    # No house stands at a postcode that was never given out; these inward codes mostly are none.
    district, inward = random.choice(_DISTRICTS), fill(random, "%") + fill(random, "@@", "ABDEFGHJLNPQRSTUWXYZ")
    return {"spaced": f"{district} {inward}", "bare": district + inward, "lower": f"{district} {inward}".lower()}


def is_nino(value: str) -> bool:
    """HMRC NIM39110, and the sample pair QQ."""
    found = re.fullmatch(r"([A-Z]{2})[0-9]{6}[A-D]", value.replace(" ", ""))
    if not found:
        return False
    pair = found[1]
    return pair == "QQ" or not (set(pair) & set("DFIQUV") or pair[1] == "O" or pair in "BG GB KN NK NT TN ZZ".split())


MAKERS = {
    "UK_NINO": Maker("UK_NINO", "UK", _nino),
    "UK_NHS": Maker("UK_NHS", "UK", _nhs),
    "UK_CHI": Maker("UK_CHI", "UK", _chi),
    "UK_UTR": Maker("UK_UTR", "UK", _utr),
    "UK_VAT": Maker("UK_VAT", "UK", _vat),
    "UK_DRIVING_LICENCE": Maker("UK_DRIVING_LICENCE", "UK", _licence),
    "UK_SORT_CODE": Maker("UK_SORT_CODE", "UK", _sort_code),
    "UK_BANK_ACCOUNT": Maker("UK_BANK_ACCOUNT", "UK", _account),
    "UK_PASSPORT": Maker("UK_PASSPORT", "UK", _passport),
    "UK_POSTCODE": Maker("UK_POSTCODE", "UK", _postcode),
}
