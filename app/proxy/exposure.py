"""Secrets on their way back: which stay placeholders, and which come to stand where a tool may send them on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence, Set

from app.pipeline.json_text import Pairs
from app.pipeline.patterns.secrets import ENTITIES
from app.pipeline.placeholder import entity_of, label_of

#: The labels of passwords, keys and tokens.
SECRETS = frozenset(map(label_of, ENTITIES))
#: Paths of what a model gives a tool, in answers and in pieces of them.
_ARGUMENTS = re.compile(r"(?:^|[.\]>])(?:arguments|partial_json|input|args|action)(?=$|[.\[<])")
#: Kinds of objects that ask for a tool, besides those that have its name.
_CALLS = re.compile(r"(?:call|tool_use|input_json_delta|shell)\w*\Z")
#: Names of tools that reach the network, word by word.
_TOOLS = re.compile(
    r"(?i:(?<![a-z])(?:fetch|https?|curl|wget|browser|browse|url|urls|web|webhook|request|requests|download|upload|"
    r"ssh|scp|ftp|sftp|rsync|email|mail|post|navigate|api|rest|graphql|socket|internet|online|publish)(?![a-z]))"
)
#: And what in the arguments of any tool does: an address, or a program that takes one.
_NETWORK = re.compile(
    r"\b(?:https?|wss?|s?ftp|ssh)://|\b(?:curl|wget|ssh|scp|sftp|rsync|ncat|telnet|httpie|aria2c|Invoke-WebRequest|"
    r"Invoke-RestMethod|urlopen|XMLHttpRequest|axios)\b|\bnc\s|\b(?:requests|httpx)\.\w|\bfetch\(|\bgit\s+push\b"
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\W]+")


class _Every(Set[str]):
    """All labels there are."""

    def __contains__(self, label: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class Exposure:
    """What becomes of the secrets in one answer. `withheld` are labels whose placeholders stay."""

    def __init__(self, *, restores: bool = True, hydrates: bool = True) -> None:
        """`restores` False leaves placeholders of secrets, `hydrates` False all of them."""
        self.withheld: Set[str] = (frozenset() if restores else SECRETS) if hydrates else _Every()
        self._entities: set[str] = set()

    @property
    def entities(self) -> tuple[str, ...]:
        """The kinds of secrets that were put back into arguments of a tool that looks like network access."""
        return tuple(sorted(self._entities))

    def note(self, path: str, tool: str, text: str, labels: Collection[str]) -> None:
        """`text` is at `path`, which belongs to a call of `tool`; values with these `labels` were put back in it."""
        secret = SECRETS.intersection(labels)
        if secret and is_argument(path) and (_TOOLS.search(_HUMP.sub(" ", tool)) or _NETWORK.search(text)):
            self._entities.update(map(entity_of, secret))


def is_argument(path: str) -> bool:
    """Whether what stands at `path` is given to a tool."""
    return _ARGUMENTS.search(path) is not None


def tool_of(owners: Sequence[Pairs]) -> str:
    """What the tool is called whose call is one of the objects around a text, "" where there is none.

    Where it has no name of its own, the kind of call is that.
    """
    for owner in reversed(owners):
        name, kind = owner.get("name"), owner.get("type")
        if isinstance(name, str) and name:
            return name
        if isinstance(kind, str) and _CALLS.search(kind):
            return kind
    return ""
