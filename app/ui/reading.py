"""Sections laid out for reading."""

from __future__ import annotations

from dataclasses import replace

from app.proxy.exchange import Exchange
from app.proxy.section import Mark, Section
from app.ui.reflow import reflow

#: Bodies and answers that are longer together (characters) are taken apart beside the windows.
LONG = 100_000


def is_long(exchange: Exchange) -> bool:
    """Whether to take `exchange` apart takes longer than a window may stand still."""
    came, _ = exchange.transcript()
    return len(came) + sum(len(body.original) for body in exchange.bodies) > LONG


def as_read(section: Section) -> Section:
    """A body as a whole on several lines where it is JSON; any other section as it is."""
    if not section.is_whole:
        return section
    ours, theirs = reflow(section.ours), reflow(section.theirs)
    marks = tuple(
        Mark(*ours.span(m.start, m.end), *theirs.span(m.at, m.until), m.entity, m.source, m.score)
        for m in section.marks
    )
    return replace(section, ours=ours.text, theirs=theirs.text, marks=marks)
