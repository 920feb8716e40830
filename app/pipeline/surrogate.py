"""Surrogates: values that belong to nobody and have the form of those they stand for."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property

from app.pipeline import made_up
from app.pipeline.date_shift import shifted
from app.pipeline.placeholder import LITERAL

#: Longer values are not imitated.
MAX_LENGTH = 64
#: How many surrogates of one value are tried; where none fits, it gets a placeholder in brackets.
_ATTEMPTS = 48
#: Fewer letters and digits than this could be a word of the model's own.
_FEWEST = 5
_WORD = re.compile(r"[^\W_]+")
#: What JSON and shells take for something else.
_PLAIN = re.compile(r"[^\"\\\x00-\x1f\x7f\ud800-\udfff\ue000-\uf8ff]*")


class Draw:
    """A run of numbers that one digest decides."""

    def __init__(self, digest: bytes) -> None:
        """`digest` has 64 bytes, enough for as many letters as a value has."""
        self._rest = int.from_bytes(digest)

    def below(self, limit: int) -> int:
        self._rest, number = divmod(self._rest, limit)
        return number

    def of(self, choices: Sequence[str]) -> str:
        return choices[self.below(len(choices))]


class Surroundings:
    """The texts that a surrogate goes out with: what stands in them already cannot be one."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = texts

    @cached_property
    def _folded(self) -> str:
        return "\n".join(self._texts).casefold()

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self._folded))

    def hold(self, token: str) -> bool:
        """Whether `token` is there, in whatever case."""
        folded = token.casefold()
        return self._words.issuperset(_WORD.findall(folded)) and folded in self._folded


#: From a value and the number of an attempt to what decides that attempt.
Drawing = Callable[[str, int], Draw]


def surrogates(
    entity: str, value: str, draw: Drawing, fits: Callable[[str], bool], known: Callable[[str], str | None]
) -> list[tuple[str, str]]:
    """Surrogates and what each stands for, that of `value` last; none where it cannot be imitated.

    `fits` refuses those that are in use. Of a person's name the parts get surrogates as well, by which
    they are `known` from then on: a model that says "Ms Doe" means her.
    """
    if len(value) > MAX_LENGTH or entity == LITERAL or not _PLAIN.fullmatch(value) or not value.isprintable():
        return []
    if entity == "PERSON":
        return _person(value, draw, fits, known)
    make = _MAKERS.get(entity, _alike)
    # All days move alike: how long it is from one to another may be what matters.
    seed = "" if make is _date else value
    made = (candidate for attempt in range(_ATTEMPTS) if (candidate := make(value, draw(seed, attempt))))
    chosen = _first_fit(_never_issued(entity, made), value, fits)
    return [(chosen, value)] if chosen else []


def _first_fit(candidates: Iterable[str], value: str, fits: Callable[[str], bool]) -> str | None:
    usable = (c for c in candidates if len(c) <= MAX_LENGTH and c.casefold() != value.casefold() and fits(c))
    return next(usable, None)


def _never_issued(entity: str, candidates: Iterable[str]) -> Iterator[str]:
    """Those that fail the identifier's own check; all of them, if it lets all of them pass."""
    checks = _checks().get(entity, ())
    passing = []
    failed = False
    for candidate in candidates:
        if any(check(candidate) for check in checks):
            passing.append(candidate)
        else:
            failed = True
            yield candidate
    if not failed:
        yield from passing


@cache
def _checks() -> dict[str, list[Callable[[str], bool]]]:
    # Imported when they are needed: few ask for surrogates, and the tables behind the checks are large.
    from app.pipeline.patterns import ALL

    checks: dict[str, list[Callable[[str], bool]]] = {}
    for row in ALL:
        if row.validator is not None:
            checks.setdefault(row.entity, []).append(row.validator)
    return checks


def _person(
    value: str, draw: Drawing, fits: Callable[[str], bool], known: Callable[[str], str | None]
) -> list[tuple[str, str]]:
    words = [word for word in _WORD.finditer(value) if word.group().casefold() not in made_up.KEPT]
    if all(len(word.group()) == 1 for word in words):
        return []
    parts: dict[str, str] = {}
    fresh: list[tuple[str, str]] = []
    for number, match in enumerate(words):
        word = match.group()
        if len(word) == 1:  # an initial is no name: it would be found everywhere
            parts[word] = _in_case(draw(word, 0).of(made_up.FIRST)[0], word)
            continue
        chosen = parts.get(word) or known(word)
        if chosen is None:
            # In a long session first names run out before family names do.
            of_first = 0 if number == len(words) - 1 > 0 else 8
            lists = (made_up.FIRST if attempt < of_first else made_up.LAST for attempt in range(_ATTEMPTS))
            candidates = (_in_case(draw(word.casefold(), n).of(names), word) for n, names in enumerate(lists))
            chosen = _first_fit(candidates, word, lambda c: fits(c) and c not in parts.values())
            if chosen is None:
                return []
            fresh.append((chosen, word))
        parts[word] = chosen
    whole = _WORD.sub(lambda match: parts.get(match.group(), match.group()), value)
    if (whole, value) in fresh:
        return fresh
    if len(whole) > MAX_LENGTH or not fits(whole):
        return []
    return [*fresh, (whole, value)]


def _in_case(name: str, like: str) -> str:
    return name.upper() if like.isupper() else name.lower() if like.islower() else name


def _organization(value: str, draw: Draw) -> str | None:
    words = value.split()
    if not words:
        return None
    end = words[-1:] if words[-1].strip(".,").casefold() in made_up.KEPT else []
    name = [draw.of(made_up.LAST), *([draw.of(made_up.TRADES)] if len(words) - len(end) > 1 else []), *end]
    return " ".join([_in_case(word, value) if value.isupper() or value.islower() else word for word in name])


def _location(value: str, draw: Draw) -> str | None:
    if any(char.isdigit() for char in value):
        return _alike(value, draw)
    return _in_case(draw.of(made_up.PLACES), value)


def _email(value: str, draw: Draw) -> str | None:
    made = f"{draw.of(made_up.FIRST)}.{draw.of(made_up.LAST)}@{draw.of(made_up.DOMAINS)}"
    return made.upper() if value.isupper() else made.lower()


def _url(value: str, draw: Draw) -> str | None:
    scheme, mark, _ = value.rpartition("://")
    path = f"/{draw.below(16**8):08x}"
    return f"{scheme}{mark}www.{draw.of(made_up.DOMAINS)}{path}"


def _phone(value: str, draw: Draw) -> str | None:
    compact = re.sub(r"[^\d+]", "", value)
    country, forms = next((c, forms) for pattern, c, forms in made_up.PHONES if pattern.fullmatch(compact))
    national = re.sub("X", lambda _: str(draw.below(10)), draw.of(forms))
    digits = compact.lstrip("+")
    is_whole = compact.startswith(("+", "00")) or (country == "1" and len(digits) == 11)
    if is_whole:
        prefix = "00" if compact.startswith("00") else ""
        full, plain = prefix + country + national, f"{'+' if compact[0] == '+' else ''}{prefix}{country} {national}"
    else:
        trunk = "" if country == "1" else "0"
        full = plain = trunk + national
    is_alike = len(full) == len(digits) and (not is_whole or digits.startswith((country, f"00{country}")))
    return _fill(value, full) if is_alike else plain


def _fill(value: str, digits: str) -> str:
    """`digits` in the places where those of `value` stand."""
    rest = iter(digits)
    return re.sub(r"\d", lambda _: next(rest), value)


def _ip(value: str, draw: Draw) -> str | None:
    address, slash, size = value.partition("/")
    try:
        version = ipaddress.ip_address(address).version
    except ValueError:
        return None
    if version == 4:
        return f"{draw.of(made_up.NETS)}.{1 + draw.below(254)}{slash}{size}"
    return f"{made_up.NET6}:{draw.below(2**16):x}::{1 + draw.below(2**16 - 1):x}{slash}{size}"


def _mac(value: str, draw: Draw) -> str | None:
    digits = made_up.MAC_PREFIX + f"{draw.below(256):02X}"
    rest = iter(digits if value == value.upper() else digits.lower())
    made = re.sub(r"[0-9A-Fa-f]", lambda _: next(rest, ""), value)
    return made if not next(rest, "") else None


def _iban(value: str, draw: Draw) -> str | None:
    # Its check digits lie between 02 and 98.
    made = _alike(value[4:], draw)
    return f"{value[:2]}00{made}" if made else None


def _ssn(value: str, draw: Draw) -> str | None:
    # No area begins with 9, and no number of any kind has the group 00.
    digits = f"9{draw.below(100):02d}00{draw.below(10_000):04d}"
    return _fill(value, digits) if sum(char.isdigit() for char in value) == 9 else None


def _date(value: str, draw: Draw) -> str | None:
    return shifted(value, 30 + draw.below(700))


def _alike(value: str, draw: Draw) -> str | None:
    """Every letter another letter, every digit another digit, all else as it is."""
    if len(re.findall("[A-Za-z0-9]", value)) < _FEWEST or not re.fullmatch(r"[\x20-\x7e]*", value):
        return None

    def other(match: re.Match[str]) -> str:
        char = match.group()
        if char.isdigit():
            return str(draw.below(10))
        letter = draw.of("abcdefghjkmnpqrstuvwxyz")
        return letter.upper() if char.isupper() else letter

    return re.sub("[A-Za-z0-9]", other, value)


_MAKERS: dict[str, Callable[[str, Draw], str | None]] = {
    "ORGANIZATION": _organization,
    "LOCATION": _location,
    "EMAIL_ADDRESS": _email,
    "URL": _url,
    "PHONE_NUMBER": _phone,
    "IP_ADDRESS": _ip,
    "MAC_ADDRESS": _mac,
    "IBAN_CODE": _iban,
    "US_SSN": _ssn,
    "US_ITIN": _ssn,
    "DATE_OF_BIRTH": _date,
    "DATE": _date,
}
