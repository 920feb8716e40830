"""The leaf map: which strings each endpoint takes and gives, and how each is to be handled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tools.leaf_map.shape import Shape, parse

STORED = Path(__file__).resolve().parents[2] / "tests" / "data" / "leaf_map.txt"
Type = dict[str, Shape]


@dataclass(frozen=True, slots=True)
class Operation:
    """An endpoint: its body, its answer and one event of its stream, where it has them."""

    method: str
    path: str
    request: Shape | None = None
    response: Shape | None = None
    event: Shape | None = None

    def __str__(self) -> str:
        marked = ((">", self.request), ("<", self.response), ("~", self.event))
        return " ".join([self.method, self.path, *(f"{mark}{shape}" for mark, shape in marked if shape)])


@dataclass(slots=True)
class Api:
    """One provider's operations, and the types they are made of."""

    name: str
    source: str
    operations: list[Operation] = field(default_factory=list)
    types: dict[str, Type] = field(default_factory=dict)

    def prune(self) -> None:
        """Forgets the types that no operation leads to."""
        shapes = [s for o in self.operations for s in (o.request, o.response, o.event) if s is not None]
        reached: set[str] = set()
        while shapes:
            for part in shapes.pop().walk():
                if part.kind == "type" and part.name not in reached:
                    reached.add(part.name)
                    shapes += self.types[part.name].values()
        self.types = {name: members for name, members in self.types.items() if name in reached}

    def unclassified(self) -> Iterator[str]:
        """Leaves that nobody has classified, as `Type.field`."""
        for name, members in self.types.items():
            for key, shape in members.items():
                if any(leaf.name == "?" for leaf in shape.walk()):
                    yield f"{name}.{key}"


def load(path: Path = STORED) -> dict[str, Api]:
    """The stored map, by provider. Raises ValueError on a line that is none of it."""
    apis: dict[str, Api] = {}
    api: Api | None = None
    for line in path.read_text().splitlines():
        head, *rest = line.split(" ") if line else ("#",)
        if head == "##":
            api = apis[rest[0]] = Api(rest[0], " ".join(rest[1:]))
        elif head.startswith("#"):
            continue
        elif api is None:
            raise ValueError(f"{line!r} stands before any provider")
        elif head.isupper() and rest and rest[0].startswith("/"):
            shapes = {mark[0]: parse(mark[1:]) for mark in rest[1:]}
            api.operations.append(Operation(head, rest[0], shapes.get(">"), shapes.get("<"), shapes.get("~")))
        else:
            api.types[head] = {key: parse(shape) for key, _, shape in (part.partition(":") for part in rest)}
    return apis


def save(apis: dict[str, Api], path: Path = STORED) -> None:
    """The inverse of `load`."""
    lines = ["# What each string of each API is. Written by `python -m tools.leaf_map`; classes are edited by hand."]
    for api in apis.values():
        lines += ["", f"## {api.name} {api.source}", *map(str, api.operations)]
        lines += [
            " ".join([name, *(f"{key}:{shape}" for key, shape in members.items())])
            for name, members in api.types.items()
        ]
    path.write_text("\n".join(lines) + "\n")
