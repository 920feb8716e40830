"""Values that the user never wants hidden, though a detector may take them for somebody's."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from app.pipeline.fold import fold, keep_case
from app.pipeline.span import Span, resolve
from app.pipeline.terms import Term

#: Longer values are nobody's: no term is as long, whatever its white space.
_LONGEST = 2_000


class Allowed:
    """The allowed values. Each stands for whole values only: that "Jane" is allowed says nothing about "Jane Doe"."""

    def __init__(self, values: Iterable[Term] = ()) -> None:
        self._by_key: dict[bytes, list[Term]] = {}
        self.change((), values)

    def change(self, gone: Iterable[Term], new: Iterable[Term]) -> None:
        """Without those `gone`, with those that are `new`."""
        for value in gone:
            key = fold(value.text)
            self._by_key[key].remove(value)
            if not self._by_key[key]:
                del self._by_key[key]
        for value in new:
            self._by_key.setdefault(fold(value.text), []).append(value)

    def allows(self, value: str, entity: str) -> bool:
        """Whether `value`, taken for an `entity`, is one of these under its options."""
        if not self._by_key or len(value) > _LONGEST:
            return False
        return any(
            one.entity in ("", entity) and (not one.case_sensitive or keep_case(one.text) == keep_case(value))
            for one in self._by_key.get(fold(value), ())
        )

    def without(
        self, text: str, spans: list[Span], skip: int = 0, stay: Collection[str] = ("dictionary", "literal")
    ) -> list[Span]:
        """`spans` of `text` without those that are allowed, and those that together are.

        The first `skip` characters are no part of the value that `text` holds. Whatever comes from the layers
        `stay` does so: the user's own terms are not to be outvoted, and literals are no values.
        """
        if not self._by_key:
            return spans

        def allows(span: Span) -> bool:
            return self.allows(text[max(skip, span.start) : span.end], span.entity)

        while True:
            values = [span for span in spans if span.source not in stay]
            gone = {span for span in values if allows(span)}
            for union in filter(allows, resolve(values)):
                gone |= {span for span in values if union.start <= span.start and span.end <= union.end}
            if not gone:
                return spans
            # What is left may be allowed together, without what held it to the rest.
            spans = [span for span in spans if span not in gone]
