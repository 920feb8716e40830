"""The first request of a coding agent, as texts: instructions, tools, files it has read, and what its user says."""

from __future__ import annotations

import argparse
import asyncio
import concurrent.futures
import configparser
import csv
import inspect
import json
import logging
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from types import ModuleType
from typing import Any

from app.bench.samples import prose
from app.bench.texts import texts

#: Characters of the parts: 78,000 in all.
_SYSTEM, _TOOLS, _FILES, _DATA, _SAID = 14_000, 24_000, 28_000, 8_000, 4_000
_FILE = 7_000
_READ: tuple[ModuleType, ...] = (configparser, csv, textwrap, statistics, tempfile, shutil)
_DESCRIBED: tuple[Callable[..., Any], ...] = (
    subprocess.run, shutil.copytree, shutil.rmtree, os.walk, os.replace, tempfile.mkstemp, asyncio.wait, asyncio.gather,
    concurrent.futures.wait, logging.basicConfig, csv.DictReader, textwrap.wrap, json.dumps, json.loads, os.makedirs,
    pathlib.Path.glob, shutil.make_archive, statistics.quantiles, statistics.NormalDist, argparse.ArgumentParser,
)  # fmt: skip
#: Where names stand in what an agent reads.
_LINES = (
    "# Written by {name}, {place}",
    '    {{"assignee": "{name}", "site": "{place}"}},',
    "2024-03-01 09:14:02 INFO ticket reopened by {name} ({place} office)",
    "{name} from {place} says that the import still fails for her.",
    "Reviewed-by: {name}",
    "- ask {lower} about the lease of the {place} building",
)
_FIRST = "Priya Oliver Mei Tomasz Amara Hugo Ingrid Rafael Aroha Declan Yusuf Hannah Wiremu Sione Niamh Bronwyn".split()
_LAST = "Raman Whitfield Tanaka Kowalski Okafor Lindqvist Haugen Moreau Ngata Brannigan Demir Feldman Tuala".split()
_PLACES = "Wollongong Hamilton Leeds Portland Dunedin Geelong Bristol Tucson Rotorua Swansea".split()


@dataclass(frozen=True, slots=True)
class Request:
    """The strings of a request: `kept` ones are the same in every conversation, `said` ones are this one's.

    `turn` is what the next request adds. `names` were put into `said`.
    """

    kept: tuple[str, ...]
    said: tuple[str, ...]
    turn: tuple[str, ...]
    names: tuple[str, ...]


def request(seed: int) -> Request:
    """A request that differs from those of other seeds in what is said, not in what is kept."""
    random = Random(seed)  # noqa: S311  nothing secret is made of it
    names: list[str] = []
    files = [_with_names(_source(module)[:_FILE], random, names) for module in random.sample(_READ, _FILES // _FILE)]
    data = texts(_DATA // 2)
    read = [_with_names(data[kind], random, names) for kind in ("json", "log")]
    said = prose(random, _SAID)
    turn = _with_names(_source(random.choice(_READ))[-1500:], random, []), prose(random, 300)
    return Request(_kept(), (said, *files, *read), turn, tuple(names))


def _kept() -> tuple[str, ...]:
    modules = (logging, argparse, csv, statistics, tempfile, configparser, textwrap, subprocess)
    words = "\n\n".join(inspect.getdoc(module) or "" for module in modules)
    described = [f"{function.__name__}{_signature(function)}\n{inspect.getdoc(function)}" for function in _DESCRIBED]
    tools = "\n\n".join(described)[:_TOOLS].split("\n\n")
    return words[:_SYSTEM], *tools


def _signature(function: Callable[..., Any]) -> str:
    return str(inspect.signature(function))


def _source(module: ModuleType) -> str:
    try:
        return inspect.getsource(module)
    except OSError:  # no sources beside a frozen app
        return texts(20_000)["python"]


def _with_names(text: str, random: Random, names: list[str]) -> str:
    """`text` with a line that names somebody after every 20 or so; which ones is added to `names`."""
    out: list[str] = []
    for line in text.splitlines():
        out.append(line)
        if random.random() < 0.05:
            name = f"{random.choice(_FIRST)} {random.choice(_LAST)}"
            row = random.choice(_LINES)
            out.append(row.format(name=name, lower=name.lower(), place=random.choice(_PLACES)))
            names.append(name.lower() if "{lower}" in row else name)
    return "\n".join(out)
