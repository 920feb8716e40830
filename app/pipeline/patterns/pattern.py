"""What a pattern row is, how the rows of one identifier are declared, and how a regular expression is built."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

#: Format, check digits and printed grouping agree.
CHECKED = 0.85
#: The format alone is telling, though nothing in it can be verified.
SHAPED = 0.7
#: The same, of values that many have: they tell little of anybody.
COMMON = 0.6
#: The format, and a word naming the identifier beside it.
NEARBY = 0.9
#: The same, where many kinds of number share the form: a word that names one kind is believed first.
GENERIC = 0.88

Validator = Callable[[str], bool]

#: A keyword reaches over this many characters without a digit.
REACH = 40
_REGIONS = ("AU_", "NZ_", "UK_", "US_")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way of writing one identifier; an identifier written in two ways has two rows.

    `regex` matches the value and nothing around it. Its guards against neighbours (a value is never a
    part of a longer number or word) stand behind the first character, so that `re` can skip to that
    character quickly, and it must run in linear time. `validator` sees the matched text, whose `sample`
    it accepts.

    `context` holds lower-case words that announce the value; a blank in them also stands for `_`, `-` or
    nothing at all. With `context_required` the row fires only beside one of them: at most `reach`
    characters behind it, in the column under it, or before it; a `unit` only stands behind its value
    ("93 years old"). Without, they raise the score. `wordlike` values need not have a digit.
    An empty `region` means everywhere. `source` says where the rules come from.

    `prefilter` is a literal without which the row cannot match. `before` is set where the rare character
    is in the middle, as in an e-mail address: `regex` then starts at that character, `before` matches
    what leads up to it. `not_after` refuses a value because of the text that ends where it starts.
    """

    entity: str
    regex: re.Pattern[str]
    score: float
    validator: Validator | None = None
    sample: str = ""
    region: str = ""
    context: tuple[str, ...] = ()
    context_required: bool = False
    reach: int = REACH
    unit: bool = False
    wordlike: bool = False
    source: str = ""
    prefilter: str = ""
    before: re.Pattern[str] | None = None
    not_after: re.Pattern[str] | None = None

    def accepts(self, text: str, start: int, end: int) -> bool:
        """Whether `text[start:end]`, which the regex matched, is a value of this row."""
        if self.not_after is not None and self.not_after.search(text, max(0, start - 48), start):
            return False
        return self.validator is None or self.validator(text[start:end])


def alone(
    sample: str, regex: re.Pattern[str], validator: Validator | None = None, score: float | None = None
) -> Pattern:
    """A form that is found in any surroundings."""
    return Pattern("", regex, score or (CHECKED if validator else SHAPED), validator, sample)


def near(
    sample: str,
    regex: re.Pattern[str],
    validator: Validator | None = None,
    *,
    score: float = NEARBY,
    reach: int = REACH,
    unit: bool = False,
    wordlike: bool = False,
    not_after: re.Pattern[str] | None = None,
) -> Pattern:
    """A form that is only found beside one of its context words."""
    return Pattern(
        "", regex, score, validator, sample,
        context_required=True, reach=reach, unit=unit, wordlike=wordlike, not_after=not_after,
    )  # fmt: skip


def identifier(entity: str, words: tuple[str, ...], source: str, *forms: Pattern) -> tuple[Pattern, ...]:
    """The rows of one identifier: its `forms`, with the `words` that announce all of them."""
    region = entity[:2] if entity.startswith(_REGIONS) else ""
    return tuple(replace(form, entity=entity, region=region, context=words, source=source) for form in forms)


#: Inside a character class: what makes a digit or letter beside it one word with it. Latin, Greek and Cyrillic letters
#: and digits of any script; Chinese, Japanese and Thai put no blank between a word and a number.
WORD = "A-Za-z0-9_\u00c0-\u024f\u0370-\u052f\u0660-\u0669\u06f0-\u06f9\uff10-\uff19"
_SPACE = "[ \u00a0\u202f]"
_DASH = "[\\-\u2010\u2011\u2013]"
#: Between the groups of a value behind a keyword, where one may also be missing.
GAP = "[ \u00a0\u202f.\\-\u2010\u2011\u2013]?"
# In front of these a number is a fraction, an amount, an operand, a colour, a path, the rest of an identifier.
_LEFT = f"(?<![{WORD}.+/#@&$€£¥%~^*\\-\u2010\u2011\u2013].)"
_RIGHT = f"(?![{WORD}%°])(?!\\.[0-9])(?!/[0-9])(?!{_DASH}[{WORD}])"
# Behind a keyword punctuation means little ("TFN#…", "IBAN/…"), but a part of a number stays one.
_NEAR_LEFT = "(?<![A-Za-z0-9])(?<![0-9][.,])(?![0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-)"
_NEAR_RIGHT = "(?![A-Za-z0-9%])(?![.,:][0-9])(?!-[A-Za-z0-9])"


def grouped(*sizes: int, spaces: bool = True, dashes: bool = True, tail: str = "") -> re.Pattern[str]:
    """A number printed in groups of these sizes, with the same kind of separator throughout.

    It must not continue in a neighbouring group of the same size: that is a table or a large number.
    `tail` is an optional expression behind the last group.
    """
    first, *rest = sizes
    forms = []
    if spaces:
        # 3-3-3 behind one more short group is "1 234 567 890", a thousand million.
        widths = (1, 2, 3) if set(sizes) == {3} else (first,)
        alone = "".join(f"(?<!\\b[0-9]{{{width}}}{_SPACE}.)" for width in widths)
        body = "".join(f"{_SPACE}[0-9]{{{size}}}" for size in rest)
        forms.append(f"{alone}[0-9]{{{first - 1}}}{body}{tail}(?!{_SPACE}[0-9]{{{sizes[-1]}}}\\b)")
    if dashes:
        forms.append(f"[0-9]{{{first - 1}}}" + "".join(f"{_DASH}[0-9]{{{size}}}" for size in rest) + tail)
    return re.compile(f"[0-9]{_LEFT}(?:{'|'.join(forms)}){_RIGHT}")


def exact(first: str, rest: str) -> re.Pattern[str]:
    """A value with the strict guards: `first` is its first character's class, `rest` what follows."""
    return re.compile(f"{first}{_LEFT}(?:{rest}){_RIGHT}")


def loose(*sizes: int) -> re.Pattern[str]:
    """A number behind a keyword: these groups, each separator optional."""
    return wild(GAP.join(f"[0-9]{{{size}}}" for size in sizes))


def wild(body: str) -> re.Pattern[str]:
    """A value behind a keyword, tried only there, so that its guard may stand in front."""
    return re.compile(f"{_NEAR_LEFT}(?:{body}){_NEAR_RIGHT}")


def has_digits(least: int, most: int = 99) -> Callable[[str], bool]:
    """A validator for formats that nothing but their number of digits tells from words.

    A lone year is refused: "licence 2019" names no licence.
    """

    def validator(value: str) -> bool:
        count = sum(char.isdigit() for char in value)
        return least <= count <= most and not _YEAR.fullmatch(value)

    validator.__doc__ = f"At least {least} digits, and no date."
    return validator


_YEAR = re.compile(r"(?:1[5-9]|20)[0-9]{2}(?:[-./](?:[0-9]{1,2}|(?:1[5-9]|20)[0-9]{2})){0,2}")
