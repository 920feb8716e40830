"""Which requests somebody wants to look at before they leave, as a setting says it."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

_KINDS = ("tool", "session")


@dataclass(frozen=True, slots=True)
class Chosen:
    """All of them, or those of `tools` and `sessions`: patterns in lower case, in which * stands for anything."""

    all: bool = False
    tools: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.all or self.tools or self.sessions)

    def covers(self, tools: tuple[str, ...], session: str) -> bool:
        """Whether a request of a tool with one of these names, in this session, is one of them."""
        names = [name.lower() for name in tools if name]
        return (
            self.all
            or any(fnmatchcase(name, pattern) for pattern in self.tools for name in names)
            or any(fnmatchcase(session.lower(), pattern) for pattern in self.sessions if session)
        )


@lru_cache(maxsize=16)
def parse_chosen(text: str) -> Chosen:
    """`off`, `all`, or a list such as `tool=claude-cli, session=work*`. Raises ValueError."""
    word = text.strip().lower()
    if word in ("", "off", "all"):
        return Chosen(word == "all")
    found: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for item in word.split(","):
        kind, _, name = (part.strip() for part in item.partition("="))
        if kind not in found or not name:
            raise ValueError("It must be off, all, or a list such as tool=claude-cli, session=work*.")
        found[kind].append(name)
    return Chosen(False, tuple(found["tool"]), tuple(found["session"]))
