"""A page that lists the operations, for a person: one piece of HTML that needs nothing else and runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

from app import __version__
from app.proxy.api.operation import ROOT, Operation

#: No script, no other resource, in no frame; the style is the one that stands in it.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_STYLE = """
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin:2rem 0 .5rem;font-size:1.1rem}
table{border-collapse:collapse;width:100%}
td{border-top:1px solid #8885;padding:.35rem .75rem .35rem 0;vertical-align:top}
td:first-child{width:4rem;font-weight:600}
td:nth-child(2){width:22rem;overflow-wrap:anywhere}
code{font-family:ui-monospace,monospace}
small{display:block;opacity:.8}
"""
_WHO = {"near": "Open to programs on this machine, by the setting open-redact.", "open": "Takes no token."}


def page(operations: Sequence[Operation]) -> str:
    """The page, as HTML."""
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>Anonamoose API</title><style>{_STYLE}</style></head><body><h1>Anonamoose API</h1>",
        f"<p>Version {escape(__version__)}. Every request takes the access token, but where it says otherwise: "
        "<code>Authorization: Bearer anon_…</code>. “anonamoose token show” tells it. "
        f'<a href="{ROOT}/openapi.json">The OpenAPI document</a> says what each takes and answers.</p>',
    ]
    for group, some in groupby(operations, key=lambda operation: operation.group):
        parts.append(f"<h2>{escape(group)}</h2><table>")
        parts += [_row(operation) for operation in some]
        parts.append("</table>")
    return "".join([*parts, "</body></html>"])


def _row(operation: Operation) -> str:
    notes = [_WHO.get(operation.access, ""), f"Returns original values: {operation.reveals}" * bool(operation.reveals)]
    small = "".join(f"<small>{escape(note)}</small>" for note in notes if note)
    path = escape(ROOT + operation.path)
    return f"<tr><td>{operation.method}</td><td><code>{path}</code></td><td>{escape(operation.says)}{small}</td></tr>"
