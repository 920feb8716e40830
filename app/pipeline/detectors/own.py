"""The layer "dictionary": all that the user has told of, terms, patterns and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable

from app.pipeline.allowed import Allowed
from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.detectors.dictionary import DictionaryDetector
from app.pipeline.expression import Expression, TooSlow
from app.pipeline.policy import Policy
from app.pipeline.span import Span
from app.pipeline.terms import Term


class OwnDetector:
    """Finds terms and matches of patterns. `allowed` beats the latter, and all other layers."""

    name = "dictionary"

    def __init__(self) -> None:
        self.allowed = Allowed()
        self._terms = DictionaryDetector()
        self._patterns: list[tuple[Term, Expression | ValueError]] = []

    def change(self, gone: Iterable[Term], new: Iterable[Term]) -> bool:
        """Without those `gone`, which were given before, and with those that are `new`, if enabled.

        Tells whether `entities` or `replacements` may have become others.
        """
        gone = [term for term in gone if term.enabled]
        new = [term for term in new if term.enabled]
        has_others = self._terms.change(_of(gone, "term"), _of(new, "term"))
        self.allowed.change(_of(gone, "allowed"), _of(new, "allowed"))
        for term in _of(gone, "pattern"):
            del self._patterns[[pattern for pattern, _ in self._patterns].index(term)]
        self._patterns += [(term, _read(term)) for term in _of(new, "pattern")]
        return has_others or any(term.kind == "pattern" for term in gone + new)

    def build(self) -> None:
        """Makes ready for `detect`, which otherwise does so first."""
        self._terms.build()

    @property
    def entities(self) -> frozenset[str]:
        """Types that may appear in a redacted text."""
        return self._terms.entities | {term.entity for term, _ in self._patterns}

    @property
    def replacements(self) -> frozenset[str]:
        """Stand-ins that may appear in a redacted text."""
        return self._terms.replacements

    def detect(self, text: str, policy: Policy) -> list[Span]:
        """One span per occurrence and per match, with score 1.0. Raises DetectorUnavailable."""
        matches = [
            Span(start, end, term.entity, 1.0, self.name)
            for term, expression in self._patterns
            for start, end in _places(term, expression, text)
            if start < end
        ]
        return self._terms.detect(text, policy) + self.allowed.without(text, matches, stay=())


def _of(terms: list[Term], kind: str) -> list[Term]:
    return [term for term in terms if term.kind == kind]


def _read(term: Term) -> Expression | ValueError:
    try:
        return Expression(term.text, case_sensitive=term.case_sensitive, first_group=term.first_group)
    except ValueError as error:  # it was checked; but maybe by another version of the library
        return error


def _places(term: Term, expression: Expression | ValueError, text: str) -> list[tuple[int, int]]:
    if isinstance(expression, ValueError):
        raise DetectorUnavailable(f"Your pattern for {term.entity} cannot be used: mend it in the dictionary.")
    try:
        return expression.places(text)
    except TooSlow:
        raise DetectorUnavailable(
            f"Your pattern for {term.entity} takes too long on this text: limit its repetitions in the dictionary."
        ) from None
