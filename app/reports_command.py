"""`anonamoose reports`: what is known of crashes and unexpected errors."""

from __future__ import annotations

from pathlib import Path

from app.errors import Exit, UserError
from app.reports import Reports
from app.settings_store import SettingsStore


def run(settings: SettingsStore, action: str, name: str | None) -> int:
    """Lists the reports, prints or deletes one; without a `name` prints the latest, deletes all. Raises UserError."""
    reports = Reports(settings.paths.reports)
    found = reports.all()
    if action == "list":
        for path in found:
            print(path)
        return Exit.OK
    chosen = [path for path in found if name is None or name in (path.name, path.with_suffix("").name, str(path))]
    if not chosen and (name is not None or action == "show"):
        known = "See “anonamoose reports list”." if found else ""
        raise UserError("There is no such report." if found else "There is no report.", known, code=Exit.NO_INPUT)
    if action == "show":
        print(_text(chosen[-1]), end="")
        return Exit.OK
    for path in chosen:
        reports.delete(path)
    return Exit.OK


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise UserError("The report cannot be read.", "Mend its permissions.", code=Exit.NO_INPUT) from error
