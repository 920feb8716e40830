"""`anonamoose login`: whether the app starts when you sign in."""

from __future__ import annotations

from app import login_item
from app.errors import Exit


def run(action: str) -> int:
    """Turns it on or off, or tells which it is. Raises UserError."""
    if action != "status":
        login_item.turn(action == "on")
    print("on" if login_item.is_on() else "off")
    return Exit.OK
