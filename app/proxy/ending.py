"""Whether an answer came to its end, or was cut off at the length it may have."""

from __future__ import annotations

from app.pipeline.json_text import Pairs

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
