"""The management API: who may ask what, what it answers, and what it never tells."""

from __future__ import annotations

import asyncio
import base64
import csv
import hashlib
import io
import json
import re
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

import aiohttp
import pytest
from pytest_asyncio import fixture
from yarl import URL

from app.pipeline.terms import Term
from app.proxy.api.openapi import document, errors_of
from app.proxy.api.operation import ROOT, Operation
from app.proxy.api.operations import OPERATIONS
from app.proxy.api.problem import ERROR
from app.proxy.api.schema import check
from app.proxy.guard import HEADER
from app.store.access import new_token
from tests.e2e.conftest import CANARIES, EMAIL, NAME, OWN_WORD, PROSE, Running, assert_hidden
from tests.e2e.dialects import GPT
from tests.fakes import PATIENCE, FakeUpstream

_FIRST = {
    "session": "nobody-has-this",
    "term": "999999999",
    "setting": "locale",
    "waiting": "999999999",
    "exchange": "999999999",
}


class Asking:
    """A client with the token, which looks at the form of every answer."""

    def __init__(self, http: aiohttp.ClientSession, origin: str, token: str) -> None:
        self.http = http
        self.root = origin + ROOT
        self.headers = {HEADER: token}

    async def raw(
        self, method: str, path: str, body: Any = None, *, token: bool = True, **more: Any
    ) -> tuple[int, str, aiohttp.ClientResponse]:
        headers = {**(self.headers if token else {}), **more.pop("headers", {})}
        given = {"json": body} if body is not None else {}
        async with self.http.request(
            method, URL(self.root + path, encoded=True), headers=headers, **given, **more
        ) as got:
            return got.status, await got.text(), got

    async def __call__(self, method: str, path: str, body: Any = None, status: int = 200, **more: Any) -> Any:
        found, said, _ = await self.raw(method, path, body, **more)
        assert found == status, said
        value = json.loads(said)
        if status >= 400 and not path.endswith("/ready"):
            check(ERROR, value)
        else:
            operation = _operation(method, path)
            if operation.answer is not None:
                check(operation.answer, value)
        return value


def _operation(method: str, path: str) -> Operation:
    segments = path.partition("?")[0].split("/")[1:]
    fitting = [one for one in OPERATIONS if one.method == method and one.fits(segments)]
    return min(fitting, key=lambda one: len(one.places))


@fixture(loop_scope="session")
async def ask(running: Running, http: aiohttp.ClientSession) -> AsyncIterator[Asking]:
    token = new_token()
    await running.app.access.accept(token)
    del http.headers["Authorization"]
    before = set(running.app.terms.all())
    yield Asking(http, running.origin, token)
    await running.app.terms.remove(set(running.app.terms.all()) - before)


def _path(operation: Operation) -> str:
    return operation.path.format(**_FIRST)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
async def test_every_operation_takes_the_token_but_the_few(running: Running, ask: Asking, operation: Operation) -> None:
    free = {"/redact": "near", "/health": "open", "/ready": "open", "/stats/public": "open"}
    assert operation.access == free.get(operation.path, "token")
    status, said, _ = await ask.raw(operation.method, _path(operation), token=False)
    assert (status == 401) is (operation.access == "token")
    if status == 401:
        check(ERROR, json.loads(said))
    status, _, _ = await ask.raw(operation.method, _path(operation), token=False, headers={HEADER: new_token()})
    assert (status == 401) is (operation.access == "token")
    # None is open to pages of strangers.
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        status, _, _ = await ask.raw(operation.method, _path(operation), headers=headers)
        assert status == 403


@pytest.mark.parametrize("path", ["", "/", "/openapi.json"])
async def test_what_describes_it_opens_in_a_browser_and_is_the_same_for_all(ask: Asking, path: str) -> None:
    status, said, got = await ask.raw("GET", path, token=False)
    assert status == 200 and got.headers.getall("Set-Cookie", []) == []
    assert (await ask.raw("GET", path, token=False, headers={"Sec-Fetch-Site": "none"}))[1] == said
    assert (await ask.raw("GET", path))[1] == said
    if path == "/openapi.json":
        assert json.loads(said) == document(OPERATIONS)
        return
    policy = got.headers["Content-Security-Policy"]
    assert got.content_type == "text/html" and "unsafe" not in policy
    assert {"default-src 'none'", "connect-src 'self'", "form-action 'none'", "frame-ancestors 'none'"} <= {
        part.strip() for part in policy.split(";")
    }
    for kind in ("script", "style"):
        (held,) = re.findall(f"<{kind}>(.*?)</{kind}>", said, re.S)
        hashed = base64.b64encode(hashlib.sha256(held.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{hashed}'" in policy
    assert not re.search(r"(?i)<script |<form|src=|https?:|url\(|@import| on\w+=", said)
    assert not re.search(r"(?i)localStorage|sessionStorage|cookie|innerHTML|\beval", said)
    for operation in OPERATIONS:
        assert f"{operation.method}</button></td><td><code>{ROOT}{operation.path}</code>" in said


@pytest.mark.parametrize("path", ["", "/", "/openapi.json"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example:{port}"}, 421),  # whose name has come to lead to us
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Host": "llm.example.com"}, 401),  # ours, and reached by others as well
        ({"Host": "llm.example.com", HEADER: "anon_" + "z" * 43}, 401),
    ],
)
async def test_what_describes_it_opens_on_this_machine_alone(
    running: Running, ask: Asking, path: str, headers: dict[str, str], status: int
) -> None:
    running.app.settings.set("allowed-hosts", "llm.example.com")
    try:
        given = {name: value.format(port=running.port) for name, value in headers.items()}
        assert (await ask.raw("GET", path, token=False, headers=given))[0] == status
    finally:
        running.app.settings.set("allowed-hosts", "")


async def test_redaction_on_this_machine_can_be_closed(running: Running, ask: Asking) -> None:
    await ask("POST", "/redact", {"text": "nobody"}, token=False)
    running.app.settings.set("open-redact", False)
    try:
        await ask("POST", "/redact", {"text": "nobody"}, 401, token=False)
        await ask("POST", "/redact", {"text": "nobody"})
    finally:
        running.app.settings.set("open-redact", True)


async def test_a_text_is_redacted_and_comes_back(running: Running, ask: Asking) -> None:
    told = await ask("POST", "/redact", {"text": PROSE}, token=False)
    assert_hidden(told["redactedText"], "a redacted text")
    for found in told["detections"]:
        start, end = found["startIndex"], found["endIndex"]
        assert found["placeholder"] in told["redactedText"] and PROSE[start:end] in " ".join(CANARIES)
    assert {found["category"] for found in told["detections"]} >= {"PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "AU_TFN"}
    assert {found["type"] for found in told["detections"]} <= {"dictionary", "regex", "ner", "names", "known"}
    for path, more in (("/hydrate", {"sessionId": told["sessionId"]}), (f"/sessions/{told['sessionId']}/hydrate", {})):
        back = await ask("POST", path, {"text": told["redactedText"], **more})
        assert back["text"] == PROSE and back["restored"] == len(told["detections"])
    again = await ask("POST", "/redact", {"text": NAME, "sessionId": told["sessionId"]})
    assert again["redactedText"] in told["redactedText"]
    other = await ask("POST", "/redact", {"text": NAME}, headers={"x-anonamoose-session": told["sessionId"]})
    assert other == again


async def test_the_requests_of_the_n8n_node_are_understood(ask: Asking) -> None:
    token = {"Authorization": f"Bearer {ask.headers[HEADER]}"}
    told = await ask("POST", "/redact", {"text": f"Ask {NAME}"}, headers=token, token=False)
    path = f"/sessions/{told['sessionId']}/hydrate"
    assert (await ask("POST", path, {"text": told["redactedText"]}, headers=token, token=False))[
        "text"
    ] == f"Ask {NAME}"
    entry = {"term": "Wobbegong", "caseSensitive": False, "wholeWord": False, "enabled": True}
    added = await ask("POST", "/dictionary", {"entries": [entry]}, headers=token, token=False)
    assert added["success"] and added["count"] == 1
    listed = await ask("GET", "/dictionary", headers=token, token=False)
    assert {**entry, "term": "Wobbegong"}.items() <= listed["entries"][-1].items()
    gone = await ask("DELETE", "/dictionary/by-terms", {"terms": ["wobbegong"]}, headers=token, token=False)
    assert gone == {"success": True, "deleted": 1}
    assert (await ask("GET", "/stats", headers=token, token=False))["piiDetected"] >= 1


async def test_offsets_are_told_in_utf_16_where_that_is_asked_for(ask: Asking) -> None:
    text = f"😀 {NAME} 😀😀 {EMAIL}"
    for unit, encoding, size in (("characters", "utf-32-le", 4), ("utf16", "utf-16-le", 2)):
        told = await ask("POST", "/redact", {"text": text, "offsets": unit})
        raw = text.encode(encoding)
        values = [raw[d["startIndex"] * size : d["endIndex"] * size].decode(encoding) for d in told["detections"]]
        assert values == [NAME, EMAIL]


async def test_a_region_is_that_of_the_request(ask: Asking) -> None:
    text = "TFN 123 456 782"
    assert (await ask("POST", "/redact", {"text": text, "locale": "AU"}))["detections"]
    assert (await ask("POST", "/redact", {"text": text, "locale": None}))["detections"]
    assert not (await ask("POST", "/redact", {"text": text, "locale": "US"}))["detections"]


async def test_what_the_user_forbids_is_refused(running: Running, ask: Asking) -> None:
    headers = {"x-anonamoose-operators": "EMAIL_ADDRESS=block"}
    told = await ask("POST", "/redact", {"text": f"Mail {EMAIL}"}, 403, headers=headers)
    assert told["error"]["code"] == "entity_blocked" and told["error"]["param"] == "text"


async def test_half_a_character_breaks_nothing(ask: Asking) -> None:
    told = await ask("POST", "/redact", {"text": f"\ud83d {NAME} \ude00"})
    assert told["redactedText"].startswith("\ud83d [") and told["redactedText"].endswith("] \ude00")


async def test_sessions_are_listed_found_and_deleted(running: Running, ask: Asking) -> None:
    for number in range(3):
        await ask("POST", "/redact", {"text": PROSE, "sessionId": f"listed-{number}"})
    listed = await ask("GET", "/sessions?limit=2")
    assert [one["sessionId"] for one in listed["sessions"]] == ["listed-2", "listed-1"]
    assert listed["total"] >= 3 and listed["pages"] == -(-listed["total"] // 2)
    assert (await ask("GET", "/sessions?page=100000"))["sessions"] == []
    assert (await ask("GET", "/sessions?expiring=60"))["total"] == 0
    for wanted in ("LISTED-1", "listed-1"):
        assert [one["sessionId"] for one in (await ask("GET", f"/sessions/search?q={wanted}"))["sessions"]] == [
            "listed-1"
        ]
    for wanted in ("priya RAMAN", "au_tfn", EMAIL):
        found = await ask("POST", "/sessions/search", {"q": wanted, "limit": 3})
        assert [one["sessionId"] for one in found["sessions"]] == ["listed-2", "listed-1", "listed-0"]
    one = await ask("GET", "/sessions/listed-0")
    assert one["categories"]["PERSON"] == 1 and len(one["tokens"]) == one["tokenCount"]
    assert_hidden(json.dumps([listed, found, one]), "lists of sessions")
    hidden = await ask("GET", "/sessions/listed-0/tokens")
    assert_hidden(json.dumps(hidden), "tokens that are not revealed")
    shown = await ask("GET", "/sessions/listed-0/tokens?reveal=true")
    assert {NAME, EMAIL} <= {token["original"] for token in shown["tokens"]}
    await ask("DELETE", "/sessions/listed-0")
    for method, path, body in (
        ("GET", "", None), ("DELETE", "", None), ("POST", "/extend", {}), ("GET", "/tokens", None),
        ("POST", "/tokens", {"tokens": {"a": "b"}}), ("POST", "/hydrate", {"text": "x"}),
    ):  # fmt: skip
        await ask(method, f"/sessions/listed-0{path}", body, 404)
    # To ask for it has not made it again.
    assert not await running.app.vault.delete("listed-0")


async def test_a_look_renews_no_session_and_extending_does(running: Running, ask: Asking) -> None:
    await ask("POST", "/redact", {"text": NAME, "sessionId": "extended"})
    before = await ask("GET", "/sessions/extended")
    assert (await ask("GET", "/sessions/extended"))["expiresAt"] == before["expiresAt"]
    day = 86_400
    longer = await ask("POST", "/sessions/extended/extend", {"ttl": 60 * day})
    assert longer["expiresAt"] > before["expiresAt"]
    most = await ask("POST", "/sessions/extended/extend", {"ttl": 3000 * day})
    kept = running.app.settings.current.kept_ttl
    assert longer["expiresAt"] < most["expiresAt"] and kept == 90 * 24
    assert (await ask("POST", "/sessions/extended/extend", {}))["expiresAt"] == most["expiresAt"]
    assert (await ask("POST", "/sessions/extended/extend", {"ttl": 0}, 400))["error"]["param"] == "ttl"


async def test_placeholders_of_ones_own_are_taken_all_or_none(ask: Asking) -> None:
    name = (await ask("POST", "/redact", {"text": NAME, "sessionId": "own-tokens"}))["sessionId"]
    path = f"/sessions/{name}/tokens"
    assert (await ask("POST", path, {"tokens": {"Teapot": "Zerzura"}, "category": "PROJECT"}))["count"] == 1
    for tokens, status in (
        ({"Kettle": "Samovar", "Teapot": "Harbour"}, 409),  # stands for another value
        ({"Kettle": NAME}, 409),  # has a placeholder
        ({"Kettle": "a", "Pan": "a"}, 422),
        ({"[PERSON_1]": "Samovar"}, 422),
        ({"Kettle\n": "Samovar"}, 422),
        ({"Kettle": ""}, 400),
        ({}, 400),
    ):
        await ask("POST", path, {"tokens": tokens}, status)
    assert [t["tokenized"] for t in (await ask("GET", path))["tokens"] if t["category"] != "PERSON"] == ["Teapot"]
    assert (await ask("POST", f"/sessions/{name}/hydrate", {"text": "The Teapot"}))["text"] == "The Zerzura"


@pytest.mark.parametrize(
    "name", ["..", ".", "..%2f..%2fetc%2fpasswd", "%2e%2e", "a%00b", "a%0d%0ab", "%ff%fe", "a" * 129, "a b", "ä", "%"]
)
async def test_a_name_is_no_path(running: Running, ask: Asking, name: str) -> None:
    for method, rest in (("GET", ""), ("DELETE", ""), ("POST", "/extend")):
        status, said, _ = await ask.raw(method, f"/sessions/{name}{rest}", {} if method == "POST" else None)
        assert status in (400, 404), name  # 400 where the line of the request cannot be read
        check(ERROR, json.loads(said))


@pytest.mark.parametrize("noun", ["dictionary", "allowlist", "patterns"])
async def test_terms_are_added_listed_changed_and_removed(running: Running, ask: Asking, noun: str) -> None:
    total = (await ask("GET", f"/{noun}"))["total"]
    entries = [{"term": f"Quokka-{number}"} for number in range(5)]
    assert await ask("POST", f"/{noun}", {"entries": entries}) == {"success": True, "count": 5, "known": 0}
    assert (await ask("POST", f"/{noun}", {"entries": entries}))["known"] == 5
    listed = await ask("GET", f"/{noun}?q=quokka&limit=2&page=2")
    assert [entry["term"] for entry in listed["entries"]] == ["Quokka-2", "Quokka-3"]
    assert (listed["total"], listed["filtered"], listed["pages"]) == (total + 5, 5, 3)
    id = listed["entries"][0]["id"]
    changed = await ask("PUT", f"/{noun}/{id}", {"term": "Quokka-x", "type": "PROJECT", "enabled": False})
    assert changed["id"] == id and changed["type"] == "PROJECT" and not changed["enabled"]
    others = {"dictionary", "allowlist", "patterns"} - {noun}
    for other in others:  # each noun has its own
        assert (await ask("DELETE", f"/{other}", {"ids": [id]}))["deleted"] == 0
        await ask("PUT", f"/{other}/{id}", {"term": "x"}, 404)
        assert (await ask("DELETE", f"/{other}/by-terms", {"terms": ["Quokka-0"]}))["deleted"] == 0
    assert (await ask("DELETE", f"/{noun}", {"ids": [id, "77777777"]}))["deleted"] == 1
    assert (await ask("DELETE", f"/{noun}/by-terms", {"terms": ["QUOKKA-0", "quokka-1", "none"]}))["deleted"] == 2
    assert (await ask("GET", f"/{noun}?q=quokka"))["filtered"] == 2


async def test_a_term_counts_from_the_next_request_on(running: Running, upstream: FakeUpstream, ask: Asking) -> None:
    await ask("POST", "/dictionary", {"entries": [{"term": "Quetzalcoatlus", "type": "PROJECT"}]})
    assert (await ask("POST", "/redact", {"text": "see quetzalcoatlus"}))["redactedText"].startswith("see [PROJECT_")
    async with ask.http.post(running.origin + GPT.path, json=GPT.body("see Quetzalcoatlus")) as answer:
        assert "Quetzalcoatlus" in GPT.text(await answer.read())
    assert b"quetzalcoatlus" not in upstream.wire.lower()
    await ask("DELETE", "/dictionary/by-terms", {"terms": ["Quetzalcoatlus"]})
    assert (await ask("POST", "/redact", {"text": "see quetzalcoatlus"}))["redactedText"] == "see quetzalcoatlus"


@pytest.mark.parametrize(
    ("noun", "entries", "status", "field"),
    [
        ("dictionary", [{"term": "good"}, {"term": "\u200b"}], 422, "entries[1].term"),
        ("dictionary", [{"term": "good"}, {"term": "bad", "replacement": "a bad one"}], 422, "entries[1].term"),
        ("dictionary", [{"term": "good"}, {"text": "bad"}], 400, "entries[1].term"),
        ("dictionary", [{"term": "good"}, {"term": "bad", "x": 1}], 400, "entries[1].x"),
        ("dictionary", [{"term": "good"}, {"term": "bad", "wholeWord": "yes"}], 400, "entries[1].wholeWord"),
        ("dictionary", [{"term": "good", "firstGroup": True}], 400, "entries[0].firstGroup"),
        ("dictionary", [{"term": "good"}, "bad"], 400, "entries[1]"),
        ("dictionary", [{"term": "good", "type": "lower"}], 400, "entries[0].type"),
        ("dictionary", [], 400, "entries"),
        ("allowlist", [{"term": "good"}, {"term": "bad", "replacement": "x"}], 400, "entries[1].replacement"),
        ("patterns", [{"term": "good-[0-9]{4}"}, {"term": "(a+)+$"}], 422, "entries[1].term"),
        ("patterns", [{"term": "good-[0-9]{4}"}, {"term": "("}], 422, "entries[1].term"),
        ("patterns", [{"term": "good-[0-9]{4}"}, {"term": "x*"}], 422, "entries[1].term"),
        ("patterns", [{"term": "((a{100}){100}){100}"}], 422, "entries[0].term"),
        ("patterns", [{"term": "a"}] * 101, 400, "entries"),
    ],
)
async def test_what_cannot_be_used_is_named_and_nothing_is_taken(
    running: Running, ask: Asking, noun: str, entries: list[Any], status: int, field: str
) -> None:
    before = running.app.terms.all()
    told = await ask("POST", f"/{noun}", {"entries": entries}, status)
    assert told["error"]["param"] == field
    assert running.app.terms.all() == before


async def test_files_go_out_and_come_in_without_formulas(running: Running, ask: Asking) -> None:
    texts = ["=1+1", "+49 30 1", "-x", "@SUM(A1)", "'=quoted", "''", "'plain", "\t=tab", "plain", 'a "b", c']
    await ask("POST", "/dictionary", {"entries": [{"term": text, "wholeWord": False} for text in texts]})
    before = set(running.app.terms.all().values())
    status, table, got = await ask.raw("GET", "/dictionary/export")
    assert status == 200 and got.content_type == "text/csv"
    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    status, listed, _ = await ask.raw("GET", "/dictionary/export?format=json")
    assert status == 200 and {row["text"] for row in json.loads(listed)} >= set(texts)
    for sent in ({"data": table, "headers": {"Content-Type": "text/csv"}}, {"json": {"entries": json.loads(listed)}}):
        await running.app.terms.remove(running.app.terms.all())
        status, said, _ = await ask.raw("POST", "/dictionary/import", **sent)
        assert status == 200 and json.loads(said)["count"] == len(before)
        assert set(running.app.terms.all().values()) == before
        status, said, _ = await ask.raw("POST", "/dictionary/import", **sent)
        assert json.loads(said) == {"success": True, "count": 0, "known": len(before)}


@pytest.mark.parametrize(
    ("data", "media", "status"),
    [
        ('text\n"unclosed', "text/csv", 422),
        ("text,kind\nx,pattern\n", "text/csv", 422),
        ("text,colour\nx,red\n", "text/csv", 422),
        (b"\xff\xfe", "text/csv", 400),
        ("[]", "application/json", 400),
        ('{"entries": [{"text": "x"}, {"text": ""}]}', "application/json", 422),
        ('{"entries": [{"text": "x", "kind": "allowed"}]}', "application/json", 400),
        ("x", "text/plain", 415),
        ("x", "application/x-www-form-urlencoded", 415),
    ],
)
async def test_a_file_that_cannot_be_read_changes_nothing(
    running: Running, ask: Asking, data: Any, media: str, status: int
) -> None:
    before = running.app.terms.all()
    found, said, _ = await ask.raw("POST", "/dictionary/import", data=data, headers={"Content-Type": media})
    assert found == status
    check(ERROR, json.loads(said))
    assert running.app.terms.all() == before


async def test_settings_are_told_and_changed_all_or_none(running: Running, ask: Asking) -> None:
    told = await ask("GET", "/settings")
    assert told["settings"]["placeholders"] == "default"
    try:
        changed = await ask("PUT", "/settings", {"settings": {"system-note": True, "enableNER": False}})
        assert changed["settings"]["system-note"] and not changed["settings"]["ner"]
        assert await ask("GET", "/settings/enableNER") == {"key": "enableNER", "value": False, "origin": "stored"}
    finally:
        await ask("PUT", "/settings", {"settings": {"system-note": False, "ner": True}})
        await running.protected()
    before = running.app.settings.current
    for settings, status, field in (
        ({"system-note": True, "nonsense": 1}, 400, "settings.nonsense"),
        ({"system-note": True, "heartbeat": -1}, 400, "settings.heartbeat"),
        ({"system-note": True, "placeholders": "none"}, 400, "settings.placeholders"),
        ({"system-note": True, "ner": "yes"}, 400, "settings.ner"),
        ({"system-note": True, "locale": "FR"}, 422, "settings.locale"),
        ({"system-note": True, "nerMinConfidence": 0.01}, 422, "settings.nerMinConfidence"),
        ({"system-note": True, "ner": True, "enableNER": False}, 422, "settings"),
        ({"system-note": True, "data-dir": "/tmp"}, 400, "settings.data-dir"),
        ({"system-note": True, "port": 3001}, 409, "settings.port"),  # a flag decides
    ):
        refused = await ask("PUT", "/settings", {"settings": settings}, status)
        assert refused["error"]["param"] == field
        assert running.app.settings.current == before
    await ask("GET", "/settings/nonsense", status=404)
    schema = (await ask("GET", "/settings/schema"))["schema"]["properties"]
    assert schema["port"]["readOnly"] and schema["heartbeat"]["maximum"] == 600


async def test_figures_and_records_tell_no_value(running: Running, upstream: FakeUpstream, ask: Asking) -> None:
    async with ask.http.post(running.origin + GPT.path, json=GPT.body(f"{PROSE} {OWN_WORD}")) as answer:
        assert answer.status == 200
    await ask("POST", "/redact", {"text": PROSE, "sessionId": "figures"})
    await ask("DELETE", "/logs")
    await ask("POST", "/redact", {"text": PROSE, "sessionId": "figures"})
    said = []
    for path in ("/stats", "/storage", "/logs", "/redactions", "/audit", "/health", "/ready", "/audit/verify"):
        said.append(json.dumps(await ask("GET", path)))
    said.append(json.dumps(await ask("GET", "/stats/public", token=False)))
    for path in ("/metrics", "/audit/export", "/audit/export?format=csv"):
        said.append((await ask.raw("GET", path))[1])
    assert_hidden("".join(said), "figures and records")
    logs = await ask("GET", "/logs?method=post&path=redact&status=200&limit=1")
    assert [(one["path"], one["sessionId"]) for one in logs["logs"]] == [(f"{ROOT}/redact", "figures")]
    (latest,) = (await ask("GET", "/redactions"))["redactions"]
    assert {found["category"] for found in latest["detections"]} >= {"PERSON", "AU_TFN"}
    assert (await ask("GET", "/audit?kind=exchange&limit=1"))["entries"][0]["endpoint"] == f"{ROOT}/redact"


async def test_metrics_are_what_prometheus_reads(running: Running, ask: Asking) -> None:
    await running.app.terms.add([Term("Nightjar Nine", "SECRET_PROJECT_NAME")])
    await ask("POST", "/redact", {"text": f"{NAME} on Nightjar Nine", "sessionId": "metrics"})
    status, said, got = await ask.raw("GET", "/metrics")
    assert status == 200 and got.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    row = re.compile(r'anonamoose_[a-z_]+(\{[a-z]+="[^"\\]*"(,[a-z]+="[^"\\]*")*\})? [0-9.+Infe-]+')
    kinds = {}
    for line in said.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kinds[name] = line.split(" ")
        elif not line.startswith("#"):
            assert row.fullmatch(line), line
            assert (
                re.split(r"[{ ]", line)[0].removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") in kinds
            )
    assert 'anonamoose_values_hidden_total{entity="CUSTOM"}' in said and "SECRET_PROJECT" not in said
    assert "metrics" not in said  # the session's name


async def test_events_are_told_as_they_happen(running: Running, ask: Asking) -> None:
    async with ask.http.get(f"{ask.root}/events", headers=ask.headers) as stream, asyncio.timeout(PATIENCE):
        assert stream.content_type == "text/event-stream"
        lines = aiter(stream.content)
        assert [await anext(lines) for _ in range(3)] == [
            b"event: state_changed\n", b'data: {"protection": "on"}\n', b"\n",
        ]  # fmt: skip
        await ask("POST", "/redact", {"text": PROSE, "sessionId": "events"})
        (kept,) = [exchange.id for exchange in running.app.exchanges]
        await ask("DELETE", "/exchanges")
        await ask("POST", "/dictionary", {"entries": [{"term": "Zerzura-events"}]})
        said = b""
        async for line in lines:
            said += line
            if b"terms_changed" in said and line == b"\n":
                break
    assert b"event: exchange_started\n" in said and b"event: exchange_finished\n" in said and b'"redactions": ' in said
    assert b'event: exchanges_wiped\ndata: {"ids": [%d]}\n' % kept in said
    assert_hidden(said, "events")
    assert b"Zerzura" not in said


async def test_nobody_takes_all_places_of_those_who_listen(ask: Asking) -> None:
    streams = []
    try:
        for _ in range(32):
            streams.append(await ask.http.get(f"{ask.root}/events", headers=ask.headers))
        assert {stream.status for stream in streams} == {200}
        await ask("GET", "/events", status=409)
    finally:
        for stream in streams:
            stream.close()


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/sessions?limit=0", "limit"),
        ("/sessions?limit=1001", "limit"),
        ("/sessions?limit=1e2", "limit"),
        ("/sessions?limit=99999999999999999999", "limit"),
        ("/sessions?page=1&page=2", "page"),
        ("/sessions?colour=red", "colour"),
        ("/sessions/search", "q"),
        ("/sessions/search?q=", "q"),
        ("/sessions/x/tokens?reveal=1", "reveal"),
        ("/dictionary/export?format=xml", "format"),
        ("/audit?kind=nonsense", "kind"),
        ("/audit/export?from=yesterday", "from"),
    ],
)
async def test_a_query_that_does_not_fit_is_named(ask: Asking, path: str, field: str) -> None:
    assert (await ask("GET", path, status=400))["error"]["param"] == field


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"", None),
        (b"{", None),
        (b"[]", None),
        (b"null", None),
        (b"\xff", None),
        (b'{"text": NaN}', None),
        (b'{"text": "a", "text": "b"}', None),
        (b"[" * 200_000, None),
        (b'{"text": ' + b"1" * 5000 + b"}", None),
        (b"{}", "text"),
        (b'{"text": ""}', "text"),
        (b'{"text": 1}', "text"),
        (b'{"text": "' + b"a" * 100_001 + b'"}', "text"),
        (b'{"text": "a", "sessionId": "a b"}', "sessionId"),
        (b'{"text": "a", "sessionId": "a\\n"}', "sessionId"),
        (b'{"text": "a", "locale": "FR"}', "locale"),
        (b'{"text": "a", "nonsense": {}}', "nonsense"),
    ],
    ids=lambda given: repr(given)[:40],
)
async def test_a_body_that_does_not_fit_is_named(ask: Asking, data: bytes, field: str | None) -> None:
    sent = {"Content-Type": "application/json"}
    status, said, _ = await ask.raw("POST", "/redact", data=data, headers=sent)
    assert status == 400
    told = json.loads(said)
    check(ERROR, told)
    assert told["error"]["param"] == field


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
async def test_other_methods_are_told_which_there_are(ask: Asking, operation: Operation) -> None:
    there = {one.method for one in OPERATIONS if one.path == operation.path}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} - there:
        status, _, got = await ask.raw(method, _path(operation))
        assert status == HTTPStatus.METHOD_NOT_ALLOWED
        assert set(got.headers["Allow"].split(", ")) == there


async def test_what_is_not_there_is_told(ask: Asking) -> None:
    for path in ("/nonsense", "/sessions/a/b/c", "//sessions", "/redact/", "/sessions/"):
        status, said, _ = await ask.raw("GET", path)
        assert status in (400, 404)
        check(ERROR, json.loads(said))


def test_the_document_is_whole() -> None:
    names = [path["operationId"] for paths in document(OPERATIONS)["paths"].values() for path in paths.values()]
    assert len(names) == len(set(names)) == len(OPERATIONS)
    for operation in OPERATIONS:
        assert operation.says.endswith(".") and (operation.answer or operation.media)
        assert set(errors_of(operation)) >= {400, 403, 421}


async def test_what_an_import_would_do_is_told_and_not_done(
    running: Running, ask: Asking, http: aiohttp.ClientSession, upstream: FakeUpstream
) -> None:
    async with http.post(running.origin + GPT.path, json=GPT.body("The quoll saw a quoll.")) as got:
        assert got.status == 200
    before = running.app.terms.all()
    table = b"text,entity\nquoll,ANIMAL\nBlue Harbour Trust,\nwill,\nnumbat,1!\n"
    for kind, sent in (
        ("text/csv", {"data": table}),
        ("application/json", {"json": {"entries": [
            {"text": "quoll", "entity": "ANIMAL"}, {"text": "Blue Harbour Trust"}, {"text": "will"},
            {"text": "numbat", "entity": "1!"},
        ]}}),
    ):  # fmt: skip
        headers = {**ask.headers, "Content-Type": kind}
        async with http.post(f"{ask.root}/dictionary/plan", headers=headers, **sent) as got:
            told = (await got.json())["entries"]
        assert [(row["entry"], row["fate"]) for row in told] == [(1, "new"), (2, "same"), (3, "new"), (4, "refused")]
        assert told[0]["told"] == "Would match 2 times in the requests that are kept."
        assert "common word" in told[2]["told"] and "is not a type" in told[3]["told"]
    assert running.app.terms.all() == before


async def test_a_hundred_thousand_terms_are_imported(running: Running, ask: Asking) -> None:
    table = "text\n" + "".join(f"Zerzura project {number}\n" for number in range(100_000))
    status, said, _ = await ask.raw(
        "POST", "/dictionary/import", data=io.BytesIO(table.encode()), headers={"Content-Type": "text/csv"}
    )
    assert status == 200 and json.loads(said)["count"] == 100_000
    told = await ask("POST", "/redact", {"text": "the Zerzura project 77777 plan"})
    assert "77777" not in told["redactedText"]
    assert (await ask("GET", "/dictionary?q=project%2099999"))["filtered"] == 1


async def test_the_inspector_shows_what_was_asked_for_here(running: Running, ask: Asking) -> None:
    told = await ask("POST", "/redact", {"text": PROSE})
    await ask("POST", "/hydrate", {"text": told["redactedText"], "sessionId": told["sessionId"]})
    redacted, restored = running.app.exchanges
    assert redacted.sent is not None
    assert (redacted.sent.original, redacted.sent.text) == (PROSE, told["redactedText"])
    assert restored.sent is not None and restored.sent.original == told["redactedText"]
    assert (restored.came_back, restored.got) == (told["redactedText"], PROSE)
