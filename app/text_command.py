"""`anonamoose redact` and `anonamoose restore`: the pipeline on a text, without the proxy."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from app.errors import Exit, UserError
from app.events import EventBus
from app.pipeline.allowed import Allowed
from app.pipeline.detection import Detection
from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.file_text import file_text, is_document
from app.pipeline.operators import listed
from app.pipeline.plain import Blocked, redact_plain
from app.pipeline.redaction import Redaction
from app.pipeline.restore import Restorer
from app.pipeline.session import Session
from app.settings_store import SettingsStore
from app.store.database import Database
from app.store.opening import sessions
from app.store.sealing import Seal
from app.store.sessions import Sessions, settled
from app.store.terms import Terms
from app.store.unlocking import Store, unlock

_SESSION = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def redact(settings: SettingsStore, file: str, session: str, *, as_json: bool) -> int:
    """Prints the text of `file` with placeholders; of a mail, an office file or a PDF, what is written in it.

    Raises UserError; then nothing was printed.
    """
    text = _written(file)
    result = asyncio.run(_redact(settings, text, session))
    if as_json:
        spans = [
            {
                "start": r.finding.start,
                "end": r.finding.end,
                "entity": r.finding.entity,
                "layer": r.finding.source,
                "score": round(r.finding.score, 4),
                "placeholder": r.placeholder,
            }
            for r in result.replacements
        ]
        _write(json.dumps({"text": result.text, "session": session, "spans": spans}, ensure_ascii=False, indent=2))
        _write("\n")
    else:
        _write(result.text)
    return Exit.OK


async def _redact(settings: SettingsStore, text: str, name: str) -> Redaction:
    async with _vault(settings, name) as (vault, session, terms):
        detection = Detection(settings.current.ner_model, settings.paths.models, settings.current.ner_threads)
        detection.use_terms(terms.enabled())
        # A flag or a variable is what this very command is asked for.
        in_session = await vault.options.of(name)
        own = settings.current.with_own({k: v for k, v in in_session.items() if not settings.is_fixed(k)})
        policy = own.policy
        try:
            findings = detection.text(text, policy)
        except DetectorUnavailable as error:
            raise UserError(f"Detection cannot run. {error}", code=Exit.UNAVAILABLE) from None
        allowed = Allowed(term for term in terms.enabled() if term.kind == "allowed")

        async def work(session: Session) -> Redaction:
            return redact_plain(text, findings, session, policy, allowed, own.placeholders)

        try:
            return (await settled(vault, session, work))[1]
        except Blocked as blocked:
            raise UserError(f"The text holds {listed(blocked.entities)}, which it must not.", code=Exit.DATA) from None


def restore(settings: SettingsStore, file: str, session: str) -> int:
    """Prints the text of `file` with the values of `session` put back; what is not known to it stays, with a word."""
    check_name(session)
    text = read_text(file)
    restored, unknown = asyncio.run(_restore(settings, text, session))
    _write(restored)
    if unknown is None:
        print(f"anonamoose: There is no session {session!r}, so nothing was put back.", file=sys.stderr)
        print("anonamoose: See: anonamoose session all.", file=sys.stderr)
    elif unknown:
        counted = "1 placeholder is" if unknown == 1 else f"{unknown} placeholders are"
        print(f"anonamoose: {counted} not known to the session {session!r}.", file=sys.stderr)
    return Exit.OK


async def _restore(settings: SettingsStore, text: str, name: str) -> tuple[str, int | None]:
    """The text and how many of its placeholders are not known; None if the session is not, which is not made then."""
    with unlocked(settings) as store:
        async with sessions(settings.current, settings.paths, store) as (vault, listing):
            if not await listing.has(name):
                return text, None
            restorer = Restorer(await vault.session(name))
            return restorer.feed(text) + restorer.flush(), restorer.unknown


@asynccontextmanager
async def _vault(settings: SettingsStore, name: str) -> AsyncIterator[tuple[Sessions, Session, Terms]]:
    check_name(name)
    async with vault_of(settings) as (vault, store):
        yield vault, await vault.session(name), Terms(store.database, store.seal, EventBus())


@asynccontextmanager
async def vault_of(settings: SettingsStore) -> AsyncIterator[tuple[Sessions, Store]]:
    """The sessions that the settings mean, and what else is stored. Raises UserError."""
    with unlocked(settings) as store:
        async with sessions(settings.current, settings.paths, store) as (vault, _):
            yield vault, store


def check_name(session: str) -> None:
    """Raises UserError for what no session can be called."""
    if not _SESSION.fullmatch(session):
        raise UserError(
            "That is no name for a session.", "It takes 1 to 128 letters, digits or one of . _ : -", code=Exit.USAGE
        )


@contextmanager
def opened(settings: SettingsStore) -> Iterator[tuple[Database, Seal]]:
    """The database and the master key's seal. Raises UserError."""
    with unlocked(settings) as store:
        yield store.database, store.seal


@contextmanager
def unlocked(settings: SettingsStore) -> Iterator[Store]:
    """What is stored in the data folder. Raises UserError."""
    settings.paths.create()
    store = unlock(settings.paths)
    try:
        yield store
    finally:
        store.database.close()


def read_text(file: str) -> str:
    """The text of a file, or of standard input (-), as it is: line ends stay, bytes that are no UTF-8 survive."""
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise UserError(f"The file {file} cannot be read ({error.strerror}).", code=Exit.NO_INPUT) from None
    return raw.decode("utf-8", "surrogateescape")


def _written(file: str) -> str:
    text = read_text(file)
    raw = text.encode("utf-8", "surrogateescape")
    if not is_document(file, raw):
        return text
    try:
        written, is_all = file_text(file, raw)
    except ValueError as error:
        raise UserError(str(error), code=Exit.DATA) from None
    if not is_all:
        raise UserError("The file holds more text than can be read at once.", "Split it.", code=Exit.DATA)
    return written


def _write(text: str) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()
