"""The app on a free port, with a data folder and a key that go away with it."""

from __future__ import annotations

import os
import tempfile
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.application import Application
from app.credentials import VARIABLE
from app.events import EventBus
from app.settings_store import SettingsStore


@asynccontextmanager
async def throwaway(**more: object) -> AsyncIterator[Application]:
    """Runs it with `more` settings, whatever is set or stored for the user's own. Raises UserError where it cannot."""
    with tempfile.TemporaryDirectory(prefix="anonamoose-", ignore_cleanup_errors=True) as folder:
        before = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = b64encode(os.urandom(32)).decode()
        settings = SettingsStore({"data_dir": folder, "port": 0, "host": "127.0.0.1", **more}, environ={})
        application = Application(settings, EventBus())
        try:
            await application.start()
            yield application
        finally:
            await application.stop()
            if before is None:
                del os.environ[VARIABLE]
            else:
                os.environ[VARIABLE] = before
