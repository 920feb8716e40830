"""What is said of spans and exchanges, the same in lists, tips and the line below."""

from __future__ import annotations

from app.pipeline.placeholder import label_of, label_of_mask
from app.proxy.exchange import Exchange
from app.proxy.section import Mark, Section

_FOUND = {
    "dictionary": "one of your own terms",
    "secrets": "by the form of a secret",
    "ner": "read by the local model",
    "patterns": "by its form, and checksum if it has one",
    "names": "on the list of names",
    "known": "hidden elsewhere in this conversation",
    "memo": "sent before, and goes out as it went then",
    "literal": "looks like a placeholder itself",
}


def why(mark: Mark) -> str:
    """Layer, score and reason: `patterns, 0.85: it has the form of one`."""
    reason = _FOUND.get(mark.source, "")
    if mark.source == "memo":
        return reason
    return f"{mark.source}, {mark.score:.2f}: {reason}" if mark.source else ""


def tip_before(section: Section, mark: Mark) -> str:
    """What a value says when pointed at."""
    found = f"Found by {why(mark)}." if mark.source not in ("", "memo") else f"{why(mark).capitalize()}."
    told = f"\n{found}" if why(mark) else ""
    token = section.placeholder(mark)
    return f"{mark.entity} → {token}{told}" if token else f"{mark.entity}{told}"


def tip_after(section: Section, mark: Mark) -> str:
    """What a placeholder says when pointed at."""
    is_mask = section.side == "request" and label_of_mask(section.placeholder(mark))
    how = "hidden for good: a mask does not come back" if is_mask else "hidden"
    return f"{mark.entity}, {how}" if section.side == "request" else mark.entity


def entities(exchange: Exchange) -> list[tuple[str, int]]:
    """What was hidden, most first."""
    return sorted(exchange.entities.items(), key=lambda item: (-item[1], item[0]))


def entities_line(exchange: Exchange) -> str:
    """The same in a line: `2 PERSON · 1 EMAIL`."""
    return " · ".join(f"{number} {label_of(entity)}" for entity, number in entities(exchange))


_OUTCOMES = {
    "open": "running",
    "done": "answered",
    "passed": "sent as it was",
    "refused": "refused",
    "failed": "failed",
    "aborted": "broken off",
}


def outcome(exchange: Exchange) -> str:
    """How it ended, with the status where that is not the usual one."""
    word = "running" if exchange.is_running else _OUTCOMES[exchange.outcome]
    return f"{word} ({exchange.status})" if exchange.status >= 400 else word


def size(number: int) -> str:
    """`812 B`, `3.4 kB`, `1.2 MB`."""
    if number < 1000:
        return f"{number} B" if number else ""
    return f"{number / 1000:.1f} kB" if number < 1_000_000 else f"{number / 1_000_000:.1f} MB"
