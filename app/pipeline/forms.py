"""The forms in which a hidden value is known again: a judgement, entity by entity.

- a person's full name: in any case, with any separators or none, the family name first, without the names in the
  middle, with an initial for the first one;
- one of a person's names, of three letters or more: in any case if it is nothing else ("Siobhan"); as it is written if
  it is a word as well ("Page"), but not where a sentence begins if one meets that word every day ("Will"); and with
  a capital if the lists of names do not have it;
- an organisation or a place: of several words, in any case and with any separators; of one, like one of the above;
- an identifier of six digits or more: with any separators, in any case;
- an e-mail address: in any case;
- a secret: exactly, and inside a longer string if it is long;
- a date, a machine's address, whatever else has six letters or digits: exactly.

Titles, particles, single letters and the user's own types (which have their own options) are never known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from itertools import accumulate
from typing import NamedTuple

from app.pipeline.alike import alike, compact
from app.pipeline.placeholder import LITERAL, Part
from app.pipeline.standing import standing

#: A word of a name. "O'Neil" is one, "Smith-Jones" two.
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_PIECE = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’][sS]\Z")
_TITLES = frozenset(
    """mr mrs ms mx dr prof professor miss sir dame lady lord madam rev reverend judge justice captain sergeant sgt
    officer detective nurse sister father uncle aunt aunty auntie senator councillor constable""".split()
)
_ENDINGS = frozenset("jr sr ii iii iv phd md mbbs esq qc kc".split())
_PARTICLES = frozenset("van von der den de da di del della dos du la le bin bint ibn al el ter ten zu te y".split())
_NAMES = frozenset(["ORGANIZATION", "LOCATION"])
_WITH_NAMES = _NAMES | {"PERSON"}
_SECRET = re.compile(r"(?:.*_)?(?:SECRET|PASSWORD|KEY|TOKEN|CREDENTIALS?)(?:_.*)?")
#: Of these, other groups of the same digits are something else.
_EXACT = frozenset(["IP_ADDRESS", "URL", "DATE", "DATE_TIME", "DATE_OF_BIRTH"])
#: Neither the user's own terms, which have their own options, nor what only looks like a placeholder.
_NEVER = frozenset(["CUSTOM", LITERAL])
#: Fewer letters than this are no name, fewer digits no identifier, fewer of both no value that nothing else could be.
_LETTERS, _DIGITS, _TELLING = 3, 6, 6
#: A secret of so many characters can stand inside a longer string.
_LONG = 12
#: Names without anything between them, in one case, could be a word if they are shorter: "Kim Ono".
_JOINED = 7
_MOST_WORDS = 6
#: How sure a form is, and one that names the family first, which may be the end of one name and the start of the next.
_SCORE, _TURNED = 0.9, 0.8
_MOST_CHARACTERS = 512


class Case(Enum):
    """In what case a form counts."""

    ANY = "any"
    CAPITAL = "capital"  # its first letter is one, its initials are
    WRITTEN = "written"  # as it is in the value
    WORD = "word"  # so, and not where a sentence begins


class Form(NamedTuple):
    """One way in which `value` may be written. What it says is hidden from repr.

    `key` is what is looked for: the `alike` text, without separators if it is `loose`. `breaks` are where in a loose
    key its words begin, None if it may be cut anywhere; words can be `joined`. `inside` means that it counts within
    a longer word, too. `part` says which part of the value it is.
    """

    key: str
    value: str
    entity: str
    case: Case = Case.ANY
    loose: bool = False
    breaks: frozenset[int] | None = None
    joined: bool = False
    inside: bool = False
    part: Part = ""
    written: str = ""
    score: float = _SCORE

    @property
    def of_nobody(self) -> tuple[object, ...]:
        """All that the form says but whose it is."""
        return self.key, *self[2:8], *self[9:]

    @property
    def is_exact(self) -> bool:
        """Whether any other case is another value."""
        return bool(self.written) and not self.part and self.entity not in _WITH_NAMES

    def __repr__(self) -> str:
        return f"<Form of a value of {self.entity}>"


def forms(entity: str, value: str) -> list[Form]:
    """The forms in which `value` of `entity` is known; none if it is not."""
    if entity in _NEVER or len(value) > _MOST_CHARACTERS:
        return []
    if entity == "PERSON":
        return list(_person(value))
    if entity in _NAMES:
        return _name(entity, value)
    letters = compact(alike(value))
    telling = sum(map(str.isalnum, letters))
    if telling < _TELLING:
        return []
    if _SECRET.fullmatch(entity):
        return [Form(alike(value), value, entity, Case.WRITTEN, written=value, inside=len(value) >= _LONG)]
    if entity == "EMAIL_ADDRESS":
        return [Form(alike(value), value, entity)]
    if entity not in _EXACT and sum(map(str.isdigit, letters)) >= _DIGITS and letters.isalnum():
        return [Form(letters, value, entity, loose=True)]
    return [Form(alike(value), value, entity, Case.WRITTEN, written=value)]


def _name(entity: str, value: str) -> list[Form]:
    words = _PIECE.findall(value)
    if len(words) > 1:
        folded = [alike(word) for word in words]
        return [_loose(entity, value, folded)] if sum(map(len, folded)) >= _TELLING else []
    return [form for word in words for form in _part(word, value, entity, "")]


def _person(value: str) -> Iterator[Form]:
    words = names_in(value)
    if len(words) > _MOST_WORDS:
        return
    if len(words) < 2:
        for word in words:
            yield from _part(word, value, "PERSON", "")
        return
    keys = [alike(word).replace("'", "") for word in words]
    # "Ludwig van Beethoven": the family name takes its particles along.
    family = len(keys) - 1
    while family > 1 and keys[family - 1] in _PARTICLES:
        family -= 1
    given, last = keys[:family], keys[family:]
    initials = [given[0], *(key[0] for key in given[1:])]
    # With an initial alone, a family name that is a word as well could be just that: "a price".
    case = Case.ANY if standing(words[-1]) == "name" else Case.CAPITAL
    spoken = [
        keys,
        [given[0], *last],
        [*initials, *last],
        *([[given[0][0], *last]] if len(last[-1]) >= _LETTERS else []),
    ]
    turned = [[*last, *given], [*last, given[0]]]
    seen: set[str] = set()
    for order in (*spoken, *turned):
        if (key := "".join(order)) not in seen:
            seen.add(key)
            form = _loose("PERSON", value, order, Case.ANY if min(map(len, order)) > 1 else case)
            yield form if order in spoken else form._replace(score=_TURNED)
    yield from _part(words[0], value, "PERSON", "FIRST")
    for word in words[1:family]:
        yield from _part(word, value, "PERSON", "MIDDLE")
    yield from _part(words[-1], value, "PERSON", "LAST")


def names_in(value: str) -> list[str]:
    """The words of a person's name as it is spoken, without titles; "Doe, Jane" and "DOE^JANE" are turned round."""
    family, comma, given = value.partition("^" if "^" in value else ",")
    turned = f"{given} {family}" if comma and _WORD.search(given) else value
    words: list[str] = [_POSSESSIVE.sub("", word) for word in _WORD.findall(turned)]
    while words and alike(words[0]) in _TITLES:
        del words[0]
    while words and alike(words[-1]) in _ENDINGS:
        del words[-1]
    return words


def _loose(entity: str, value: str, words: list[str], case: Case = Case.ANY) -> Form:
    key = "".join(words)
    joined = len(key) >= _JOINED and min(map(len, words)) >= _LETTERS
    return Form(key, value, entity, case, True, frozenset(accumulate(map(len, words[:-1]))), joined)


def _part(word: str, value: str, entity: str, part: Part) -> Iterator[Form]:
    key = alike(word)
    # Han and kana have no case, and say more with fewer.
    if len(key) >= _LETTERS or (len(key) > 1 and key > "\u0e00" and key.upper() == key):
        case = Case.WRITTEN if entity != "PERSON" and word.isupper() else _CASES[standing(word)]
        loose = "'" in key or not word.isascii()
        breaks: frozenset[int] | None = frozenset() if loose else None
        yield Form(key.replace("'", ""), value, entity, case, loose, breaks, part=part, written=word)


_CASES = {"name": Case.ANY, "rare": Case.WRITTEN, "common": Case.WORD, "": Case.CAPITAL}
