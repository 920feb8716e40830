"""A store for those who share sessions: each Redis or Valkey that is installed, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stores import PROGRAMS, StoreServer


@pytest.fixture(params=PROGRAMS or [""])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreServer]:
    with StoreServer(tmp_path, program=request.param) as running:
        yield running
