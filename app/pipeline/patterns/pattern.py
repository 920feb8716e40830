"""What a pattern row is, and the few ways its regular expression is built."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

#: Format, check digits and printed grouping agree.
CHECKED = 0.85
#: The format alone is telling, though nothing in it can be verified.
SHAPED = 0.7
#: The same, of values that many have: they tell little of anybody.
COMMON = 0.6
#: The format, and a word naming the identifier shortly before.
NEARBY = 0.9


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way of writing one identifier; an identifier written in two ways has two rows.

    `regex` matches the value and nothing around it. Its guards against neighbours (a value is never a
    part of a longer number or word) stand behind the first character, so that `re` can skip to that
    character quickly, and it must run in linear time. `validator` sees the matched text.

    `context` holds lower-case words that announce the value; a blank in them also stands for `_`, `-` or
    nothing at all. With `context_required` the row fires only behind one of them; without, they raise
    the score. An empty `region` means everywhere.

    `prefilter` is a literal without which the row cannot match. `before` is set where the rare character
    is in the middle, as in an e-mail address: `regex` then starts at that character, `before` matches
    what leads up to it. `not_after` refuses a value because of the text that ends where it starts.
    """

    entity: str
    regex: re.Pattern[str]
    score: float
    validator: Callable[[str], bool] | None = None
    region: str = ""
    context: tuple[str, ...] = ()
    context_required: bool = False
    prefilter: str = ""
    before: re.Pattern[str] | None = None
    not_after: re.Pattern[str] | None = None

    def accepts(self, text: str, start: int, end: int) -> bool:
        """Whether `text[start:end]`, which the regex matched, is a value of this row."""
        if self.not_after is not None and self.not_after.search(text, max(0, start - 48), start):
            return False
        return self.validator is None or self.validator(text[start:end])


def near(
    entity: str,
    region: str,
    context: tuple[str, ...],
    regex: re.Pattern[str],
    validator: Callable[[str], bool] | None = None,
    not_after: re.Pattern[str] | None = None,
) -> Pattern:
    """A row that only fires behind one of its context words."""
    return Pattern(entity, regex, NEARBY, validator, region, context, context_required=True, not_after=not_after)


#: Inside a character class: what makes a digit or letter beside it one word with it. Latin, Greek and Cyrillic letters
#: and digits of any script; Chinese, Japanese and Thai put no blank between a word and a number.
WORD = "A-Za-z0-9_\u00c0-\u024f\u0370-\u052f\u0660-\u0669\u06f0-\u06f9\uff10-\uff19"
_SPACE = "[ \u00a0\u202f]"
_DASH = "[\\-\u2010\u2011\u2013]"
# In front of these a number is a fraction, an amount, an operand, a colour, a path, the rest of an identifier.
_LEFT = f"(?<![{WORD}.+/#@&$€£¥%~^*\\-\u2010\u2011\u2013].)"
_RIGHT = f"(?![{WORD}%°])(?!\\.[0-9])(?!/[0-9])(?!{_DASH}[{WORD}])"
# Behind a keyword punctuation means little ("TFN#…", "IBAN/…"), but a part of a number stays one.
_NEAR_LEFT = "(?<![A-Za-z0-9])(?<![0-9][.,])"
_NEAR_RIGHT = "(?![A-Za-z0-9])(?![.\\-][0-9])"


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
    separator = f"(?:{_SPACE}|{_DASH}|\\.)?"
    return wild(separator.join(f"[0-9]{{{size}}}" for size in sizes))


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

    return validator


_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?:[-./][0-9]{1,2}){0,2}")
