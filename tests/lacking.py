"""What a test needs of the machine, and what becomes of the test where it is not there."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest

#: Set where all that `.ci/run` installs is there: a test that lacks something then fails.
ALL_INSTALLED = "TESTS_LACK_NOTHING"


def lack(what: str) -> NoReturn:
    """Skips the test that runs, for the reason `what`; fails it where nothing may be lacking."""
    if os.environ.get(ALL_INSTALLED):
        pytest.fail(f"{what}, although {ALL_INSTALLED} is set", pytrace=False)
    pytest.skip(what)


def need(*programs: str) -> None:
    """Goes on where all of them are installed."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        lack(f"Not installed: {', '.join(missing)}")
