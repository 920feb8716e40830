"""The sentences above the two texts of an exchange."""

from __future__ import annotations

from app.pipeline.placeholder import label_of_mask
from app.proxy.exchange import Exchange
from app.proxy.journal import OURS
from app.proxy.section import Section
from app.ui.language import later, tr

_NOT_KEPT = later("The text was not kept.")
_NOTHING = {
    "refused": later("Nothing left this machine."),
    "passed": later("It left as it was, unread, and was not kept."),
    "open": "",
}


def nothing(exchange: Exchange | None) -> tuple[str, str]:
    """Why there is no text."""
    if exchange is None:
        return "", ""
    if exchange.is_wiped:
        return tr("The texts are no longer kept: their time in memory is over."), ""
    if exchange.outcome == "refused":
        return tr(_NOT_KEPT), f"{tr(_NOTHING['refused'])} {tr(exchange.reason)}".strip()
    if exchange.outcome == "passed" or exchange.read == "unread":
        return tr(_NOT_KEPT), tr(_NOTHING["passed"])
    if exchange.is_running:
        return tr("It is being looked through."), ""
    return tr(_NOT_KEPT), tr(exchange.reason)


def notes(section: Section, exchange: Exchange | None, is_veiled: bool) -> tuple[str, str]:
    """What is said of the left text and of the right one."""
    if exchange is None:
        return "", ""
    veil = tr("Values are not shown.") if section.marks or section.is_open else ""
    if section.is_open and is_veiled:
        veil = tr("It holds values in a form that cannot be left out, so it is shown with originals only.")
    if section.side == "answer":
        wait = tr("Still coming.") if exchange.is_running else ""
        came = wait or tr(exchange.reason) or tr("As the model wrote it.")
        return came, veil if is_veiled and veil else tr("With your values put back.")
    ours = veil if is_veiled and veil else tr("As your tool wrote it.")
    if exchange.outcome == "refused":
        return ours, f"{tr('Nothing left: this was to be sent.')} {tr(exchange.reason)}".strip()
    if exchange.provider == OURS:
        return ours, tr("Given back to the tool that asked: nothing left this machine.")
    if exchange.outcome == "passed":
        return ours, tr("Sent as it was: nothing was hidden.")
    theirs = tr("Values are replaced by placeholders.") if section.marks else tr("Nothing to hide was found here.")
    if any(label_of_mask(section.placeholder(mark)) for mark in section.marks):
        theirs = tr("Values are replaced by placeholders, or by masks, which do not come back.")
    return ours, " ".join((theirs, *map(tr, exchange.notices)))
