"""The box for a port that is taken: who has it, and another one to go on with."""

from __future__ import annotations

import asyncio
from typing import Literal

from PySide6.QtWidgets import QMessageBox

from app.errors import PortTaken
from app.ui.language import later, tr
from app.ui.notice import box_of

#: The last one: nobody was asked.
PortChoice = Literal["once", "always", "quit", ""]
_MORE = later(
    "Go on with port {free}, which is free, or quit. Tools that are connected to port {port} have to be given the new "
    "one."
)


def port_box(error: PortTaken, *, can_keep: bool) -> tuple[QMessageBox, dict[object, PortChoice]]:
    """The box, open, and what its buttons mean. Without `can_keep` the port is fixed by a flag or a variable."""
    box = box_of(None, QMessageBox.Icon.Warning, tr(error.title), tr(_MORE).format(port=error.port, free=error.free))
    once = box.addButton(tr("Use {port} this time").format(port=error.free), QMessageBox.ButtonRole.AcceptRole)
    choices: dict[object, PortChoice] = {once: "once"}
    if can_keep:
        choices[box.addButton(tr("Use {port} always").format(port=error.free), QMessageBox.ButtonRole.AcceptRole)] = (
            "always"
        )
    leave = box.addButton(tr("Quit"), QMessageBox.ButtonRole.RejectRole)
    box.setEscapeButton(leave)
    box.open()
    return box, choices


async def choose_port(error: PortTaken, *, can_keep: bool) -> PortChoice:
    """What the user chooses: the free port for this run, for always, or to quit."""
    closed = asyncio.Event()
    box, choices = port_box(error, can_keep=can_keep)
    chosen: list[PortChoice] = []
    box.finished.connect(lambda _: chosen.append(choices.get(box.clickedButton(), "quit")))
    box.finished.connect(closed.set)
    try:
        await closed.wait()
    except asyncio.CancelledError:
        box.close()
        raise
    return chosen[0]
