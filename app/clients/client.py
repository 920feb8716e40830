"""A tool: what to write where so that it talks to Anonamoose, and what that covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

#: What the snippets are written with; `Snippet.at` puts another in its place.
ORIGIN = "http://localhost:3000"
Language = Literal["sh", "python", "js", "json", "yaml", "toml", "text"]
Group = Literal["Agents", "Programs", "Libraries"]


@dataclass(frozen=True, slots=True)
class Snippet:
    """What to write, in which language, and where: a file, a shell, a form."""

    where: str
    language: Language
    text: str

    def at(self, origin: str) -> str:
        """The text for an app that is reached at `origin`, e.g. `http://localhost:3001`."""
        return self.text.replace(ORIGIN, origin)


@dataclass(frozen=True, slots=True)
class Client:
    """A tool. `covers` and `limits` are sentences; `agents` how its user agents begin, in lower case.

    `commands` are the programs that start it. When one of them is run by `anonamoose run`, it gets `environment`
    beside what every program gets, and `arguments` before its own, both written with `ORIGIN`.
    """

    id: str
    name: str
    group: Group
    snippets: tuple[Snippet, ...]
    covers: str
    limits: str = ""
    agents: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()

    def sends(self, agent: str) -> bool:
        """Whether requests with this user agent are its own."""
        return agent.lower().startswith(self.agents) if self.agents else False

    @property
    def names(self) -> frozenset[str]:
        """What a local key of it may be called, in lower case and with dashes for blanks."""
        return frozenset({self.id, self.name.lower().replace(" ", "-"), *self.commands})
