"""A score as JSON, and as tables for a terminal: of one run, or of two against each other."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.evaluation.corpus import Item
from app.evaluation.scoring import DIMENSIONS, FalseAlarm, Miss, Score, Tally
from app.pipeline.policy import Policy

#: What source code and logs are full of, told apart from other false alarms.
ASIDE = ("EMAIL_ADDRESS", "IP_ADDRESS", "URL")
_AROUND = 60


def digest(items: Sequence[Item]) -> str:
    """Tells one corpus from another."""
    hasher = hashlib.sha256()
    for item in items:
        hasher.update(item.line().encode())
    return hasher.hexdigest()[:16]


def in_context(text: str, start: int, end: int, around: int = _AROUND) -> tuple[str, str, str]:
    """What stands before, in and behind `text[start:end]`."""
    before, behind = text[max(0, start - around) : start], text[end : end + around]
    return ("…" if start > around else "") + before, text[start:end], behind + ("…" if end + around < len(text) else "")


def chosen(rows: Sequence[Any], limit: int) -> Iterator[Any]:
    """`rows` with at most `limit` of each entity, the most frequent entity first."""
    by_entity = defaultdict(list)
    for row in rows:
        by_entity[entity_of(row)].append(row)
    for some in sorted(by_entity.values(), key=lambda some: (-len(some), entity_of(some[0]))):
        yield from some[:limit]


def entity_of(row: Miss | FalseAlarm) -> str:
    return row.label.entity if isinstance(row, Miss) else row.finding.entity


def as_data(score: Score, items: Sequence[Item], policy: Policy, seconds: float, examples: int) -> dict[str, Any]:
    """Everything there is to say, ready for JSON; `examples` of each entity at most."""
    misses = [
        {"id": miss.item.id, "entity": miss.label.entity, "outcome": str(miss.outcome),
         "context": in_context(miss.item.text, miss.label.start, miss.label.end)}
        for miss in chosen(score.misses, examples)
    ]  # fmt: skip
    false_alarms = [
        {"id": alarm.item.id, "entity": alarm.finding.entity, "layer": alarm.finding.source,
         "context": in_context(alarm.item.text, alarm.finding.start, alarm.finding.end)}
        for alarm in chosen(score.false_alarms, examples)
    ]  # fmt: skip
    return {
        "corpus": {
            "items": score.items,
            "bytes": score.total.bytes,
            "digest": digest(items),
            "harmless": score.harmless,
            "touched": score.touched,
        },
        "policy": {
            one.name: sorted(value) if isinstance(value := getattr(policy, one.name), frozenset) else value
            for one in dataclasses.fields(policy)
        },
        "cpu_seconds": round(seconds, 3),
        "total": _figures(score.total),
        "groups": {
            name: {key: _figures(tally) for key, tally in sorted(score.groups[name].items())} for name in DIMENSIONS
        },
        "false_by_kind": _false_by_kind(score),
        "misses": misses,
        "false_alarms": false_alarms,
    }


def _figures(tally: Tally) -> dict[str, float | int | None]:
    shares = {
        name: None if (value := getattr(tally, name)) is None else round(value, 6)
        for name in ("recall", "precision", "f1", "strict_recall", "strict_precision", "strict_f1", "per_megabyte")
    }
    return {**tally.as_counts(), "missed": tally.missed, **shares}


def _false_by_kind(score: Score) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for alarm in score.false_alarms:
        counts[alarm.item.kind][alarm.finding.entity] += 1
    return {kind: dict(sorted(counts[kind].items())) for kind in sorted(counts)}


def tables(data: Mapping[str, Any], examples: int = 0) -> str:
    """The report for a terminal, with so many misses and false alarms of each entity."""
    corpus, total = data["corpus"], data["total"]
    lines = [
        f"{corpus['items']} texts, {corpus['bytes'] / 1e6:.2f} MB, {data['cpu_seconds']:.1f} s; "
        f"layers {', '.join(data['policy']['layers'])}; regions {', '.join(data['policy']['regions']) or 'all'}"
    ]
    if total["labels"]:
        for name in DIMENSIONS:
            lines += ["", _head(name)]
            lines += [_row(key or "everywhere", row) for key, row in data["groups"][name].items()]
        lines += [_row("TOTAL", total)]
    lines += ["", f"{corpus['touched']} of {corpus['harmless']} harmless texts touched", *_false_alarms(data)]
    if examples:
        lines += ["", *_examples(data, examples)]
    return "\n".join(lines)


def _head(name: str) -> str:
    columns = "labels recall partial missed strict named | found false precision F1".split()
    return f"{name:<26}" + "".join(f"{column:>10}" if column != "|" else "  |" for column in columns)


def percent(value: float | None) -> str:
    """A share as people read it."""
    return "–" if value is None else f"{value * 100:.1f}%"


def _row(name: str, row: Mapping[str, Any]) -> str:
    named = row["named"] / row["covered"] if row["covered"] else None
    return (
        f"{name:<26}{row['labels']:>10}{percent(row['recall']):>10}{row['partial']:>10}{row['missed']:>10}"
        f"{percent(row['strict_recall']):>10}{percent(named):>10}  |"
        f"{row['findings']:>10}{row['false']:>10}{percent(row['precision']):>10}{percent(row['f1']):>10}"
    )


def false_rates(data: Mapping[str, Any]) -> list[tuple[str, dict[str, float]]]:
    """False alarms in a megabyte of each kind by entity; the rows "" are totals without what stands aside."""
    out = []
    for kind, row in data["groups"]["kind"].items():
        counts = data["false_by_kind"].get(kind, {})
        rates = {entity: count * 1e6 / row["bytes"] for entity, count in counts.items()}
        rates[""] = sum(rate for entity, rate in rates.items() if entity not in ASIDE)
        out.append((kind, rates))
    return out


def _false_alarms(data: Mapping[str, Any]) -> list[str]:
    columns = false_rates(data)
    entities = sorted({entity for _, rates in columns for entity in rates} - {""}, key=lambda one: (one in ASIDE, one))
    lines = [f"{'false alarms per MB':<26}" + "".join(f"{kind:>10}" for kind, _ in columns)]
    plain = [entity for entity in entities if entity not in ASIDE]
    for entity in [*plain, "", *(entity for entity in entities if entity in ASIDE)]:
        cells = "".join(f"{rates.get(entity, 0):>10.1f}" for _, rates in columns)
        lines.append(f"{entity or 'all but those below':<26}{cells}")
    return lines


def _examples(data: Mapping[str, Any], examples: int) -> Iterator[str]:
    for title, key in (("Misses", "misses"), ("False alarms", "false_alarms")):
        seen: Counter[str] = Counter()
        for row in data[key]:
            seen[row["entity"]] += 1
            if seen[row["entity"]] == 1:
                yield f"{title}: {row['entity']}"
            if seen[row["entity"]] <= examples:
                before, value, behind = (json.dumps(part, ensure_ascii=False)[1:-1] for part in row["context"])
                yield f"    {before}⟦{value}⟧{behind}"


def against(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What has changed between two runs, as a table of the rows that differ."""
    lines = []
    if before["corpus"]["digest"] != after["corpus"]["digest"]:
        lines += ["The two runs did not read the same texts.", ""]
    lines += [f"{'':<26}{'recall':>20}{'precision':>20}{'partial':>14}{'false':>16}"]
    for name in DIMENSIONS:
        rows = {**before["groups"][name], **after["groups"][name]}
        some = [
            _changed(key or "everywhere", before["groups"][name].get(key), after["groups"][name].get(key))
            for key in sorted(rows)
        ]
        lines += [f"{name}:", *(f"  {line}" for line in some if line)] if any(some) else []
    touched = [run["corpus"]["touched"] for run in (before, after)]
    if touched[0] != touched[1]:
        lines.append(f"Harmless texts touched: {touched[0]} → {touched[1]}")
    lines.append(_changed("TOTAL", before["total"], after["total"]) or "Nothing has changed.")
    return "\n".join(lines)


_NOTHING: Mapping[str, Any] = {"recall": None, "precision": None, "partial": 0, "false": 0}


def _changed(name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    old, new = before or _NOTHING, after or _NOTHING
    if all(old[key] == new[key] for key in _NOTHING):
        return ""

    def arrow(one: str, two: str) -> str:
        return one if one == two else f"{one} → {two}"

    shares = "".join(f"{arrow(percent(old[key]), percent(new[key])):>20}" for key in ("recall", "precision"))
    partial, false = (arrow(str(old[key]), str(new[key])) for key in ("partial", "false"))
    return f"{name:<26}{shares}{partial:>14}{false:>16}"
