"""Windows without a screen: the real shell and loop, and an app whose state a test can set."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import QT_MISSING

if QT_MISSING:
    collect_ignore_glob = ["test_*.py"]
elif TYPE_CHECKING:
    from app.ui.desktop import Desktop
    from app.ui.shell import Shell
    from tests.ui.staging import Staged

#: What Qt says about its own offscreen platform, which has neither tray nor window manager.
_HARMLESS = ("This plugin does not support", "No such signal QPlatformNativeInterface::systemTrayWindowChanged")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/ui/" in str(item.path):
            item.add_marker(pytest.mark.qt_log_ignore(*_HARMLESS, extend=True))


@pytest.fixture
def loop(qapp: Shell) -> Iterator[Any]:
    from app.ui.loop import new_loop

    loop = new_loop(qapp)
    asyncio.set_event_loop(loop)
    yield loop
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
    asyncio.set_event_loop(None)


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Staged]:
    from tests.ui.staging import Staged

    application = Staged(tmp_path)
    yield application
    application.database.close()


@pytest.fixture
def desktop(qapp: Shell, loop: Any, application: Staged) -> Iterator[Desktop]:
    from app.ui.desktop import Desktop

    desktop = Desktop(application, qapp, patience=0)
    yield desktop
    loop.run_until_complete(application.end())
    loop.run_until_complete(desktop.close())
    for window in qapp.topLevelWidgets():
        window.close()
        window.deleteLater()
