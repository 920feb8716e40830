"""Sections made ready for two text views. Slow for megabytes, and made to run beside the windows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.proxy.exchange import Exchange
from app.proxy.section import Mark, Section
from app.ui.places import Places, places
from app.ui.reflow import reflow
from app.ui.words import tip_after, tip_before

#: What is longer (characters) is made ready beside the windows.
LONG = 100_000


@dataclass(frozen=True, slots=True)
class Shown:
    """`[start, end)` of a text is of this entity; `tip` says more. `first` and `last` are the same in the view."""

    start: int
    end: int
    entity: str
    tip: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Side:
    """A text, how a view holds it, and what is marked in it."""

    text: str
    places: Places
    marks: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class Ready:
    """A section as it is shown: `source` is what it was made of."""

    source: Section | None
    section: Section
    ours: Side
    theirs: Side


def is_long(exchange: Exchange) -> bool:
    """Whether to take `exchange` apart takes longer than a window may stand still."""
    came, _ = exchange.transcript()
    return len(came) + sum(len(body.original) for body in exchange.bodies) > LONG


def ready(source: Section, *, is_veiled: bool, did_leave: bool) -> Ready:
    """`source` laid out, and without what may not be seen; where it did not leave, there is nothing on that side."""
    section = _laid_out(source)
    if is_veiled:
        section = section.veiled
    theirs = side(section.theirs, ((m.at, m.until, m.entity, tip_after(section, m)) for m in section.marks))
    if not did_leave:
        section = replace(section, theirs="", marks=tuple(replace(m, at=0, until=0) for m in section.marks))
        theirs = side("")
    ours = side(section.ours, ((m.start, m.end, m.entity, tip_before(section, m)) for m in section.marks))
    return Ready(source, section, ours, theirs)


NOTHING = Ready(None, Section("", "request", "", ""), Side("", places("")), Side("", places("")))


def side(text: str, marks: Iterable[tuple[int, int, str, str]] = ()) -> Side:
    """`text` with its marks: start, end, entity and tip of each."""
    held = places(text)
    return Side(
        text,
        held,
        tuple(Shown(start, end, of, tip, held.there(start), held.there(end)) for start, end, of, tip in marks),
    )


def _laid_out(section: Section) -> Section:
    """A body as a whole on several lines where it is JSON; any other section as it is."""
    if not section.is_whole:
        return section
    ours, theirs = reflow(section.ours), reflow(section.theirs)
    marks = tuple(
        Mark(*ours.span(m.start, m.end), *theirs.span(m.at, m.until), m.entity, m.source, m.score)
        for m in section.marks
    )
    return replace(section, ours=ours.text, theirs=theirs.text, marks=marks)
