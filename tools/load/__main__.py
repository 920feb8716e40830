"""Loads the proxy for some minutes, and tells what grows: `python -m tools.load --streams 200 --minutes 5 --rate 20`.

A fake provider answers on loopback. First so many streams run at once; then mixed traffic comes at a rate. Figures are
told beside those of the first minute: memory that grows with requests, descriptors and tasks that stay, latency.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass
from statistics import quantiles

import aiohttp

from app.bench.processes import Part, fake_upstream
from tools.load.replicas import Replicas, replicas
from tools.load.traffic import Told, Traffic
from tools.load.watch import Sample

#: How long the proxy may take to put its things away (seconds).
_REST = 2.0


@dataclass(frozen=True, slots=True)
class Minute:
    """What came of the requests of a minute, and the proxy after it."""

    told: Told
    sample: Sample
    cpu: float  # seconds for each request


async def load(streams: int, minutes: float, rate: float, count: int = 1, vault_url: str = "") -> int:
    """Runs and prints. How many requests failed."""
    with (
        tempfile.TemporaryDirectory(prefix="anonamoose-load-") as folder,
        Part(fake_upstream) as upstream,
        replicas(folder, upstream.port, streams + 20, count, vault_url) as running,
    ):
        limits = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=limits, timeout=aiohttp.ClientTimeout(120)) as client:
            traffic = Traffic(client, running.ports)
            failed = await _burst(traffic, running, streams)
            return failed + await _soak(traffic, running, streams, minutes, rate)


async def _burst(traffic: Traffic, running: Replicas, streams: int) -> int:
    opened, before, began = asyncio.Event(), running.measure(), time.perf_counter()
    burst = asyncio.create_task(traffic.burst(streams, opened))
    await opened.wait()
    amid: Sample = await asyncio.to_thread(running.measure)
    await burst
    seconds, told, traffic.told = time.perf_counter() - began, traffic.told, Told()
    after: Sample = await asyncio.to_thread(running.measure)
    amounts = (before.proxy, amid.proxy, after.proxy)
    print(f"{streams} streams at once: {len(told.failed)} failed {sorted(set(told.failed))}")
    print(f"  first words p50/p99 {_ms(told.first)} ms, all over after {seconds:.1f} s")
    print(f"  CPU {_cpu(before, after, streams):.1f} ms each")
    print("  proxy {} MiB before, {} amid, {} after".format(*(_mib(used.resident) for used in amounts)))
    print(f"  descriptors {before.descriptors[0]} before, {amid.descriptors[0]} amid", end="")
    print(f"; tasks {before.tasks} before, {amid.tasks} amid", flush=True)
    return len(told.failed)


async def _soak(traffic: Traffic, running: Replicas, streams: int, minutes: float, rate: float) -> int:
    print(f"\n{rate:g} requests a second, {minutes:g} minutes")
    print(
        f"{'':>3}{'requests':>9}{'failed':>7}{'proxy':>8}{'detect':>8}{'stored':>8}{'fds':>9}{'tasks':>6}"
        f"{'whole p50/p99':>16}{'first p50/p99':>16}{'CPU':>7}"
    )
    seen: list[Minute] = []
    before: Sample = await asyncio.to_thread(running.measure)
    whole, rest = divmod(minutes * 60, 60)
    for seconds in [60.0] * int(whole) + [rest] * bool(rest):
        await traffic.flow(rate, streams, seconds)
        await asyncio.sleep(_REST)
        told, traffic.told = traffic.told, Told()
        sample: Sample = await asyncio.to_thread(running.measure)
        seen.append(Minute(told, sample, _cpu(before, sample, told.requests)))
        before = sample
        _print(len(seen), seen[-1])
    if len(seen) > 1:
        _compare(seen)
    return sum(len(minute.told.failed) for minute in seen)


def _print(number: int, minute: Minute) -> None:
    told, sample = minute.told, minute.sample
    print(
        f"{number:>3}{told.requests:>9}{len(told.failed):>7}{_mib(sample.proxy.resident):>8}"
        f"{_mib(sample.detection.resident):>8}{_mib(sample.stored):>8}"
        f"{'{}+{}'.format(*sample.descriptors):>9}{sample.tasks:>6}{_ms(told.latency):>16}{_ms(told.first):>16}"
        f"{minute.cpu:>7.1f}",
        flush=True,
    )


def _compare(seen: list[Minute]) -> None:
    first, last = seen[0], seen[-1]
    thousands = sum(minute.told.requests for minute in seen[1:]) / 1000
    begun, ended = first.sample, last.sample
    grown = {
        "proxy": ended.proxy.resident - begun.proxy.resident,
        "detection": ended.detection.resident - begun.detection.resident,
        "stored": ended.stored - begun.stored,
    }
    print("\nAfter the first minute, for each 1,000 requests:", end="")
    print(",".join(f" {name} {size / thousands / 1024:+.0f} KiB" for name, size in grown.items()))
    print("Last minute to first:", end="")
    told = ("whole", first.told.latency, last.told.latency), ("first words", first.told.first, last.told.first)
    for name, *times in told:
        early, late = map(_percentiles, times)
        print(f" {name} p50 x{late[0] / early[0]:.2f}, p99 x{late[1] / early[1]:.2f};", end="")
    print(f" CPU x{last.cpu / first.cpu:.2f}")
    print(f"Descriptors {sum(begun.descriptors)} to {sum(ended.descriptors)}, tasks {begun.tasks} to {ended.tasks}")


def _cpu(before: Sample, after: Sample, requests: int) -> float:
    return (after.cpu - before.cpu) * 1000 / max(requests, 1)


def _percentiles(seconds: list[float]) -> tuple[float, float]:
    cuts = quantiles(seconds, n=100) if len(seconds) > 1 else [0.0] * 99
    return cuts[49], cuts[98]


def _ms(seconds: list[float]) -> str:
    return "{:.0f}/{:.0f}".format(*(1000 * cut for cut in _percentiles(seconds)))


def _mib(size: int) -> str:
    return f"{size / 2**20:.1f}"


def main() -> None:
    """The status is 1 when a request has failed."""
    parser = argparse.ArgumentParser(prog="python -m tools.load", description=__doc__)
    parser.add_argument("--streams", type=int, default=200, help="streams at once (default: %(default)s)")
    parser.add_argument("--minutes", type=float, default=5, help="how long traffic comes (default: %(default)s)")
    parser.add_argument("--rate", type=float, default=20, help="requests each second (default: %(default)s)")
    parser.add_argument("--replicas", type=int, default=1, help="proxies that get requests in turn")
    parser.add_argument("--vault-url", default="", help="Redis or Valkey where they share their sessions")
    given = parser.parse_args()
    if given.replicas > 1 and not given.vault_url:
        parser.error("several replicas need a --vault-url")
    sys.exit(bool(asyncio.run(load(given.streams, given.minutes, given.rate, given.replicas, given.vault_url))))


if __name__ == "__main__":
    main()
