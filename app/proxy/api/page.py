"""A page that lists the operations, for a person, and asks them with a token that it keeps nowhere.

One piece of HTML that needs nothing else. It holds no data, so that a browser may open it without the token.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from itertools import groupby

from app import __version__
from app.proxy.api.operation import ROOT, Operation

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
label{display:block;margin:.5rem 0}
input,select,textarea,button{font:inherit}
input,textarea{width:100%;box-sizing:border-box;font-family:ui-monospace,monospace}
td button{font-weight:inherit}
pre{border:1px solid #8885;padding:.75rem;min-height:1.5rem;max-height:30rem;overflow:auto;white-space:pre-wrap;
overflow-wrap:anywhere}
"""
_SCRIPT = files("app.proxy.api").joinpath("page.js").read_text(encoding="utf-8")


def _only(text: str) -> str:
    """As a policy names the one script or style that it allows."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


#: The script and the style that stand in it and no others, no other resource, in no frame; it asks nobody but us.
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; script-src {_only(_SCRIPT)}; style-src {_only(_STYLE)}; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_ASK = """<h2>Ask</h2>
<label>Access token, kept in this page alone until you leave it
<input id="token" type="password" autocomplete="off" spellcheck="false"></label>
<label>Method <select id="method"><option>GET<option>POST<option>PUT<option>DELETE</select></label>
<label>Path below <code id="root">{root}</code>
<input id="path" value="/health" autocomplete="off" spellcheck="false"></label>
<label>Body, in JSON
<textarea id="body" rows="4" autocomplete="off" spellcheck="false"></textarea></label>
<button id="send" type="button">Ask</button> <button id="stop" type="button">Stop</button>
<p id="status" role="status"></p>
<pre id="answer" aria-label="Answer" tabindex="0"></pre>"""
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
        _ASK.format(root=ROOT),
    ]
    for group, some in groupby(operations, key=lambda operation: operation.group):
        parts.append(f"<h2>{escape(group)}</h2><table>")
        parts += [_row(operation) for operation in some]
        parts.append("</table>")
    return "".join([*parts, f"<script>{_SCRIPT}</script></body></html>"])


def _row(operation: Operation) -> str:
    notes = [_WHO.get(operation.access, ""), f"Returns original values: {operation.reveals}" * bool(operation.reveals)]
    small = "".join(f"<small>{escape(note)}</small>" for note in notes if note)
    path = escape(ROOT + operation.path)
    given = f'data-method="{operation.method}" data-path="{escape(operation.path)}"'
    button = f'<button type="button" {given} aria-label="Ask {operation.method} {path}">{operation.method}</button>'
    return f"<tr><td>{button}</td><td><code>{path}</code></td><td>{escape(operation.says)}{small}</td></tr>"
