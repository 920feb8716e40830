"""Another day in the same notation."""

from __future__ import annotations

import re
from datetime import date, timedelta

_MONTHS = "january february march april may june july august september october november december".split()
_WORD = re.compile(r"[A-Za-z]{3,9}")
_DAY = re.compile(r"\d{1,2}(?!\d)")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_NUMERIC = re.compile(r"(\d{1,4})(\D{1,3})(\d{1,2})(\D{1,3})(\d{1,4})")


def shifted(text: str, days: int) -> str | None:
    """The date in `text` so many days earlier, written the same way; None where it is not understood.

    A year has four digits, and a time that follows the date stays. Where day and month could be either,
    the first is the day: any other day will do.
    """
    numeric = _NUMERIC.match(text)
    if numeric is not None:
        first, left, second, right, third = numeric.groups()
        order = "ymd" if len(first) == 4 else "mdy" if int(second) > 12 else "dmy"
        written = dict(zip(order, (first, second, third), strict=True))
        made = _earlier(written["y"], int(written["m"]), written["d"], days)
        if made is None:
            return None
        new = {"y": f"{made.year:04d}", "m": _like(made.month, written["m"]), "d": _like(made.day, written["d"])}
        first, second, third = (new[part] for part in order)
        return f"{first}{left}{second}{right}{third}{text[numeric.end() :]}"
    word = next((m for m in _WORD.finditer(text) if _month(m.group())), None)
    year_at = _YEAR.search(text)
    day_at = _DAY.search(text)
    if word is None or year_at is None or day_at is None or day_at.start() == year_at.start():
        return None
    made = _earlier(year_at.group(), _month(word.group()), day_at.group(), days)
    if made is None:
        return None
    month_name = _MONTHS[made.month - 1] if len(word.group()) > 4 else _MONTHS[made.month - 1][:3]
    month_name = month_name.upper() if word.group().isupper() else month_name
    month_name = month_name.capitalize() if word.group().istitle() else month_name
    day_name = _like(made.day, day_at.group())
    edits = [(word.span(), month_name), (year_at.span(), f"{made.year:04d}"), (day_at.span(), day_name)]
    for (start, end), piece in sorted(edits, reverse=True):
        text = text[:start] + piece + text[end:]
    return text


def _month(word: str) -> int:
    folded = word.lower()
    return next((n for n, name in enumerate(_MONTHS, 1) if name == folded or folded in (name[:3], name[:4])), 0)


def _like(number: int, written: str) -> str:
    return f"{number:02d}" if len(written) == 2 else str(number)


def _earlier(year: str, month: int, day: str, days: int) -> date | None:
    if len(year) != 4:
        return None
    try:
        return date(int(year), month, int(day)) - timedelta(days)
    except (ValueError, OverflowError):
        return None
