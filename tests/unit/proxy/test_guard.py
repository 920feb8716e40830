from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request

from app.proxy.guard import HEADER, Guard, area
from app.proxy.refusal import Refusal
from app.settings_store import SettingsStore
from app.store.access import Access, new_token
from app.store.database import Database


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/", "open"),
        ("/demo", "open"),
        ("/demo/", "open"),
        ("/health", "open"),
        ("/ready", "open"),
        ("/api/v1/redact", "redact"),
        ("/api/v1", "description"),
        ("/api/v1/", "description"),
        ("/api/v1/redact/", "management"),
        ("/api/v1/redact/../sessions", "management"),
        ("/api/v1/sessions/x", "management"),
        ("/api/v1//redact", "management"),
        ("/api/v10", "provider"),
        ("/api/chat", "provider"),
        ("/healthy", "provider"),
        ("/health/", "provider"),
        ("//health", "provider"),
        ("/v1/chat/completions", "provider"),
        ("/demo/v1/messages", "provider"),
        ("", "provider"),
    ],
)
def test_what_is_asked_for(path: str, found: str) -> None:
    assert area(path) == found


async def test_where_nobody_can_be_told_from_another_nobody_gets_in(tmp_path: Path) -> None:
    database = Database(tmp_path / "vault.sqlite3")
    guard = Guard(SettingsStore({}, environ={}), Access(database))
    token = new_token()
    await Access(database).accept(token)
    request = make_mocked_request("GET", "/api/v1/sessions", headers={HEADER: token})
    try:
        await guard.check_token(request)
        database.call(lambda connection: connection.execute("DROP TABLE meta"))
        with pytest.raises(Refusal) as caught:
            await guard.check_token(request)
    finally:
        database.close()
    assert (caught.value.status, caught.value.code) == (403, "keys_unavailable")
