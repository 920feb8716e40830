"""Postcodes of four digits, which Australia and New Zealand both have: what is around says which one it is."""

from __future__ import annotations

import re

_AUSTRALIAN, _NEW_ZEALANDS = "AU_POSTCODE", "NZ_POSTCODE"
_AROUND = 120
_IN_NEW_ZEALAND = re.compile(
    r"\b(?:NZL?|N\.Z\.|New Zealand|Aotearoa|Auckland|Wellington|Christchurch|Hamilton|Tauranga|Dunedin|Napier"
    r"|Palmerston North|Rotorua|Whang[a\u0101]rei|New Plymouth|Invercargill|Lower Hutt|Upper Hutt)\b"
)
_IN_AUSTRALIA = re.compile(
    r"\b(?:AUS?|Australia|NSW|VIC|Vic|QLD|Qld|TAS|ACT|Sydney|Melbourne|Brisbane|Perth|Adelaide|Hobart|Canberra"
    r"|Darwin)\b"
)


def tell_apart(text: str, found: dict[tuple[int, int, str], float]) -> None:
    """Takes from what was `found` (start, end, entity) as Australian what only New Zealand can be meant by."""
    for start, end in [place[:2] for place in found if place[2] == _AUSTRALIAN]:
        if (start, end, _NEW_ZEALANDS) in found and _is_new_zealands(text, start, end):
            del found[start, end, _AUSTRALIAN]


def _is_new_zealands(text: str, start: int, end: int) -> bool:
    around = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    return any(map(_IN_NEW_ZEALAND.search, around)) and not any(map(_IN_AUSTRALIA.search, around))
