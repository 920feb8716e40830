"""The words for the app's state, the same in tray, window and notice."""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.state import Protection, State
from app.ui.language import counted, tr


@dataclass(frozen=True, slots=True)
class Status:
    """A state in words. `mark` names its icon, `line` fits a menu, `detail` says what it means."""

    mark: str
    line: str
    detail: str


def remaining(seconds: float) -> str:
    """How much of a pause is left, in words that fit a menu."""
    if math.isinf(seconds):
        return tr("until restart")
    return counted("{n} min left", math.ceil(seconds / 60))


def status(state: State, *, busy: bool = False, waiting: int = 0) -> Status:
    """What to show for `state`, while requests are being redacted, and so many wait for review."""
    mark = state.protection.value
    hidden = counted("{n} value(s) hidden today", state.today)
    pause = remaining(state.paused) if state.paused else ""
    match state.protection:
        case Protection.STARTING:
            line, detail = tr("Starting…"), tr("Requests wait until the detectors are loaded.")
        case Protection.ON:
            line = tr("Protecting · {hidden}")
            detail = tr("Personal data in requests is replaced before it leaves this machine.")
            if busy:
                mark, line = "busy", tr("Redacting now · {hidden}")
            if state.trouble:
                mark = "attention"
                line = tr("Protecting · the last request was refused · {hidden}")
                detail = tr("Detection could not look through the last request, so it was not sent.")
                detail = f"{detail} {tr(state.trouble)}"
        case Protection.OFF:
            line = tr("Off · requests are sent as they are")
            detail = tr("Protection is off: whatever a request holds leaves this machine unchanged.")
            if pause:
                line = tr("Paused, {left} · requests are sent as they are")
                detail = tr("Protection is paused: whatever a request holds leaves this machine unchanged.")
        case Protection.REFUSING:
            line = tr("Off · requests are refused")
            detail = tr("Protection is off: every request is refused, and nothing is sent.")
            if pause:
                line = tr("Paused, {left} · requests are refused")
                detail = tr("Protection is paused: every request is refused, and nothing is sent.")
        case Protection.BROKEN:
            line = tr("Cannot protect · requests are refused")
            detail = tr(state.reason or "Detection cannot run, so every request is refused.")
    line = line.format(hidden=hidden, left=pause)
    if pause:
        mark = "paused"
    if waiting:
        mark, line = "attention", counted("{n} request(s) (waits/wait) for review", waiting)
    if state.audit and state.protection is not Protection.BROKEN:
        mark = "attention" if state.protection is Protection.ON else mark
        detail = f"{detail} {tr('No audit trail is written: {error}').format(error=tr(state.audit))}"
    return Status(mark, line, detail)


def off_warning(when_off: str) -> tuple[str, str]:
    """Question and consequence, before protection is turned off."""
    question = tr("Turn protection off?")
    if when_off == "refuse":
        return question, tr("Requests will be refused until you turn it on again. Nothing is sent.")
    return (
        question,
        tr("Requests will be sent as they are: every name, address and number in them leaves this machine."),
    )
