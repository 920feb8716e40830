"""Several proxies beside each other, measured as one."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app.bench.processes import Part
from app.credentials import VARIABLE
from app.usage import Usage
from tools.load.watch import Sample, watched


class Replicas:
    """`ports` are where they listen."""

    def __init__(self, parts: list[Part]) -> None:
        self._parts = parts
        self.ports = [part.port for part in parts]

    def measure(self) -> Sample:
        """What all of them use together."""
        samples: list[Sample] = [part.measure() for part in self._parts]
        opened = [sample.descriptors for sample in samples]
        return Sample(
            _sum([sample.proxy for sample in samples]),
            _sum([sample.detection for sample in samples]),
            (sum(own for own, _ in opened), sum(others for _, others in opened)),
            sum(sample.tasks for sample in samples),
            sum(sample.stored for sample in samples),
        )


def _sum(used: list[Usage]) -> Usage:
    return Usage(sum(one.cpu for one in used), sum(one.resident for one in used), used[0].is_peak)


@contextmanager
def replicas(folder: str, upstream: int, streams: int, count: int, vault_url: str) -> Iterator[Replicas]:
    """So many proxies, which share their sessions at `vault_url` if there is one."""
    more = {"vault_url": vault_url} if vault_url else {}
    if vault_url:
        os.environ.setdefault(VARIABLE, base64.b64encode(os.urandom(32)).decode())
    with ExitStack() as stack:
        parts = []
        for number in range(count):
            own = Path(folder, str(number))
            own.mkdir()
            parts.append(Part(watched, str(own), upstream, streams, more))
        yield Replicas([stack.enter_context(part) for part in parts])
