"""Where the app keeps its files, for a user who has no place for any."""

from __future__ import annotations

import os
import sys

import pytest

from app.errors import StorageError
from app.paths import Paths, default_root


@pytest.mark.skipif(sys.platform == "win32", reason="every user has a profile there")
def test_a_user_without_a_home_is_asked_for_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os.path, "expanduser", str)  # nobody knows of one
    with pytest.raises(StorageError) as error:
        Paths(default_root()).create()
    assert "--data-dir" in error.value.hint
