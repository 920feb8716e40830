"""A score as one HTML page that needs nothing else."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

from app.evaluation.report import ASIDE, false_rates, percent
from app.evaluation.scoring import DIMENSIONS

_STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --ground: #fff; --line: #d8dee4; --quiet: #6a737d; --good: #0f8a7e;
  --bad: #d9480f; --light: 86%; --dark: 16%; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --ground: #1e1e1e; --line: #3a3a3a; --quiet: #a0a0a0;
  --good: #1fae9f; --bad: #ff7a3d; --light: 24%; --dark: 88%; } }
body { color: var(--ink); background: var(--ground); font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto;
  max-width: 72rem; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0 2rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .75rem; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; }
td.bad { color: var(--bad); } td.good { color: var(--good); }
summary { cursor: pointer; padding: .25rem 0; }
li { font-family: ui-monospace, monospace; font-size: 13px; white-space: pre-wrap; margin: .4rem 0; }
small { color: var(--quiet); font-family: system-ui, sans-serif; }
mark { border-radius: 3px; padding: 0 2px; color: hsl(var(--hue) 90% var(--dark));
  background: hsl(var(--hue) 60% var(--light)); }
"""


def html(data: Mapping[str, Any]) -> str:
    """The page: tables first, then what was missed and what was hidden without need, each where it stood."""
    corpus, policy = data["corpus"], data["policy"]
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>Anonamoose: evaluation</title><style>{_STYLE}</style><h1>Evaluation</h1>",
        f"<p>{corpus['items']} texts, {corpus['bytes'] / 1e6:.2f} MB. Layers: {escape(', '.join(policy['layers']))}. "
        f"Regions: {escape(', '.join(policy['regions']) or 'all')}. "
        f"{corpus['touched']} of {corpus['harmless']} harmless texts touched.</p>",
    ]
    if data["total"]["labels"]:
        for name in DIMENSIONS:
            rows = [*data["groups"][name].items(), ("TOTAL", data["total"])]
            parts += [f"<h2>By {name}</h2>", _table(rows)]
    parts += ["<h2>False alarms per MB</h2>", _rates(data)]
    parts += ["<h2>Missed</h2>", *_examples(data["misses"], "outcome")]
    parts += ["<h2>False alarms</h2>", *_examples(data["false_alarms"], "layer")]
    return "\n".join(parts) + "\n"


def _table(rows: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    heads = (
        "",
        "labels",
        "recall",
        "partial",
        "missed",
        "strict recall",
        "found",
        "false",
        "precision",
        "F1",
        "strict F1",
    )
    out = ["<table><tr>", *(f"<th>{head}</th>" for head in heads), "</tr>"]
    for name, row in rows:
        mark = "" if row["recall"] is None else " class=good" if row["recall"] >= 0.98 else " class=bad"
        out += [
            f"<tr><td>{escape(name or 'everywhere')}</td><td>{row['labels']}</td>",
            f"<td{mark}>{percent(row['recall'])}</td><td>{row['partial']}</td><td>{row['missed']}</td>",
            f"<td>{percent(row['strict_recall'])}</td><td>{row['findings']}</td><td>{row['false']}</td>",
            f"<td>{percent(row['precision'])}</td><td>{percent(row['f1'])}</td><td>{percent(row['strict_f1'])}</td></tr>",
        ]
    return "".join([*out, "</table>"])


def _rates(data: Mapping[str, Any]) -> str:
    columns = false_rates(data)
    entities = sorted(
        {entity for _, rates in columns for entity in rates}, key=lambda one: (one in ASIDE, not one, one)
    )
    out = ["<table><tr><th></th>", *(f"<th>{escape(kind)}</th>" for kind, _ in columns), "</tr>"]
    for entity in entities:
        cells = "".join(f"<td>{rates.get(entity, 0):.1f}</td>" for _, rates in columns)
        out.append(f"<tr><td>{escape(entity or 'all but those below')}</td>{cells}</tr>")
    return "".join([*out, "</table>"])


def _examples(rows: Sequence[Mapping[str, Any]], more: str) -> list[str]:
    out = []
    for entity, some in groupby(rows, key=lambda row: row["entity"]):
        hue = zlib.crc32(entity.encode()) % 360
        out.append(f"<details style='--hue: {hue}'><summary>{escape(entity)}</summary><ul>")
        for row in some:
            before, value, behind = map(escape, row["context"])
            told = escape(f"{row['id']}, {row[more]}")
            out.append(f"<li>{before}<mark>{value}</mark>{behind} <small>{told}</small></li>")
        out.append("</ul></details>")
    return out or ["<p>None.</p>"]
