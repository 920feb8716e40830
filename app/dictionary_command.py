"""`anonamoose dictionary`: the user's terms from the command line.

It writes to the vault, also while the app runs with it: that looks for changes before each request.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import sys
import time
from collections import Counter
from pathlib import Path

from app.audit.noting import noting
from app.errors import Exit, UserError
from app.events import EventBus
from app.pipeline import term_files
from app.pipeline.expression import Expression, TooSlow, warning
from app.pipeline.term_files import Format
from app.pipeline.term_plan import Traffic, plan
from app.pipeline.terms import Kind, Term, caution
from app.settings_store import SettingsStore
from app.spoken import printable
from app.store.term_use import TermUse, Use
from app.store.terms import Terms
from app.text_command import opened, read_text


def run(settings: SettingsStore, options: argparse.Namespace) -> int:
    """Does what the command line says. Raises UserError; then nothing has changed."""
    if options.action == "try":
        return _try(options)
    with opened(settings) as (database, seal), noting(settings, database, seal) as notes:
        bus = EventBus()
        terms = Terms(database, seal, bus)
        notes.terms(bus, terms)
        match options.action:
            case "list":
                return _list(terms, options.kind, TermUse(database, terms) if options.hits else None)
            case "add":
                return _add(terms, options)
            case "change":
                return _change(terms, options)
            case "remove":
                return _remove(terms, options)
            case "import":
                return _import(terms, options)
            case _:
                return _export(terms, options)


def _list(terms: Terms, kind: Kind | None, use: TermUse | None) -> int:
    """One line for each: id, what it is, and its text; with `use`, how often and when it was met before that."""
    for id, term in terms.all().items():
        if kind in (None, term.kind):
            options = [
                *["off"] * (not term.enabled),
                *["case"] * term.case_sensitive,
                *["part"] * (term.kind == "term" and not term.whole_word),
                *["group"] * term.first_group,
            ]
            shown = printable(term.text)
            arrow = f" → {term.replacement}" if term.replacement else ""
            kind_and_type = f"{term.kind:8}{term.entity or 'any':16}{','.join(options):16}"
            met = f"{_met(use.get(id)):28}" if use is not None else ""
            _write(f"{id:>5}  {kind_and_type}{met}{shown}{arrow}\n")
    return Exit.OK


def _met(use: Use) -> str:
    last = time.strftime(", %Y-%m-%d %H:%M", time.localtime(use.last)) if use.last else ""
    return f"{use.hits} hits{last}"


def _add(terms: Terms, options: argparse.Namespace) -> int:
    kind: Kind = options.kind or "term"
    new = [
        Term(
            text,
            options.type.upper() if options.type else "" if kind == "allowed" else "CUSTOM",
            case_sensitive=options.case_sensitive,
            whole_word=not options.part,
            replacement=options.replacement,
            kind=kind,
            first_group=options.first_group,
        )
        for text in options.text
    ]
    try:
        added = asyncio.run(terms.add(new))
    except ValueError as error:
        raise UserError(str(error), code=Exit.DATA) from None
    for term in new:
        if told := caution(term):
            print(f"anonamoose: {told}", file=sys.stderr)
    return _told(len(added), "added")


def _change(terms: Terms, options: argparse.Namespace) -> int:
    """Gives what is chosen the options that are named; the others stay."""
    before = _chosen(terms, options)
    named = {
        "enabled": options.enabled,
        "entity": None if options.type is None else options.type.upper(),
        "replacement": options.replacement,
        "case_sensitive": options.case_sensitive,
        "whole_word": None if options.part is None else not options.part,
        "first_group": options.first_group,
    }
    given = {name: value for name, value in named.items() if value is not None}
    if not given:
        raise UserError("It has to be said what to change.", "Say --off, --on, --type …", code=Exit.USAGE)
    after = {id: dataclasses.replace(term, **given) for id, term in before.items()}
    try:
        changed = asyncio.run(terms.swap(before, after))
    except ValueError as error:
        raise UserError(str(error), "Nothing was changed.", code=Exit.DATA) from None
    return _told(len(changed), "changed")


def _chosen(terms: Terms, options: argparse.Namespace) -> dict[int, Term]:
    """The entries that are named, by text or by id. Raises UserError where there are none."""
    found = {
        id: term
        for id, term in terms.all().items()
        if id in options.id or (term.text in options.text and options.kind in (None, term.kind))
    }
    if not found:
        raise UserError("Nothing in the dictionary is called that.", "See: anonamoose dictionary list.")
    return found


def _try(options: argparse.Namespace) -> int:
    """Prints what the pattern would hide in a text, one match a line."""
    how = {"case_sensitive": bool(options.case_sensitive), "first_group": bool(options.first_group)}
    text = read_text(options.file)
    try:
        places = Expression(options.pattern, **how).places(text)
        told = warning(options.pattern, **how)
    except ValueError as error:
        raise UserError(str(error), code=Exit.DATA) from None
    except TooSlow:
        raise UserError("The pattern takes too long on this text: limit its repetitions.", code=Exit.DATA) from None
    for start, end in places:
        _write(f"{start}-{end}\t{printable(text[start:end])}\n")
    if told:
        print(f"anonamoose: {told}", file=sys.stderr)
    return _told(len(places), "found")


def _remove(terms: Terms, options: argparse.Namespace) -> int:
    gone = _chosen(terms, options)
    asyncio.run(terms.remove(gone))
    return _told(len(gone), "removed")


def _import(terms: Terms, options: argparse.Namespace) -> int:
    try:
        raw = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    except OSError as error:
        raise UserError(f"The file {options.file} cannot be read ({error.strerror}).", code=Exit.NO_INPUT) from None
    try:
        if options.dry_run:
            return _preview(terms, term_files.decoded(raw), options)
        read = term_files.read(term_files.decoded(raw), _format(options), options.kind or "term")
        known = set(terms.all().values())
        new = [term for term in dict.fromkeys(read) if term not in known]
        added = asyncio.run(terms.add(new))
    except ValueError as error:
        raise UserError(str(error), "Nothing was imported.", code=Exit.DATA) from None
    return _told(len(added), "added", f", {len(read) - len(new)} were there already" if len(read) > len(new) else "")


def _preview(terms: Terms, text: str, options: argparse.Namespace) -> int:
    """One line for each entry: its number, what would happen to it, its text or why it is refused."""
    fates: Counter[str] = Counter()
    kind: Kind = options.kind or "term"
    for row in plan(term_files.rows(text, _format(options)), terms.all(), kind, Traffic([])):
        fates[row.fate] += 1
        shown = printable(row.term.text) if row.term else ""
        _write(f"{row.number:>7}  {row.fate:8} {'  '.join(filter(None, [shown, row.told]))}\n")
    print(f"{', '.join(f'{number} {fate}' for fate, number in fates.items()) or 'No entries'}.", file=sys.stderr)
    return Exit.OK


def _export(terms: Terms, options: argparse.Namespace) -> int:
    chosen = [term for term in terms.all().values() if options.kind in (None, term.kind)]
    text = term_files.write(chosen, _format(options))
    if options.file == "-":
        _write(text)
        return Exit.OK
    try:
        Path(options.file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"The file {options.file} cannot be written ({error.strerror}).", code=Exit.CANNOT_CREATE
        ) from None
    return _told(len(chosen), "exported")


def _format(options: argparse.Namespace) -> Format:
    given: Format | None = options.format
    return given or ("json" if Path(options.file).suffix.lower() == ".json" else "csv")


def _told(number: int, done: str, more: str = "") -> int:
    print(f"{number} {done}{more}.", file=sys.stderr)
    return Exit.OK


def _write(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()
