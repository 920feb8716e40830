"""Rounds of requests, straight to the fake upstream and through the proxy in turn, and what they took."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median

from app.bench import upstream
from app.bench.processes import Part
from app.bench.samples import Samples
from app.errors import Exit, UserError
from app.usage import usage

#: Whatever the proxy stores after an answer belongs to its request (seconds).
_SETTLE = 0.05
_HEADERS = {"Content-Type": "application/json", "Authorization": "Bearer sk-not-a-key"}


@dataclass(frozen=True, slots=True)
class Scenario:
    """Requests of one kind: `count` in each round, in `limit` rounds at most, `limit_ner` with the model."""

    name: str
    count: int
    limit: int = 1_000_000
    limit_ner: int = 1_000_000


PROMPT = Scenario("300-character prompt", 10)
FIRST = Scenario("40 KB conversation, first time", 3)
AGAIN = Scenario("40 KB conversation, second time", 3)
NEXT = Scenario("40 KB conversation, next turn", 3)
STREAM = Scenario("200-chunk stream", 3)
PACED = Scenario("200-chunk stream, 2 ms apart", 1, 10, 10)
LONG = Scenario("2 MB body", 1, 5, 1)
SCENARIOS = (PROMPT, FIRST, AGAIN, NEXT, STREAM, PACED, LONG)


@dataclass(slots=True)
class Path:
    """What requests of one scenario took on one way, in seconds: each, and the CPU of each round's."""

    latency: list[float] = field(default_factory=list)
    first_token: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Result:
    """A scenario's figures. `direct.cpu` is client and upstream, `proxied.cpu` the proxy alone."""

    scenario: Scenario
    direct: Path = field(default_factory=Path)
    proxied: Path = field(default_factory=Path)


class Client:
    """One connection that is kept, as tools keep theirs."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)

    def ask(self, body: bytes, path: Path | None) -> bytes:
        """Sends a chat completion; returns the answer and notes in `path` how long it took."""
        began = time.perf_counter()
        self._connection.request("POST", "/v1/chat/completions", body, _HEADERS)
        response = self._connection.getresponse()
        first = 0.0
        if response.getheader("Content-Type", "").startswith("text/event-stream"):
            answer = b""
            while line := response.readline():
                answer += line
                if not first and b'"content": "' in line and b'"content": ""' not in line:
                    first = time.perf_counter()
        else:
            answer = response.read()
        ended = time.perf_counter()
        if response.status != 200:
            raise UserError(f"The benchmark's request was answered with {response.status}.", code=Exit.UNAVAILABLE)
        if path is not None:
            path.latency.append(ended - began)
            if first:
                path.first_token.append(first - began)
        return answer

    def close(self) -> None:
        self._connection.close()


class Bench:
    """Measures a proxy, `proxied`, against going straight to the upstream, `direct`."""

    def __init__(self, direct: Part, proxied: Part) -> None:
        self._parts = (direct, proxied)
        self._clients = (Client(direct.port), Client(proxied.port))
        self._samples = Samples()

    def run(self, rounds: int, ner: bool, progress: Callable[[str], None]) -> list[Result]:
        """The figures of all scenarios, after a round that does not count."""
        self._round({scenario: Result(scenario) for scenario in SCENARIOS if scenario is not LONG})
        results = {scenario: Result(scenario) for scenario in SCENARIOS}
        for number in range(rounds):
            progress(f"round {number + 1} of {rounds}")
            limited = {scenario: scenario.limit_ner if ner else scenario.limit for scenario in SCENARIOS}
            self._round({scenario: result for scenario, result in results.items() if number < limited[scenario]})
        for client in self._clients:
            client.close()
        return list(results.values())

    def _round(self, results: Mapping[Scenario, Result]) -> None:
        for is_proxied in (False, True):
            bodies: list[bytes] = []
            answers: list[bytes] = []
            for scenario, result in results.items():
                bodies = self._bodies(scenario, bodies, answers)
                answers = self._block(result, is_proxied, bodies)

    def _bodies(self, scenario: Scenario, bodies: list[bytes], answers: list[bytes]) -> list[bytes]:
        """What to send after `bodies` were answered by `answers`."""
        if scenario is AGAIN:
            return bodies
        if scenario is NEXT:
            return list(map(self._samples.next_turn, bodies, answers))
        make = {
            PROMPT: self._samples.prompt,
            FIRST: self._samples.conversation,
            STREAM: self._samples.stream,
            PACED: lambda: self._samples.stream(upstream.PACED),
            LONG: self._samples.long,
        }[scenario]
        return [make() for _ in range(scenario.count)]

    def _block(self, result: Result, is_proxied: bool, bodies: list[bytes]) -> list[bytes]:
        path = result.proxied if is_proxied else result.direct
        client = self._clients[is_proxied]
        part = self._parts[is_proxied]
        own = 0.0 if is_proxied else usage().cpu
        before = _cpu(part)
        answers = [client.ask(body, path) for body in bodies]
        own = 0.0 if is_proxied else usage().cpu - own
        time.sleep(_SETTLE)
        path.cpu.append((_cpu(part) - before + own) / len(bodies))
        return answers


def _cpu(part: Part) -> float:
    return sum(used.cpu for used in part.usage())


@dataclass(frozen=True, slots=True)
class Row:
    """One quantity, in milliseconds: straight to the upstream, and what the proxy adds to it."""

    name: str
    direct: float
    added: float

    @property
    def ratio(self) -> float:
        """Through the proxy, as a multiple of the direct way."""
        return (self.direct + self.added) / self.direct


def rows(results: list[Result]) -> Iterator[Row]:
    """Medians: latency, time to the first token and CPU of every scenario."""
    for result in results:
        direct, proxied = result.direct, result.proxied
        yield _row(f"{result.scenario.name}: latency", direct.latency, proxied.latency)
        if direct.first_token:
            yield _row(f"{result.scenario.name}: first token", direct.first_token, proxied.first_token)
        cpu = median(direct.cpu)
        yield Row(f"{result.scenario.name}: CPU", cpu * 1000, median(proxied.cpu) * 1000)


def _row(name: str, direct: list[float], proxied: list[float]) -> Row:
    return Row(name, median(direct) * 1000, (median(proxied) - median(direct)) * 1000)
