"""The promise holds however a value is written: no disguise keeps it, what is hidden comes back, the rest stays."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.detection import Detection
from app.pipeline.policy import Policy
from app.pipeline.redaction import redact
from app.pipeline.restore import restore
from app.pipeline.session import Session

POLICY = Policy(layers=frozenset({"patterns", "names"}))
DETECTION = Detection("none")

EMAIL, CARD, PHONE, TFN, NAME = (
    "jane.doe@example.com",
    "4111 1111 1111 1111",
    "0412 345 678",
    "123 456 782",
    "Mary O'Neil",
)
VALUES = (EMAIL, CARD, PHONE, TFN, NAME)
_DIGITS = ["0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"]
_HIDDEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad"

Disguise = Callable[[str, random.Random], str]


def _each(change: Callable[[str, random.Random], str]) -> Disguise:
    """Changes each character that is not a letter or digit, and any of the others by chance."""

    def disguise(value: str, chance: random.Random) -> str:
        out = [change(c, chance) if not c.isalnum() or chance.random() < 0.3 else c for c in value]
        return "".join(out)

    return disguise


def _spaced(value: str, chance: random.Random) -> str:
    return " ".join(" " if char == " " else char for char in value)


def _packed(value: str, chance: random.Random) -> str:
    around = chance.choice(['{"v": "%s"}', "user %s is here", "%s, and more of it"])
    raw = (around % value).encode(chance.choice(["utf-8", "utf-16-le"]))
    return chance.choice([base64.b64encode, base64.urlsafe_b64encode])(raw).decode()


def _digits(value: str, chance: random.Random) -> str:
    return value.translate(str.maketrans(_DIGITS[0], chance.choice(_DIGITS[1:])))


def _wide(value: str, chance: random.Random) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" and c != "'" else c for c in value)


def _with_hidden(value: str, chance: random.Random) -> str:
    at = chance.sample(range(1, len(value)), 3)
    return "".join(chance.choice(_HIDDEN) * (place in at) + char for place, char in enumerate(value))


def _dashes(value: str, chance: random.Random) -> str:
    return value.replace(" ", chance.choice("\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"))


def _blanks(value: str, chance: random.Random) -> str:
    return value.replace(" ", chance.choice("\u00a0\u2002\u2009\u202f\u3000"))


def _worded(value: str, chance: random.Random) -> str:
    at, dot = chance.choice([(" (at) ", " (dot) "), ("[at]", "[dot]"), (" at ", " dot "), (" [AT] ", ".")])
    return value.replace("@", at).replace(".", dot)


DISGUISES: dict[str, tuple[Disguise, tuple[str, ...]]] = {
    "percent": (_each(lambda c, _: "".join(f"%{byte:02X}" for byte in c.encode())), VALUES),
    "quoted twice": (lambda v, _: quote(quote(v, safe=""), safe=""), (EMAIL, PHONE)),
    "html": (_each(lambda c, chance: chance.choice([f"&#{ord(c)};", f"&#x{ord(c):x};"])), VALUES),
    "json": (_each(lambda c, _: f"\\u{ord(c):04x}"), VALUES),
    "json in json": (_each(lambda c, _: f"\\\\u{ord(c):04x}"), VALUES),
    "bytes": (_each(lambda c, _: f"\\x{ord(c):02x}"), VALUES),
    "base64": (_packed, VALUES),
    "base64 in a url": (lambda v, chance: quote(_packed(v, chance), safe=""), VALUES),
    "digits": (_digits, (CARD, PHONE, TFN)),
    "wide": (_wide, VALUES),
    "hidden": (_with_hidden, VALUES),
    "dashes": (_dashes, (CARD, PHONE, TFN)),
    "blanks": (_blanks, (CARD, PHONE, TFN, NAME)),
    "spaced": (_spaced, (CARD, PHONE, TFN, EMAIL)),
    "dotted": (lambda v, _: v.replace(" ", "."), (CARD, PHONE, TFN)),
    "dots": (lambda v, _: ".".join(v.replace(" ", "")), (CARD, TFN)),
    "words": (_worded, (EMAIL,)),
}
#: Where a value stands; "tfn" announces one.
AROUND = [("it is tfn ", " now"), ("tfn: ", "\n"), ("(tfn ", ")"), ("Line\ntfn\t", ""), ("你好 tfn ", " 谢谢")]


def _hidden(text: str) -> tuple[str, str]:
    """`text` redacted, and that restored."""
    session = Session("a", b"k" * 32)
    redacted = redact(text, DETECTION.text(text, POLICY), session).text
    return redacted, restore(redacted, session)


@pytest.mark.parametrize("name", DISGUISES)
@given(data=st.data(), chance=st.randoms(use_true_random=False))
def test_no_disguise_keeps_a_value(name: str, data: st.DataObject, chance: random.Random) -> None:
    disguise, values = DISGUISES[name]
    written = disguise(data.draw(st.sampled_from(values)), chance)
    before, after = data.draw(st.sampled_from(AROUND))
    text = before + written + after
    redacted, restored = _hidden(text)
    assert redacted.startswith(before + "[") and redacted.endswith("]" + after), (text, redacted)
    assert written not in redacted and redacted.count("[") == 1, (text, redacted)
    assert restored == text


@given(data=st.data(), chance=st.randoms(use_true_random=False))
def test_only_the_value_of_a_url_is_hidden(data: st.DataObject, chance: random.Random) -> None:
    written = quote(data.draw(st.sampled_from([EMAIL, PHONE, CARD])), safe="")
    url = "https://example.com/a%20b?id=1&mobile={}&q=x%20y#top"
    redacted, restored = _hidden(f"see {url.format(written)} there")
    head, tail = url.split("{}")
    assert redacted.startswith(f"see {head}[") and redacted.endswith(f"]{tail} there")
    assert restored == f"see {url.format(written)} there"


_PIECES = st.sampled_from(
    [EMAIL, CARD, NAME, "%", "\\u", "&#", "\u200b", " ", "=", "QUFB", "\n", "(at)", "0", "．", "é"]
)


@given(st.lists(st.one_of(_PIECES, _PIECES.map(lambda p: quote(p)), _PIECES.map(json.dumps)), max_size=12).map("".join))
def test_whatever_is_hidden_comes_back(text: str) -> None:
    _, restored = _hidden(text)
    assert restored == text
