"""Texts that are redacted and restored by hand, beside all requests: the Try-it window and the clipboard."""

from __future__ import annotations

import asyncio
import secrets

from app.errors import UserError
from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.operators import listed
from app.pipeline.plain import Blocked, redact_plain
from app.pipeline.redaction import Redaction
from app.pipeline.restore import Restorer
from app.pipeline.session import Session
from app.settings_store import SettingsStore
from app.store.sessions import Sessions
from app.worker import Worker

#: The session of what the clipboard actions hide; the command line can restore it under this name.
CLIPBOARD = "clipboard"
#: Texts of which a window remembers what stands for what.
_MOST = 20


async def redacted(text: str, session: Session, settings: SettingsStore, worker: Worker, preset: str = "") -> Redaction:
    """`text` as it would leave this machine, under the settings or another preset. Raises UserError."""
    own = settings.current.with_own({"preset": preset} if preset else {})
    try:
        findings = await worker.text(text, own.policy)
    except DetectorUnavailable as error:
        raise UserError("Detection cannot run.", str(error)) from None
    try:
        return await asyncio.to_thread(
            redact_plain, text, findings, session, own.policy, worker.allowed, own.placeholders
        )
    except Blocked as blocked:
        raise UserError(f"The text holds {listed(blocked.entities)}.", "A request with it would be refused.") from None


class Scratch:
    """A session of its own, in memory only, for a text that is still being typed.

    Each version of the text is redacted anew, so that half a name is never known as a value; as all are under
    one key, a value keeps its placeholder.
    """

    def __init__(self, settings: SettingsStore, worker: Worker) -> None:
        self._settings = settings
        self._worker = worker
        self._key = secrets.token_bytes(32)
        self._last = self._empty()
        self._given: list[Session] = []

    def _empty(self) -> Session:
        return Session("try", self._key)

    async def redact(self, text: str, preset: str = "") -> Redaction:
        """`text` as it would leave this machine. Raises UserError."""
        session = self._empty()
        result = await redacted(text, session, self._settings, self._worker, preset)
        self._last = session
        return result

    def give(self) -> None:
        """The latest text goes out: what stands in it is remembered from now on."""
        if self._last not in self._given:
            self._given = [self._last, *self._given[: _MOST - 1]]

    def restore(self, text: str) -> tuple[str, int, int]:
        """`text` with its values, how many came back, and how many placeholders nobody knows."""
        restored = unknown = 0
        for session in dict.fromkeys([*self._given, self._last]):
            restorer = Restorer(session)
            text = restorer.feed(text) + restorer.flush()
            restored, unknown = restored + restorer.restored, restorer.unknown
            if not unknown:
                break
        return text, restored, unknown


async def clip(text: str, settings: SettingsStore, worker: Worker, vault: Sessions) -> Redaction:
    """`text` redacted in the session of the clipboard, which is stored before this returns. Raises UserError."""
    session = await vault.session(CLIPBOARD)
    result = await redacted(text, session, settings, worker)
    await vault.save(session)
    return result


async def unclip(text: str, vault: Sessions) -> tuple[str, int, int]:
    """`text` with the values of the clipboard's session, how many came back, how many are unknown."""
    restorer = Restorer(await vault.session(CLIPBOARD))
    return restorer.feed(text) + restorer.flush(), restorer.restored, restorer.unknown
