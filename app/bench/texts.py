"""What detection is timed on: source code, JSON, logs and prose, made up and the same in every run."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from app.bench.samples import prose

_WORDS = (
    "account buffer cache client column config context cursor default detail endpoint entry error event field filter "
    "format frame group handle header index input item key label layer level limit line list loader lock match member "
    "message method model node number object offset option order output owner parent part path pattern payload policy "
    "pool port position prefix process query queue range rate reader record region request result retry root route row "
    "sample schema score section sender server session setting shape signal size slot source span stage state status "
    "step stream string style table target task team text thread ticket timeout token total trace tree unit update "
    "user value vector version view weight window worker writer"
).split()


def _name(random: Random) -> str:
    return "_".join(random.choices(_WORDS, k=random.randint(1, 3)))


def _python(random: Random) -> str:
    one, two, three = (_name(random) for _ in range(3))
    title = "".join(word.title() for word in one.split("_"))
    return random.choice(
        (
            f"class {title}:\n    def __init__(self, {two}: int = {random.randint(0, 999)}) -> None:\n"
            f"        self.{two} = {two}\n\n",
            f"def {one}({two}, {three}=None):\n    # The {random.choice(_WORDS)} comes first, see {title}.\n"
            f"    for index, {random.choice(_WORDS)} in enumerate({two}):\n        if index > {random.random():.4f}:\n"
            f"            raise ValueError(f\"no {{index}} in '{three}'\")\n"
            f"    return {two}[{random.randint(0, 9)}:]\n\n",
            f"{one.upper()} = {{'{two}': {random.randint(0, 10**9)}, '{three}': 0x{random.getrandbits(32):08x}}}\n",
            f"from {one.replace('_', '.')} import {title}, {two}\n",
        )
    )


def _json(random: Random) -> str:
    entry: dict[str, Any] = {
        "id": random.getrandbits(40),
        "sha": f"{random.getrandbits(160):040x}",
        _name(random): random.random(),
        _name(random): " ".join(random.choices(_WORDS, k=8)),
        "at": f"2024-{random.randint(1, 12):02}-{random.randint(1, 28):02}T00:00:{random.randint(0, 59):02}Z",
        "tags": random.choices(_WORDS, k=3),
    }
    return json.dumps(entry) + "\n"


def _log(random: Random) -> str:
    clock = f"2024-03-01 {random.randint(0, 23):02}:{random.randint(0, 59):02}:{random.randint(0, 59):02}"
    return random.choice(
        (
            f"{clock},{random.randint(0, 999):03} INFO [{_name(random)}-{random.randint(1, 20)}] "
            f"{' '.join(random.choices(_WORDS, k=6))} in {random.randint(1, 9999)} ms\n",
            f"10.{random.randint(0, 255)}.{random.randint(0, 255)}.{random.randint(1, 254)} - - [{clock}] "
            f'"GET /{_name(random)}/{random.getrandbits(32)} HTTP/1.1" 200 {random.getrandbits(24)}\n',
            f"{clock} kernel: [{random.getrandbits(20)}.{random.getrandbits(16)}] {_name(random)}: "
            f"{random.getrandbits(64):016x} trace={random.getrandbits(128):032x}\n",
        )
    )


def _repeated(make: Callable[[Random], str]) -> Callable[[Random, int], str]:
    def text(random: Random, length: int) -> str:
        parts: list[str] = []
        size = 0
        while size < length:
            parts.append(make(random))
            size += len(parts[-1])
        return "".join(parts)[:length]

    return text


_KINDS = {"python": _repeated(_python), "json": _repeated(_json), "log": _repeated(_log), "prose": prose}


def texts(length: int) -> dict[str, str]:
    """A text of `length` characters of each kind."""
    return {name: make(Random(name), length) for name, make in _KINDS.items()}  # noqa: S311  nothing secret
