"""A conversation in a JSON body: how it opens, and what in it is new."""

from __future__ import annotations

from typing import Any

from app.pipeline.json_text import Pairs

#: What says nothing about who is talking: it may change between two turns of one conversation.
_NOT_OPENING = frozenset(["type", "role", "id", "cache_control", "tool_use_id", "signature"])


def opening(tree: Any, path: str) -> list[str]:
    """The strings of the first user message under `path` (of all messages, if none is a user's)."""
    messages = tree.get(path) if isinstance(tree, Pairs) and path else None
    if not isinstance(messages, list):
        return _strings(messages)
    for message in messages:
        if isinstance(message, Pairs) and _is_users(message):
            return _strings(message)
    return _strings(messages)


def _is_users(message: Pairs) -> bool:
    """Whether a user has said `message`. In some dialects whoever names no role is one."""
    role, type_ = message.get("role"), message.get("type")
    return role == "user" or (role is None and type_ in (None, "user_input"))


def _strings(tree: Any) -> list[str]:
    out: list[str] = []
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            out.append(node)
        elif isinstance(node, Pairs):
            stack += [value for name, value in reversed(node) if name not in _NOT_OPENING]
        elif isinstance(node, list):
            stack += reversed(node)
    return out


#: Who or what in a conversation the model has made.
_MODEL_ROLES = frozenset(["assistant", "model"])
_MODEL_TYPES = frozenset(
    "function_call custom_tool_call reasoning compaction program shell_call local_shell_call apply_patch_call "
    "computer_call web_search_call file_search_call code_interpreter_call image_generation_call mcp_call "
    "mcp_list_tools mcp_approval_request tool_search_call agent_message model_output thought".split()
)


def fresh_items(tree: Any, path: str) -> frozenset[int] | None:
    """`id`s of the items under `path` that follow the model's latest; None before it has said anything.

    Everything else in such a body was sent before.
    """
    items = tree.get(path) if isinstance(tree, Pairs) and path else None
    fresh: list[int] = []
    for item in reversed(items) if isinstance(items, list) and not isinstance(items, Pairs) else ():
        if isinstance(item, Pairs) and (item.get("role") in _MODEL_ROLES or item.get("type") in _MODEL_TYPES):
            return frozenset(fresh)
        fresh.append(id(item))
    return None
