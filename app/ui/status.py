"""The words for the app's state, the same in tray, window and notice."""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.state import Protection, State


@dataclass(frozen=True, slots=True)
class Status:
    """A state in words. `mark` names its icon, `line` fits a menu, `detail` says what it means."""

    mark: str
    line: str
    detail: str


def count(number: int, noun: str) -> str:
    """`1 value`, `1,204 values`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def remaining(seconds: float) -> str:
    """How much of a pause is left, in words that fit a menu."""
    if math.isinf(seconds):
        return "until restart"
    return f"{math.ceil(seconds / 60)} min left"


def status(state: State, *, busy: bool = False, waiting: int = 0) -> Status:
    """What to show for `state`, while requests are being redacted, and so many wait for review."""
    mark = state.protection.value
    hidden = f"{count(state.today, 'value')} hidden today"
    match state.protection:
        case Protection.STARTING:
            line, detail = "Starting…", "Requests wait until the detectors are loaded."
        case Protection.ON:
            line = f"Protecting · {hidden}"
            detail = "Personal data in requests is replaced before it leaves this machine."
            if busy:
                mark, line = "busy", f"Redacting now · {hidden}"
            if state.trouble:
                mark = "attention"
                line = f"Protecting · the last request was refused · {hidden}"
                detail = f"Detection could not look through the last request, so it was not sent. {state.trouble}"
        case Protection.OFF:
            line = "Off · requests are sent as they are"
            detail = "Protection is off: whatever a request holds leaves this machine unchanged."
        case Protection.REFUSING:
            line = "Off · requests are refused"
            detail = "Protection is off: every request is refused, and nothing is sent."
        case Protection.BROKEN:
            line = "Cannot protect · requests are refused"
            detail = state.reason or "Detection cannot run, so every request is refused."
    if state.paused:
        mark, line = "paused", line.replace("Off", f"Paused, {remaining(state.paused)}", 1)
        detail = detail.replace("Protection is off", "Protection is paused", 1)
    if waiting:
        mark, line = "attention", f"{count(waiting, 'request')} {'waits' if waiting == 1 else 'wait'} for review"
    if state.audit and state.protection is not Protection.BROKEN:
        mark = "attention" if state.protection is Protection.ON else mark
        detail = f"{detail} No audit trail is written: {state.audit}"
    return Status(mark, line, detail)


def off_warning(when_off: str) -> tuple[str, str]:
    """Question and consequence, before protection is turned off."""
    if when_off == "refuse":
        return "Turn protection off?", "Requests will be refused until you turn it on again. Nothing is sent."
    return (
        "Turn protection off?",
        "Requests will be sent as they are: every name, address and number in them leaves this machine.",
    )
