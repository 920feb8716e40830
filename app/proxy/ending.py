"""Where the texts of an answer end, and whether it was cut off at the length it may have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.pipeline.fields import Leaf
from app.pipeline.json_text import Pairs, UnreadableJson, parse
from app.proxy.channel import Named, within
from app.proxy.providers.base import Index, Stream
from app.proxy.sse import Event

_REASONS = frozenset(["finish_reason", "stop_reason", "finishReason", "done_reason", "status", "reason"])
_CUT = frozenset(
    ["length", "max_tokens", "MAX_TOKENS", "max_output_tokens", "model_context_window_exceeded", "incomplete"]
)
#: Said of what has not ended yet.
_UNDERWAY = frozenset(["in_progress", "queued", "searching", "interpreting", "generating"])


def was_cut(tree: object) -> bool | None:
    """What an answer, or one event of it, says: True or False, None when it says nothing."""
    found: bool | None = None
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Pairs):
            for key, value in node:
                if key in _REASONS and isinstance(value, str):
                    if value in _CUT:
                        return True
                    found = found if value in _UNDERWAY else False
                elif isinstance(value, list):
                    stack.append(value)
        elif isinstance(node, list):
            stack += node
    return found


def tree_of(event: Event) -> object:
    """What an event says in JSON, None when it says it otherwise, or nothing."""
    try:
        return parse(event.data) if event.data is not None else None
    except UnreadableJson:
        return None


def is_done(event: Event) -> bool:
    """Whether it says that no event follows."""
    return event.data is not None and event.data.strip() == "[DONE]"


def closing(spec: Stream, tree: object) -> list[Index]:
    """Which channels an event ends."""
    if not isinstance(tree, Pairs):
        return []
    # In every dialect: nothing follows an error, and a client may stop reading there.
    return [()] if tree.get("error") else list(spec.closes(tree))


class Endings:
    """Knows whose turn it is in a stream, and so where its channels end."""

    def __init__(self, spec: Stream) -> None:
        self._spec = spec
        self._turns: dict[Index, Index] = {}

    def of(
        self, found: Sequence[tuple[Leaf, Named | None]], closing: list[Index], channels: Iterable[Named]
    ) -> tuple[dict[int, bool], dict[Named, bool]]:
        """After which of the leaves `found` in an event a channel ends, and which of the `channels` end before them.

        Each with whether it may have been cut off there: what another kind of part follows was not.
        """
        last: dict[Named, int | None] = dict.fromkeys(channels)  # None: it has said nothing here
        ends: dict[int, bool] = {}
        before: dict[Named, bool] = {}

        def end(those: Iterable[Index], may_be_cut: bool) -> None:
            for named in [named for named in last if within(named[1], those)]:
                at = last.pop(named)
                if at is None:
                    before[named] = may_be_cut
                else:
                    ends[at] = may_be_cut

        for number, (leaf, named) in enumerate(found):
            turn = self._spec.turn(leaf) if self._spec.turn is not None else None
            if turn is not None and self._turns.get(turn[:-1]) != turn:
                self._turns[turn[:-1]] = turn
                end([turn[:-1]], False)
            if named is not None:
                last[named] = number
        end(closing, True)
        return ends, before
