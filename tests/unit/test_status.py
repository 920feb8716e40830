"""What the tray says."""

from __future__ import annotations

import pytest

pytest.importorskip("PySide6")

from app.state import Protection, State
from app.ui.status import status


def test_a_request_that_could_not_be_looked_through_is_told_of() -> None:
    fine = status(State(Protection.ON, "", 3, "", ""))
    troubled = status(State(Protection.ON, "", 3, "", "", trouble="The model failed."))
    assert (fine.mark, troubled.mark) == ("on", "attention")
    assert "refused" in troubled.line and troubled.detail.endswith("The model failed.")
    assert "refused" not in fine.line + fine.detail
