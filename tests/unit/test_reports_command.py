"""`anonamoose reports` lists, prints and deletes what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import Exit, UserError
from app.events import EventBus
from app.reports import Reports
from app.reports_command import run
from app.settings_store import SettingsStore


@pytest.fixture
def settings(tmp_path: Path) -> SettingsStore:
    return SettingsStore({"data_dir": tmp_path}, {}, EventBus())


def test_without_a_report(settings: SettingsStore, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(settings, "list", None) == run(settings, "delete", None) == Exit.OK
    for action, name in (("show", None), ("show", "x"), ("delete", "x")):
        with pytest.raises(UserError, match=r"^There is no report\.$") as error:
            run(settings, action, name)
        assert error.value.code == Exit.NO_INPUT
    assert capsys.readouterr().out == ""


def test_with_some(settings: SettingsStore, capsys: pytest.CaptureFixture[str]) -> None:
    reports = Reports(settings.paths.reports)
    first = reports.write("1-error", "first\n", is_told=True)
    last = reports.write("2-crash", "last\n", is_told=False)
    assert first and last
    run(settings, "list", None)
    assert capsys.readouterr().out.split() == [str(first), str(last)]
    run(settings, "show", None)
    run(settings, "show", first.name)
    run(settings, "show", last.with_suffix("").name)
    assert capsys.readouterr().out == "last\nfirst\nlast\n"
    with pytest.raises(UserError, match="no such report"):
        run(settings, "show", "../settings.json")
    run(settings, "delete", str(first))
    assert reports.all() == [last]
    run(settings, "delete", None)
    assert not reports.all()
