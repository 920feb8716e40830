"""Whether original values are asked for, and whether they may be told."""

from __future__ import annotations

from collections.abc import Mapping

from app.proxy.api.operation import Call
from app.proxy.api.problem import Problem
from app.proxy.api.schema import Schema, flag

REVEAL: Mapping[str, Schema] = {
    "reveal": flag("Whether the originals are told as well, which show-originals may forbid.", default=False)
}


def check_reveal(call: Call) -> bool:
    """Whether `call` asks for them. Raises Problem where they are not shown."""
    asked = bool(call.query["reveal"])
    if asked and not call.parts.settings.current.show_originals:
        raise Problem(403, "originals_hidden", "Originals are not shown.", "See the setting show-originals.",
                      field="reveal")  # fmt: skip
    return asked
