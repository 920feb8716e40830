"""What every test gets: no display, no keyring of the user's, no network, hypothesis profiles."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.lacking import ALL_INSTALLED

# Before anything imports Qt, keyring or a hub client.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
for _name in [name for name in os.environ if name.startswith("ANONAMOOSE_")]:
    del os.environ[_name]

try:
    import PySide6.QtWidgets  # noqa: F401

    QT_MISSING = ""
except ImportError as error:
    QT_MISSING = str(error)

pytest_plugins = [] if QT_MISSING else ["pytestqt.plugin"]

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", parent=settings.get_profile("default"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if QT_MISSING:
        if os.environ.get(ALL_INSTALLED):
            raise pytest.UsageError(f"Qt cannot load here, although {ALL_INSTALLED} is set: {QT_MISSING}")
        skip = pytest.mark.skip(reason=f"Qt cannot load here: {QT_MISSING}")
        for item in items:
            if "/ui/" in str(item.path):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def qapp_cls() -> Any:
    """Whoever asks for it first makes the one there can be."""
    from app.ui.shell import Shell

    return Shell
