"""What is said of spans and exchanges, the same in lists, tips and the line below."""

from __future__ import annotations

from app.errors import UserError
from app.pipeline.placeholder import label_of, label_of_mask
from app.proxy.exchange import Exchange
from app.proxy.section import Mark, Section
from app.ui.language import later, tr

_FOUND = {
    "dictionary": later("one of your own terms"),
    "secrets": later("by the form of a secret"),
    "ner": later("read by the local model"),
    "patterns": later("by its form, and checksum if it has one"),
    "names": later("on the list of names"),
    "known": later("hidden elsewhere in this conversation"),
    "memo": later("sent before, and goes out as it went then"),
    "literal": later("looks like a placeholder itself"),
}


def why(mark: Mark) -> str:
    """Layer, score and reason: `patterns, 0.85: it has the form of one`."""
    reason = tr(_FOUND.get(mark.source, ""))
    if mark.source == "memo":
        return reason
    if not mark.source:
        return ""
    return tr("{layer}, {score}: {reason}").format(layer=mark.source, score=f"{mark.score:.2f}", reason=reason)


def tip_before(section: Section, mark: Mark) -> str:
    """What a value says when pointed at."""
    found = tr("Sent before, and goes out as it went then.") if mark.source == "memo" else tr("Found by {why}.")
    told = f"\n{found.format(why=why(mark))}" if mark.source else ""
    token = section.placeholder(mark)
    return f"{mark.entity} → {token}{told}" if token else f"{mark.entity}{told}"


def tip_after(section: Section, mark: Mark) -> str:
    """What a placeholder says when pointed at."""
    is_mask = section.side == "request" and label_of_mask(section.placeholder(mark))
    how = tr("{entity}, hidden for good: a mask does not come back") if is_mask else tr("{entity}, hidden")
    return how.format(entity=mark.entity) if section.side == "request" else mark.entity


def entities(exchange: Exchange) -> list[tuple[str, int]]:
    """What was hidden, most first."""
    return sorted(exchange.entities.items(), key=lambda item: (-item[1], item[0]))


def entities_line(exchange: Exchange) -> str:
    """The same in a line: `2 PERSON · 1 EMAIL`."""
    return " · ".join(f"{number} {label_of(entity)}" for entity, number in entities(exchange))


_OUTCOMES = {
    "open": later("running"),
    "done": later("answered"),
    "passed": later("sent as it was"),
    "refused": later("refused"),
    "failed": later("failed"),
    "aborted": later("broken off"),
}


def outcome(exchange: Exchange) -> str:
    """How it ended, with the status where that is not the usual one."""
    word = tr("running" if exchange.is_running else _OUTCOMES[exchange.outcome])
    return f"{word} ({exchange.status})" if exchange.status >= 400 else word


def size(number: int) -> str:
    """`812 B`, `3.4 kB`, `1.2 MB`."""
    if number < 1000:
        return tr("{number} B").format(number=number) if number else ""
    if number < 1_000_000:
        return tr("{number} kB").format(number=f"{number / 1000:.1f}")
    return tr("{number} MB").format(number=f"{number / 1_000_000:.1f}")


def error_text(error: Exception) -> str:
    """What is wrong, and what to do about it."""
    if isinstance(error, UserError):
        return f"{tr(error.title)} {tr(error.hint)}".strip()
    return tr(str(error))
