"""The app that runs with a data folder, as commands reach it: by the management API, with the access token."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from app.access_token import access_token
from app.audit.noting import noting
from app.errors import Exit, StorageError, UserError
from app.keychain import Keychain
from app.lock import InstanceLock
from app.settings import Settings
from app.settings_store import SettingsStore
from app.store.access import Access
from app.text_command import opened

_PATIENCE = 3.0  # seconds that the app may take to say it is there
_LONGER = 60.0  # and to do something
_MOST = 64 * 2**20  # bytes of an answer


def origin(settings: Settings) -> str:
    """How programs on this machine reach the app, e.g. `http://localhost:3000`."""
    host = settings.host
    if host in ("", "0.0.0.0", "::"):  # noqa: S104 - all addresses: this machine's own is among them
        host = "localhost"
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def health(origin: str) -> Mapping[str, Any]:
    """What the app at `origin` says of itself. Raises UserError where none answers."""
    status, said = _asked(origin, "GET", "/health", {}, None, _PATIENCE)
    if status != 200 or not isinstance(said.get("protection"), str):
        raise _no_answer(origin)
    return said


class RunningApp:
    """`ask` is all there is to it; the token is looked up at the first time."""

    def __init__(self, settings: SettingsStore) -> None:
        self._settings = settings
        self.origin = origin(settings.current)
        self._token = ""

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """What the management API answers to a request for `path`. Raises UserError where that is an error."""
        from app.proxy.api.operation import ROOT  # takes a while, which “anonamoose run” need not
        from app.proxy.guard import HEADER, VARIABLE

        if not self._token:
            health(self.origin)
            self._token = os.environ.get(VARIABLE, "").strip() or self._kept()
        status, said = _asked(self.origin, method, ROOT + path, {HEADER: self._token}, body, _LONGER)
        if status == 401:
            raise UserError(
                f"Anonamoose at {self.origin} does not take the access token of this data folder.",
                "“anonamoose token show” tells it anew; --data-dir names another folder.",
                code=Exit.CONFIG,
            )
        if status != 200:
            error = said.get("error")
            told = str(error.get("message", "")) if isinstance(error, dict) else ""
            raise UserError(
                told.removeprefix("Anonamoose: ") or f"Anonamoose answered with status {status}.", code=_code(status)
            )
        return said

    def _kept(self) -> str:
        """The token of the data folder. Raises UserError unless an app runs with that."""
        if not self._is_here():
            # Whoever it is that answers: the token of this folder is none of its business.
            raise UserError(
                f"What answers at {self.origin} does not run with the data folder {self._settings.paths.root}.",
                "Name its folder with --data-dir, or the app's port with --port.",
                code=Exit.UNAVAILABLE,
            )
        settings = self._settings
        with opened(settings) as (database, seal), noting(settings, database, seal) as notes:
            access = Access(database, notes.note)
            token, kept = asyncio.run(access_token(access, Keychain(settings.paths.root)))
        if kept:
            print(f"anonamoose: there is an access token from now on, kept in {kept}", file=sys.stderr)
        return token

    def _is_here(self) -> bool:
        """Whether an app runs with the data folder."""
        if not self._settings.paths.lock.exists():
            return False
        try:
            InstanceLock(self._settings.paths.lock).acquire().release()
        except StorageError:
            raise
        except UserError:
            return True
        return False


def _code(status: int) -> Exit:
    if status == 404:
        return Exit.NO_INPUT
    return Exit.UNAVAILABLE if status >= 500 else Exit.USAGE


def _no_answer(origin: str) -> UserError:
    return UserError(
        f"Anonamoose does not answer at {origin}.",
        "Start it (anonamoose, or anonamoose serve), or name its port with --port.",
        code=Exit.UNAVAILABLE,
    )


def _asked(
    origin: str, method: str, path: str, headers: Mapping[str, str], body: Mapping[str, Any] | None, patience: float
) -> tuple[int, dict[str, Any]]:
    """Status and answer. Raises UserError where there is none, or it is not the app's."""
    where = urlsplit(origin)
    assert where.hostname is not None
    connection = HTTPConnection(where.hostname, where.port, timeout=patience)
    given = {
        "User-Agent": "anonamoose",
        **headers,
        **({"Content-Type": "application/json"} if body is not None else {}),
    }
    try:
        connection.request(method, path, None if body is None else json.dumps(body), given)
        answer = connection.getresponse()
        said = json.loads(answer.read(_MOST))
    except (OSError, HTTPException, ValueError):
        raise _no_answer(origin) from None
    finally:
        connection.close()
    if not isinstance(said, dict):
        raise _no_answer(origin)
    return answer.status, said
