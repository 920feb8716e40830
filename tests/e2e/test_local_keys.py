"""Keys that tools send in place of a provider's: swapped on the way, scoped, revoked, and never sent on."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator

import aiohttp
import anthropic
import keyring
import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam
from pytest_asyncio import fixture

from app.store.access import Scope, new_token
from tests import answers
from tests.e2e.conftest import EMAIL, NAME, PROSE, Running
from tests.e2e.dialects import BOTH, CLAUDE, GPT, Dialect
from tests.e2e.test_sockets import RESPONSES, asked, connected, create, echo, said
from tests.fake_socket import FakeSocket
from tests.fakes import PLACEHOLDER, FakeUpstream, Received, Reply
from tests.unit.test_credentials import Memory

both = pytest.mark.parametrize("dialect", BOTH, ids=str)
REAL = {name: f"sk-real-{name}-0123456789" for name in ("openai", "anthropic", "gemini", "u/groq")}
_CREDENTIALS = frozenset(["authorization", "x-api-key", "api-key", "x-goog-api-key"])
GEMINI = "/v1beta/models/fake:generateContent"
CONTENTS = {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}


@pytest.fixture(autouse=True)
def _no_key_leaks(
    running: Running, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Iterator[None]:
    yield
    told = caplog.text + "".join(capfd.readouterr()) + repr(running.events) + repr(list(running.app.exchanges))
    told += repr(running.app.keychain) + repr(vars(running.app))
    assert not any(key in told for key in REAL.values())


@fixture(loop_scope="session", autouse=True)
async def _real_keys(running: Running) -> AsyncIterator[None]:
    """A keyring that holds a key of every provider's."""
    before = keyring.get_keyring()
    keyring.set_keyring(Memory())
    running.app.settings.set("upstreams", f"groq={running.app.settings.current.openai_upstream}/openai")
    for name, key in REAL.items():
        running.app.provider_keys.put(name, key, running.app.settings.current.openai_upstream)
    await running.app.access.changed("provider-key-set")
    yield
    for local in await running.app.access.all():
        await running.app.access.revoke(local.label)
    running.app.settings.set("upstreams", "")
    keyring.set_keyring(before)


@fixture(loop_scope="session")
async def bare() -> AsyncIterator[aiohttp.ClientSession]:
    """A client without a key of its own."""
    async with aiohttp.ClientSession() as session:
        yield session


async def local(running: Running, label: str = "tool", **scope: object) -> str:
    return await running.app.access.add(label, Scope(**scope))  # type: ignore[arg-type]


def credentials(received: Received) -> dict[str, str]:
    return {name.lower(): value for name, value in received.headers if name.lower() in _CREDENTIALS}


async def test_openais_client_with_a_local_key(running: Running, upstream: FakeUpstream) -> None:
    key = await local(running, "codex")
    messages: list[ChatCompletionMessageParam] = [{"role": "user", "content": PROSE}]
    async with openai.AsyncOpenAI(base_url=running.app.base_url, api_key=key) as client:
        whole = await client.chat.completions.create(model="fake", messages=messages)
        stream = await client.chat.completions.create(model="fake", messages=messages, stream=True)
        streamed = "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])
    assert NAME in (whole.choices[0].message.content or "") and NAME in streamed
    for received in upstream.received:
        assert credentials(received) == {"authorization": f"Bearer {REAL['openai']}"}
    assert key.encode() not in upstream.wire
    assert [exchange.client for exchange in running.app.exchanges] == ["codex", "codex"]
    assert all(exchange.session.startswith("key:codex:") for exchange in running.app.exchanges)
    (listed,) = await running.app.access.all()
    assert 0 < listed.used <= time.time()


@pytest.mark.parametrize("place", ["api_key", "auth_token"])
async def test_anthropics_client_with_a_local_key(running: Running, upstream: FakeUpstream, place: str) -> None:
    key = await local(running)
    message = {"model": "fake", "max_tokens": 9, "messages": [{"role": "user", "content": PROSE}]}
    async with anthropic.AsyncAnthropic(base_url=running.origin, **{place: key}) as client:  # type: ignore[arg-type]
        whole = await client.messages.create(**message)  # type: ignore[call-overload]
        async with client.messages.stream(**message) as stream:  # type: ignore[arg-type]
            streamed = await stream.get_final_text()
    assert NAME in whole.content[0].text and NAME in streamed
    for received in upstream.received:
        assert credentials(received) == {"x-api-key": REAL["anthropic"]}
    assert key.encode() not in upstream.wire


@pytest.mark.parametrize(
    ("path", "body", "place", "expected"),
    [
        (GEMINI, CONTENTS, "x-goog-api-key", {"x-goog-api-key": REAL["gemini"]}),
        (GEMINI, CONTENTS, "key", {"x-goog-api-key": REAL["gemini"]}),
        (GEMINI, CONTENTS, "Authorization", {"x-goog-api-key": REAL["gemini"]}),
        ("/v1beta/openai/chat/completions", GPT.body("Hello"), "api-key", {"api-key": REAL["gemini"]}),
        (GPT.path, GPT.body("Hello"), "api-key", {"api-key": REAL["openai"]}),
        (GPT.path, GPT.body("Hello"), "x-api-key", {"authorization": f"Bearer {REAL['openai']}"}),
        (f"/u/groq{GPT.path}", GPT.body("Hello"), "Authorization", {"authorization": f"Bearer {REAL['u/groq']}"}),
        ("/api/chat", GPT.body("Hello"), "Authorization", {}),
        (f"/ollama{GPT.path}", GPT.body("Hello"), "Authorization", {}),
    ],
)  # fmt: skip
async def test_every_place_in_which_a_key_may_stand(
    running: Running,
    upstream: FakeUpstream,
    bare: aiohttp.ClientSession,
    path: str,
    body: object,
    place: str,
    expected: dict[str, str],
) -> None:
    key = await local(running)
    sent = {place: f"Bearer {key}" if place == "Authorization" else key} if place != "key" else {}
    query = f"?alt=json&key={key}&a=b%20c" if place == "key" else "?alt=json&a=b%20c"
    async with bare.post(running.origin + path + query, json=body, headers=sent) as answer:
        assert answer.status == 200, await answer.text()
    assert credentials(upstream.only) == expected and upstream.only.target.endswith("?alt=json&a=b%20c")
    assert key.encode() not in upstream.wire


async def test_a_login_of_anthropics_is_a_bearer(
    running: Running, upstream: FakeUpstream, bare: aiohttp.ClientSession
) -> None:
    running.app.provider_keys.put("anthropic", "sk-ant-oat01-fake", running.app.settings.current.anthropic_upstream)
    await running.app.access.changed("provider-key-set")
    sent = {"x-api-key": await local(running)}
    async with bare.post(running.origin + CLAUDE.path, json=CLAUDE.body("Hello"), headers=sent) as answer:
        assert answer.status == 200
    assert credentials(upstream.only) == {"authorization": "Bearer sk-ant-oat01-fake"}


async def test_the_practice_model_gets_no_key(
    running: Running, upstream: FakeUpstream, bare: aiohttp.ClientSession
) -> None:
    sent = {"Authorization": f"Bearer {await local(running, upstreams=('anthropic',))}"}
    async with bare.post(f"{running.origin}/demo{GPT.path}", json=GPT.body("Hello"), headers=sent) as answer:
        assert answer.status == 200
    assert not upstream.wire


async def test_a_real_key_goes_through_as_it_is(
    running: Running, upstream: FakeUpstream, gpt: openai.AsyncOpenAI, key: str
) -> None:
    await gpt.chat.completions.create(model="fake", messages=[{"role": "user", "content": "Hello"}])
    assert credentials(upstream.only) == {"authorization": f"Bearer {key}"}


async def test_a_websocket_with_a_local_key_as_subprotocol(
    running: Running, upstream: FakeUpstream, bare: aiohttp.ClientSession
) -> None:
    key = await local(running)
    upstream.answer = FakeSocket(echo, "realtime", [("x-echo", f"is {REAL['openai']}")])
    protocols = ["realtime", f"openai-insecure-api-key.{key}", "openai-beta.realtime-v1"]
    async with connected(bare, running, protocols=protocols) as socket:
        assert NAME in said(await asked(socket, create(PROSE))) and socket.protocol == "realtime"
        assert REAL["openai"] not in socket._response.headers["x-echo"]
    assert upstream.only.header("Sec-WebSocket-Protocol") == "realtime,openai-beta.realtime-v1"
    assert credentials(upstream.only) == {"authorization": f"Bearer {REAL['openai']}"}
    assert key.encode() not in upstream.wire
    assert [exchange.client for exchange in running.app.exchanges] == ["tool"]


async def test_a_key_revoked_while_a_websocket_is_open_is_good_for_no_further_frame(
    running: Running, upstream: FakeUpstream, bare: aiohttp.ClientSession
) -> None:
    upstream.answer = FakeSocket(echo)
    headers = {"Authorization": f"Bearer {await local(running)}"}
    async with connected(bare, running, RESPONSES, headers=headers) as socket:
        assert (await asked(socket, create("Hello")))["type"] == "response.completed"
        await running.app.access.revoke("tool")
        size = len(upstream.wire)
        error = await asked(socket, create("Hello again"))
    assert error["type"] == "error" and error["status"] == 401 and b"Hello again" not in upstream.wire[size:]


async def refused(
    bare: aiohttp.ClientSession, running: Running, dialect: Dialect, status: int, path: str = "", **headers: str
) -> str:
    """The message of a refusal in its dialect."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if dialect is CLAUDE:
        sent["anthropic-version"] = "2023-06-01"
    async with bare.post(running.origin + (path or dialect.path), json=dialect.body(PROSE), headers=sent) as answer:
        raw = await answer.read()
        assert (answer.status, answer.headers["x-should-retry"]) == (status, "false"), raw
    if dialect is CLAUDE and status == 401:
        assert json.loads(raw)["error"]["type"] == "authentication_error"
    return dialect.error(raw)


@both
async def test_a_key_of_ours_that_is_not_good_is_never_sent_on(
    running: Running, upstream: FakeUpstream, bare: aiohttp.ClientSession, dialect: Dialect
) -> None:
    good, over, revoked = await local(running), await local(running, "over", expires=1.0), await local(running, "gone")
    await running.app.access.revoke("gone")
    unknown = "anon-" + "a" * 43
    for bad in (
        over,
        revoked,
        unknown,
        "anon-",
        "anon-x",
        good[:-1],
        good + "a",
        good[:5] + good[5:].swapcase(),
        new_token(),
    ):
        for place in ("Authorization", "x-api-key", "api-key"):
            value = f"bEARER  {bad}" if place == "Authorization" else bad
            assert bad not in (await refused(bare, running, dialect, 401, **{place: value})) or bad == "anon-"
        await refused(bare, running, dialect, 401, dialect.path + f"?key={bad}")
        await refused(bare, running, dialect, 401, dialect.path + f"?key=sk-x&%6bey=%61{bad[1:]}")
    await refused(bare, running, dialect, 401, Authorization=f"Bearer {good}", x_api_key=unknown)
    # Where no key belongs, not even one that is good.
    for astray in (good, unknown, new_token()):
        await refused(bare, running, dialect, 401, X_Key=astray)
        await refused(bare, running, dialect, 401, Cookie=f"a=b; key={astray}")
        await refused(bare, running, dialect, 401, dialect.path + f"?token={astray}")
    assert not upstream.wire


@pytest.mark.parametrize("kind", ["openai", "anthropic", "gemini", "websocket"])
async def test_clients_are_told_in_their_own_words(
    running: Running, upstream: FakeUpstream, bare: aiohttp.ClientSession, kind: str
) -> None:
    key = "anon-" + "a" * 43
    if kind == "openai":
        async with openai.AsyncOpenAI(base_url=running.app.base_url, api_key=key) as gpt:
            with pytest.raises(openai.AuthenticationError, match="unknown, revoked"):
                await gpt.chat.completions.create(model="fake", messages=[{"role": "user", "content": PROSE}])
    elif kind == "anthropic":
        async with anthropic.AsyncAnthropic(base_url=running.origin, api_key=key) as claude:
            with pytest.raises(anthropic.AuthenticationError, match="unknown, revoked"):
                await claude.messages.create(model="x", max_tokens=9, messages=[{"role": "user", "content": PROSE}])
    elif kind == "gemini":
        async with bare.post(f"{running.origin}{GEMINI}?key={key}", json=CONTENTS) as answer:
            assert (answer.status, (await answer.json())["error"]["status"]) == (401, "UNAUTHENTICATED")
    else:
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            async with connected(bare, running, protocols=["realtime", f"openai-insecure-api-key.{key}"]):
                pass
        assert caught.value.status == 401
    assert not upstream.wire and [exchange.outcome for exchange in running.app.exchanges] == ["refused"]


@both
async def test_without_a_key_of_the_provider_nothing_is_sent(
    running: Running, upstream: FakeUpstream, bare: aiohttp.ClientSession, dialect: Dialect
) -> None:
    key, target = await local(running), "anthropic" if dialect is CLAUDE else "openai"
    async with bare.post(
        running.origin + dialect.path, json=dialect.body("Hello"), headers={"Authorization": f"Bearer {key}"}
    ) as answer:
        assert answer.status == 200
    upstream.reset(upstream.answer)
    running.app.provider_keys.remove(target)
    await running.app.access.changed("provider-key-set")
    message = await refused(bare, running, dialect, 401, Authorization=f"Bearer {key}")
    assert f"anonamoose key set {target}" in message and not upstream.wire


@both
@pytest.mark.parametrize("kept", ["http://127.0.0.1:1", "https://127.0.0.1:{port}", "http://localhost:{port}", ""])
async def test_a_providers_key_goes_nowhere_but_where_it_was_given_for(
    running: Running, upstream: FakeUpstream, bare: aiohttp.ClientSession, dialect: Dialect, kept: str
) -> None:
    key, target = await local(running), "anthropic" if dialect is CLAUDE else "openai"
    port = upstream.origin.rpartition(":")[2]
    running.app.keychain.put(f"provider:{target}", f"{REAL[target]} {kept.format(port=port)}".strip())
    await running.app.access.changed("provider-key-set")
    message = await refused(bare, running, dialect, 403, Authorization=f"Bearer {key}")
    assert f"anonamoose key confirm {target} {upstream.origin}" in message and REAL[target] not in message
    assert not upstream.wire
    token = new_token()
    await running.app.access.accept(token)
    api, headers = f"{running.origin}/api/v1/keys", {"X-Anonamoose-Token": token}

    async def confirmed(origin: str, status: int) -> None:
        given = {"provider": target, "origin": origin}
        async with bare.post(f"{api}/confirm", json=given, headers=headers) as answer:
            assert answer.status == status and REAL[target] not in await answer.text()

    async with bare.get(api, headers=headers) as answer:
        assert [row["confirmed"] for row in (await answer.json())["keys"] if row["provider"] == target] == [False]
        assert REAL[target] not in await answer.text()
    await confirmed("http://127.0.0.1:1", 409)
    await refused(bare, running, dialect, 403, Authorization=f"Bearer {key}")
    await confirmed(upstream.origin, 200)
    sent = {"Authorization": f"Bearer {key}"}
    async with bare.post(running.origin + dialect.path, json=dialect.body("Hello"), headers=sent) as answer:
        assert answer.status == 200
    assert REAL[target] in upstream.wire.decode()


@both
async def test_a_key_is_good_for_what_it_is_for(
    running: Running, upstream: FakeUpstream, bare: aiohttp.ClientSession, dialect: Dialect
) -> None:
    key = await local(running, upstreams=("u/groq",))
    assert "not for" in await refused(bare, running, dialect, 403, Authorization=f"Bearer {key}")
    assert not upstream.wire
    sent = {"Authorization": f"Bearer {key}"}
    async with bare.post(f"{running.origin}/u/groq{GPT.path}", json=GPT.body("Hello"), headers=sent) as answer:
        assert answer.status == 200


async def test_a_key_with_a_session_and_settings_of_its_own(
    running: Running, upstream: FakeUpstream, bare: aiohttp.ClientSession
) -> None:
    key = await local(running, session="scoped-work", own={"operators": "EMAIL_ADDRESS=mask"})
    for headers in ({}, {"x-anonamoose-session": "scoped-work"}):
        async with bare.post(
            running.origin + GPT.path, json=GPT.body(PROSE), headers={"Authorization": f"Bearer {key}", **headers}
        ) as answer:
            text = GPT.text(await answer.read())
            assert answer.headers["x-anonamoose-session"] == "scoped-work"
            assert NAME in text and EMAIL not in text
    bearer = {"Authorization": f"Bearer {key}"}
    for headers in ({"x_anonamoose_session": "other"}, {"x_anonamoose_redact": "off"}, {"x_anonamoose_ner": "off"}):
        await refused(bare, running, GPT, 403, **bearer, **headers)
    await refused(bare, running, GPT, 403, f"/s/other{GPT.path}", **bearer)
    assert len(upstream.received) == 2


async def test_nobody_gets_into_a_session_of_another_key(
    running: Running, upstream: FakeUpstream, bare: aiohttp.ClientSession
) -> None:
    """By its name, by the one it was told to its owner, or with the placeholders of the other."""
    keys = {label: await local(running, label) for label in ("one", "two")}

    async def ask(label: str, text: str, session: str) -> tuple[str, str]:
        headers = {"Authorization": f"Bearer {keys.get(label, 'sk-real')}", "x-anonamoose-session": session}
        async with bare.post(running.origin + GPT.path, json=GPT.body(text), headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return GPT.text(await answer.read()), answer.headers["x-anonamoose-session"]

    came, session = await ask("one", f"I am {NAME}.", "shared")
    assert NAME in came and session == "key:one:shared"
    token = upstream.last.placeholders[0]
    upstream.answer = lambda received: answers.body(answers.chat(f"Who is {token}?"))
    assert (await ask("one", "Who?", session))[0] == f"Who is {NAME}?"
    assert (await ask("two", "Who?", "shared")) == (f"Who is {token}?", "key:two:shared")
    assert (await ask("two", "Who?", session)) == (f"Who is {token}?", "key:two:key:one:shared")
    assert (await ask("nobody", "Who?", "shared")) == (f"Who is {token}?", "shared")
    size = len(upstream.received)
    await refused(bare, running, GPT, 403, Authorization="Bearer sk-real", x_anonamoose_session=session)
    await refused(bare, running, GPT, 403, f"/s/{session}{GPT.path}", Authorization="Bearer sk-real")
    assert len(upstream.received) == size


async def test_two_clients_in_parallel_share_nothing(
    running: Running, upstream: FakeUpstream, bare: aiohttp.ClientSession
) -> None:
    """The same words at the same time, with one key of the provider behind both."""
    keys = [await local(running, "one"), await local(running, "two", own={"operators": "PERSON=mask"})]

    async def ask(number: int) -> tuple[str, str]:
        dialect = BOTH[number % 2]
        headers = {"Authorization": f"Bearer {keys[number // 2 % 2]}"}
        async with bare.post(
            running.origin + dialect.path, json=dialect.body(f"I am {NAME}."), headers=headers
        ) as answer:
            return dialect.text(await answer.read()), answer.headers["x-anonamoose-session"]

    found = await asyncio.gather(*(ask(number) for number in range(24)))
    for number, (text, session) in enumerate(found):
        is_first = number // 2 % 2 == 0
        assert session.startswith("key:one:" if is_first else "key:two:") and (NAME in text) is is_first
    assert len({session for _, session in found}) == 4
    # The second's name is masked, so each provider saw the one placeholder of the first's session with it.
    sent = Counter((*credentials(r).values(), *PLACEHOLDER.findall(r.body.decode())) for r in upstream.received)
    assert sorted(sent.values()) == [6] * 4 and sorted(map(len, sent)) == [1, 1, 2, 2]


@both
@pytest.mark.parametrize("cut", [1, 7, 19])
async def test_an_upstream_that_echoes_the_key_tells_the_client_nothing(
    running: Running, upstream: FakeUpstream, bare: aiohttp.ClientSession, dialect: Dialect, cut: int
) -> None:
    secret = REAL["anthropic" if dialect is CLAUDE else "openai"]
    headers = {"Authorization": f"Bearer {await local(running)}"}
    told = f"Your key {secret} is good, {secret}"
    echoes = [("Content-Type", "application/json"), ("x-echo", f"key={secret}")]
    for status, redact in ((200, "true"), (401, "true"), (401, "false")):
        upstream.answer = lambda _, status=status: Reply(status, echoes, [json.dumps(dialect.whole(told)).encode()])  # type: ignore[misc]
        async with bare.post(
            running.origin + dialect.path,
            json=dialect.body("Hello"),
            headers={**headers, "x-anonamoose-redact": redact},
        ) as answer:
            raw = await answer.read()
            assert answer.status == status and answer.headers["x-echo"] == "key=[provider key]"
        assert dialect.text(raw) == "Your key [provider key] is good, [provider key]"
    wire = b": " + secret.encode() + b"\n\n" + answers.encode(dialect.events(told, size=1000))
    upstream.answer = lambda _: answers.stream(wire, cut)
    async with bare.post(
        running.origin + dialect.path, json=dialect.body("Hi", stream=True), headers=headers
    ) as answer:
        raw = await answer.read()
    assert secret.encode() not in raw and dialect.streamed(raw) == "Your key [provider key] is good, [provider key]"


async def test_a_keyring_that_is_locked_is_told(
    running: Running, upstream: FakeUpstream, bare: aiohttp.ClientSession
) -> None:
    key = await local(running)
    keyring.set_keyring(Memory(keyring.errors.KeyringLocked()))
    message = await refused(bare, running, GPT, 403, Authorization=f"Bearer {key}")
    assert "keyring is locked" in message and not upstream.wire
