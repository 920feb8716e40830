"""Identifiers as rows: a regular expression, a check, and the words that announce the value."""

from __future__ import annotations

from app.pipeline.patterns import au, dates, everywhere, nz, records, uk, us
from app.pipeline.patterns.pattern import Pattern

__all__ = ["ALL", "Pattern"]

#: Every row there is. A policy's regions choose among them.
ALL: tuple[Pattern, ...] = everywhere.ROWS + dates.ROWS + records.ROWS + au.ROWS + nz.ROWS + uk.ROWS + us.ROWS
