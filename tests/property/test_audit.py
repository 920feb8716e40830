"""The promise of the audit trail: whatever a client writes where, no row says it."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.audit import export, page
from app.audit.figures import figures
from app.audit.trail import Trail
from app.pipeline.policy import Policy
from app.proxy.exchange import Exchange
from app.proxy.told import opening, told
from app.settings_store import SettingsStore
from app.store.audit import AuditStore
from app.store.audit_reading import EVER, AuditReader
from app.store.database import Database
from app.store.sealing import Seal

#: Long and odd enough to be nowhere by accident.
CANARY = "Zyxwvut"
_forms = st.sampled_from(
    ["{}", "{}/1.0", "gpt-4o-{}", "OpenAI{}", "{}@example.com", "models/{}", 'a "{}"', "{}\n=1", "\ud800{}", "=cmd|{}"]
)
_values = _forms.map(lambda form: form.format(CANARY))
_spans = st.dictionaries(
    st.tuples(
        st.sampled_from(["PERSON", "CREDIT_CARD"]),
        st.sampled_from(["ner", "memo"]),
        st.integers(1, 100).map(lambda percent: percent / 100),
        st.sampled_from(["replace", "mask", "block"]),
    ),
    st.integers(1, 9),
)


def disguises() -> list[bytes]:
    return [
        CANARY.encode(),
        CANARY.lower().encode(),
        CANARY.encode().hex().encode(),
        CANARY.encode("utf-16-le"),
        b"Wnl4d3Z1",  # in Base64, at each of its three places
        b"p5eHd2dX",
        b"aeXh3dnV",
    ]


def _raw(root: Path) -> bytes:
    return b"".join(file.read_bytes() for file in root.glob("audit*"))


async def _written(root: Path, exchange: Exchange) -> bytes:
    vault, seal = Database(root / "vault.sqlite3"), Seal(b"m" * 32)
    path = root / "audit.sqlite3"
    trail = Trail(lambda: AuditStore(path, vault, seal), SettingsStore({"data_dir": root}, environ={}), lambda: None)
    try:
        await trail.write([opening(exchange), told(exchange)])
        reader = AuditReader(path)
        out = page.html(figures(reader, EVER, reader.verify(vault, seal)))
        out += "".join(export.lines(reader.of(), "jsonl")) + "".join(export.lines(reader.of(), "csv"))
        (row,) = reader.recent(1)
        assert row["values"] == sum(exchange.spans.values()) and len(row["spans"]) == len(exchange.spans)
        return out.encode() + _raw(root)
    finally:
        await trail.close()
        vault.close()


# Each writes to a disk.
@settings(max_examples=25)
@given(_values, _spans, st.booleans())
def test_no_row_says_what_a_client_wrote(value: str, spans: dict[tuple[str, str, float, str], int], went: bool) -> None:
    exchange = Exchange(1, value, "/v1/…", client=value, model=value, session=value, reason=value)
    exchange.notices, exchange.policy, exchange.preset = (value,), Policy(), "strict"
    exchange.went = exchange.began + 1 if went else 0.0
    exchange.spans.update(spans)
    with tempfile.TemporaryDirectory() as folder:
        raw = asyncio.run(_written(Path(folder), exchange))
    for spelling in disguises():
        assert spelling not in raw
