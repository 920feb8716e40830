"""The compliance report: one HTML page that needs nothing else, and prints well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from app.audit.figures import Coverage, Figures
from app.store.audit_chain import Verdict
from app.store.audit_reading import Period, Total

_STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --ground: #fff; --line: #d8dee4; --quiet: #6a737d; --good: #0f8a7e;
  --bad: #d9480f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --ground: #1e1e1e; --line: #3a3a3a; --quiet: #a0a0a0;
  --good: #1fae9f; --bad: #ff7a3d; } }
@page { size: A4; margin: 18mm 16mm; @bottom-right { content: counter(page) " / " counter(pages); } }
@media print { :root { color-scheme: light; --ink: #000; --ground: #fff; --line: #bbb; --quiet: #555; }
  body { margin: 0; max-width: none; font-size: 10pt; } h2 { break-after: avoid; } tr { break-inside: avoid; }
  thead { display: table-header-group; } }
body { color: var(--ink); background: var(--ground); font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto;
  max-width: 60rem; padding: 0 1rem; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .75rem; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; }
table.words th, table.words td { text-align: left; }
p.good { color: var(--good); } p.bad { color: var(--bad); font-weight: 600; } p.quiet { color: var(--quiet); }
"""
_WHY = {
    "asked": "the request asked for it (x-anonamoose-redact: false)",
    "protection-off": "protection was off",
    "pass-endpoints": "the setting pass-endpoints names the endpoint",
    "declared": "the endpoint takes what is no text",
}


def html(data: Figures) -> str:
    """The page."""
    total, versions = data.total, ", ".join(data.versions) or "none began in this period"
    out = [
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>Anonamoose: compliance report</title><style>{_STYLE}</style><h1>Compliance report</h1>",
        f"<p>{escape(_span(data.period))} Made {data.made} by Anonamoose {escape(data.version)}; versions that were "
        f"started: {escape(versions)}. Times are UTC. No value that was hidden is in this report or in the audit "
        "trail that it was made from.</p>",
        "<h2>Is the trail as it was written?</h2>",
        *_verdict(data.verdict),
        "<h2>In all</h2>",
        _pairs(
            ("", ""),
            [
                ("exchanges", total.exchanges),
                ("values dealt with in requests", total.values),
                ("values put back in answers", total.restored),
                ("bytes of requests", total.sent),
                ("bytes of answers", total.received),
            ],
        ),
        "<h2>Coverage</h2>",
        *_coverage(data.coverage),
        "<h2>Values by entity</h2>",
        _pairs(("entity", "values"), data.entities),
        "<h2>Values by layer</h2>",
        "<p class=quiet>“memo” is what an earlier request of the same session had hidden already, “known” what was "
        "found again in another spelling.</p>",
        _pairs(("layer", "values"), data.layers),
        "<h2>What was done with them</h2>",
        _pairs(("operator", "values"), data.operators),
        "<h2>Refused and failed</h2>",
        _pairs(("code", "requests"), data.refusals),
        "<h2>Turned away at the door</h2>",
        "<p class=quiet>Wrong hosts, pages of other sites, missing or unknown tokens and keys, requests that cannot be "
        "read: nothing of them was looked at, and they are no exchanges.</p>",
        _pairs(("code", "requests"), data.strangers),
    ]
    for heading, totals in (
        ("day", data.days),
        ("tool", data.clients),
        ("provider and upstream", data.providers),
        ("model", data.models),
        ("preset", data.presets),
    ):
        out += [f"<h2>By {heading}</h2>", _totals(heading, totals)]
    out += ["<h2>Changes</h2>", _changes(data)]
    return "\n".join(out) + "\n"


def _span(period: Period) -> str:
    start = f"From {period.start}" if period.start else "From the beginning"
    return f"{start} {f'to before {period.end}' if period.end != Period().end else 'until now'}."


def _verdict(verdict: Verdict) -> list[str]:
    if not verdict.rows and verdict.is_intact:
        return ["<p class=quiet>There are no rows.</p>"]
    rows = f"Rows {verdict.first} to {verdict.last}" if verdict.rows else "No row"
    if verdict.is_intact:
        return [f"<p class=good>Yes. {rows} are there, in their order, and none was changed.</p>"]
    return [f"<p class=bad>No. {escape(verdict.why)} {rows} are good; nothing is proved of what comes after.</p>"]


def _coverage(coverage: Coverage) -> list[str]:
    share = "–" if coverage.share is None else f"{coverage.share:.1%}"
    rows = [
        ("sent on", coverage.sent),
        ("of these, read in full", coverage.read),
        ("read in full, beside pictures, recordings or files that cannot be redacted", coverage.part),
        ("sent unread", coverage.unread),
        *((f"… as {_WHY.get(why, why)}", number) for why, number in coverage.why),
        ("without a body", coverage.bare),
        ("refused by Anonamoose", coverage.refused),
        ("not in the trail: it could not be written", coverage.lost),
    ]
    told = f"<p>Of the requests with a body that were sent on, {share} were read in full.</p>"
    return [told, _pairs(("requests", ""), rows)]


def _pairs(heads: tuple[str, str], rows: Iterable[tuple[str, int]]) -> str:
    return _table(heads, ((name, f"{number:,}") for name, number in rows))


def _totals(heading: str, totals: Sequence[Total]) -> str:
    rows = (
        (
            t.name or "not told",
            f"{t.exchanges:,}",
            f"{t.values:,}",
            f"{t.sent:,}",
            f"{t.received:,}",
            f"{t.added_ms / t.exchanges:.1f}",
        )
        for t in totals
    )
    return _table((heading, "exchanges", "values", "bytes in", "bytes out", "added, ms (mean)"), rows)


def _changes(data: Figures) -> str:
    known = {"number", "time", "kind"}
    rows = []
    for row in data.changes:
        said = {name: value for name, value in row.items() if name not in known}
        policy = said.pop("policy", None)
        words = [f"{name} {_words(value)}" for name, value in said.items()]
        if policy:
            words.append("policy " + ", ".join(f"{name} {_words(value)}" for name, value in policy.items()))
        rows.append((row["time"], row["kind"], "; ".join(words)))
    return _table(("time", "what", "how"), rows, "words")


def _words(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value)) or "–"
    return {True: "on", False: "off"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    body = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
    if not body:
        return "<p class=quiet>None.</p>"
    head = "".join(f"<th>{escape(one)}</th>" for one in heads) if any(heads) else ""
    lines = "\n".join(f"<tr>{row}</tr>" for row in body)
    return f"<table class='{kind}'><thead><tr>{head}</tr></thead><tbody>\n{lines}\n</tbody></table>"
