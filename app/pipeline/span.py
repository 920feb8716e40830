"""Spans, and the one place where overlapping spans become disjoint."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

#: Layers by precedence, the strongest first. A span's `source` is one of these.
#: "literal" marks text that already looks like a placeholder (see `placeholder.py`). It comes last,
#: as such text may stay: not when anything else was found in it, say a number in "(phone 5550134)".
LAYERS = ("dictionary", "secrets", "ner", "patterns", "names", "known", "literal")
_RANK = {name: rank for rank, name in enumerate(LAYERS)}
#: From the model on, up to literals, layers see parts of each other's finds: the town in an address, the name in an
#: e-mail address. So among them length goes before precedence.
_BY_LENGTH = range(_RANK["ner"], _RANK["literal"])


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of personal data in a text.

    `start` and `end` are Python string indices into the *original* text, half-open. `entity` is a
    type in Presidio's spelling (`PERSON`, `EMAIL_ADDRESS`, `AU_TFN`). `score` lies in (0, 1].
    `source` names the layer. `replacement`, which only dictionary terms set, is the user's own
    stand-in for the value; empty means a generated placeholder.
    """

    start: int
    end: int
    entity: str
    score: float
    source: str
    replacement: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")


def _precedence(span: Span) -> tuple[int, bool, int, int, float, int, int, str, str]:
    """Sort key: the smallest wins the label. Total, so that input order never matters."""
    rank = _RANK.get(span.source, len(LAYERS))
    return (
        _BY_LENGTH.start if rank in _BY_LENGTH else rank,
        span.entity == "LOCATION",
        span.start - span.end,
        rank,
        -span.score,
        span.start,
        span.end,
        span.entity,
        span.replacement,
    )


def _alike(span: Span) -> int:
    return 0


def resolve(spans: Iterable[Span], weight: Callable[[Span], int] = _alike) -> list[Span]:
    """Disjoint, sorted spans that cover exactly what `spans` cover together.

    Spans that overlap become one: the union decides what is hidden. What it is called, the one of the highest
    `weight` decides, then the dictionary, then the longest span (then the strongest layer, then the highest score),
    for the others are parts of what that one is; a place is a part of whatever it overlaps. Dropping or
    shortening the weaker one instead would leave half a value readable. Spans that only touch stay
    apart. A user's `replacement` stands for the term alone, so it does not survive a union that is larger.
    """
    out: list[Span] = []
    best: Span | None = None
    start = end = 0

    def close() -> None:
        if best is None:
            return
        exact = (best.start, best.end) == (start, end)
        out.append(best if exact else Span(start, end, best.entity, best.score, best.source))

    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        if best is not None and span.start < end:
            end = max(end, span.end)
            if (-weight(span), _precedence(span)) < (-weight(best), _precedence(best)):
                best = span
        else:
            close()
            best, start, end = span, span.start, span.end
    close()
    return out
