"""Every field of every endpoint, both ways: what is text is hidden and comes back, all else keeps its bytes."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
import pytest_asyncio

from app.pipeline.detectors.dictionary import DictionaryDetector
from app.pipeline.policy import Policy
from app.pipeline.terms import Term
from app.proxy.framing import NDJSON, SSE, Framing
from app.proxy.providers import BY_DIALECT
from app.proxy.providers.base import Endpoint
from tests import answers
from tests.bodies import TELLING, Builder, Words, differences, dump
from tests.e2e.conftest import AWKWARD, Running, launched
from tests.fakes import FakeUpstream, Reply
from tools.leaf_map.leaf_map import Api, Operation, load
from tools.leaf_map.shape import Shape

APIS = load()
#: A term of the dictionary as well: it stands where nobody may look for one.
BAIT = "Quagmire"
_CREDENTIALS = {
    "openai": ("Authorization", "Bearer sk-x"),
    "anthropic": ("x-api-key", "sk-ant-x"),
    "gemini": ("x-goog-api-key", "x"),
    "ollama": ("x-nothing", "x"),
}


def _operations() -> Iterator[tuple[Api, Operation]]:
    for api in APIS.values():
        for operation in api.operations:
            yield api, operation


def _endpoint(api: Api, operation: Operation) -> Endpoint | None:
    return BY_DIALECT[api.name].endpoint(operation.method, operation.path)


def _cases(*names: str) -> pytest.MarkDecorator:
    """The operations that have one of these, one test for each."""
    cases = [(api, op) for api, op in _operations() if any(getattr(op, name) for name in names)]
    count: dict[str, int] = {}
    ids = []
    for api, op in cases:
        name = f"{api.name} {op.method} {op.path}"
        count[name] = count.get(name, 0) + 1
        ids.append(name if count[name] == 1 else f"{name} {count[name]}")
    return pytest.mark.parametrize(("api", "operation"), cases, ids=ids)


def _telling_words() -> set[str]:
    """The words that tell types and roles: masked, they make a request impossible for good."""
    shapes = [
        members[key] for api in APIS.values() for members in api.types.values() for key in TELLING if key in members
    ]
    return {part.name for shape in shapes for part in shape.walk() if part.kind == "word"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def app(_upstream: FakeUpstream, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """An app that looks for the terms of its dictionary alone: what it finds is known beforehand."""
    only: dict[str, object] = {"secrets": False, "ner": False, "patterns": False, "names": False}
    only |= {f"{name}_upstream": _upstream.origin for name in APIS}
    async with launched(tmp_path_factory.mktemp("leaves"), _upstream, **only) as running:
        await running.app.terms.add([Term(AWKWARD), Term(BAIT), *map(Term, sorted(_telling_words()))])
        await running.protected()
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def http(app: Running, upstream: FakeUpstream) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(app.origin, headers={"x-anonamoose-session": "leaves"}) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def token(http: aiohttp.ClientSession, upstream: FakeUpstream) -> str:
    """What stands for AWKWARD."""
    async with http.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": AWKWARD}]}) as got:
        assert got.status == 200
    (found,) = upstream.only.placeholders
    upstream.reset(answers.echo)
    return found


def _built(api: Api, shape: Shape, words: Words, streaming: bool = False) -> list[object]:
    bodies = Builder(api, words).values(shape)
    for body in bodies:
        if isinstance(body, dict) and "stream" in body:
            body["stream"] = streaming
    return bodies


def _holds_tokens(body: object, spoken: tuple[str, ...]) -> bool:
    """Whether a body says something as token ids: it is refused, and tested elsewhere."""
    return isinstance(body, dict) and any(
        re.fullmatch(r"\[[\[\], \d]+\]", json.dumps(body.get(key))) is not None for key in spoken
    )


def _same(got: bytes, meant: object, what: str) -> None:
    """`got` is `meant` to the byte. Else names the paths, not the values."""
    if got != dump(meant):
        wrong = sorted(set(differences(json.loads(got), meant)))
        pytest.fail(f"{what}: {len(wrong)} fields are wrong\n" + "\n".join(wrong or ["the way it is written"]))


@_cases("request")
async def test_of_a_request_all_text_is_hidden_and_all_else_keeps_its_bytes(
    http: aiohttp.ClientSession, upstream: FakeUpstream, token: str, api: Api, operation: Operation
) -> None:
    assert operation.request is not None
    declared = _endpoint(api, operation)
    # Of an endpoint that nobody has declared no field is known to be opaque.
    bait = BAIT if declared else "plain"
    sent = _built(api, operation.request, Words(AWKWARD, bait, bait))
    meant = _built(api, operation.request, Words(token, bait, bait))
    for body, expected in zip(sent, meant, strict=True):
        if declared and declared.request and _holds_tokens(body, declared.request.spoken):
            continue
        await _exchange(http, upstream, api, operation, dump(body), Reply(chunks=[b"{}"]))
        _same(upstream.last.body, expected, "sent upstream")


@_cases("response")
async def test_of_an_answer_all_text_comes_back_and_what_is_sealed_keeps_its_bytes(
    http: aiohttp.ClientSession, upstream: FakeUpstream, token: str, api: Api, operation: Operation
) -> None:
    assert operation.response is not None
    sealed = token if _endpoint(api, operation) else "seal"
    came = _built(api, operation.response, Words(token, sealed))
    meant = _built(api, operation.response, Words(AWKWARD, sealed))
    for body, expected in zip(came, meant, strict=True):
        got = await _exchange(http, upstream, api, operation, None, Reply(chunks=[dump(body)]))
        _same(got, expected, "given back")


@_cases("event")
async def test_of_a_stream_all_text_comes_back_and_what_is_sealed_keeps_its_bytes(
    http: aiohttp.ClientSession, upstream: FakeUpstream, token: str, api: Api, operation: Operation
) -> None:
    assert operation.event is not None
    declared = _endpoint(api, operation)
    sealed = token if declared and declared.stream else "seal"
    came = _built(api, operation.event, Words(token, sealed))
    meant = _built(api, operation.event, Words(AWKWARD, sealed))
    framing = _framing(api, operation)
    reply = Reply(200, (("Content-Type", framing.media),), [b"".join(framing.make(_text(e)).raw for e in came)])
    events = framing.decoder().feed(await _exchange(http, upstream, api, operation, None, reply))
    assert len(events) == len(meant)
    wrong: set[str] = set()
    for event, expected in zip(events, meant, strict=True):
        if event.raw != framing.make(_text(expected)).raw:
            wrong |= set(differences(json.loads(event.data or ""), expected)) or {"the way it is written"}
    assert not wrong, f"{len(wrong)} fields are wrong\n" + "\n".join(sorted(wrong))


def _framing(api: Api, operation: Operation) -> Framing:
    declared = _endpoint(api, operation)
    if declared and declared.stream and declared.stream.framing is NDJSON:
        return NDJSON
    return NDJSON if api.name == "ollama" else SSE


def _text(event: object) -> str:
    return dump(event).decode()


async def _exchange(
    http: aiohttp.ClientSession,
    upstream: FakeUpstream,
    api: Api,
    operation: Operation,
    body: bytes | None,
    reply: Reply,
) -> bytes:
    """What the client gets. Without a body of its own a request says nothing."""
    if body is None and operation.request is not None:
        body = b'{"stream": true}' if operation.event is not None else b"{}"
    upstream.answer = lambda _: reply
    name, value = _CREDENTIALS[api.name]
    headers = {name: value, **({"Content-Type": "application/json"} if body is not None else {})}
    path = operation.path.replace("*", "id-1") + ("?alt=sse" if ":stream" in operation.path else "")
    async with http.request(operation.method, path, data=body, headers=headers) as got:
        assert got.status == 200, await got.read()
        return await got.read()


def test_the_bait_would_be_taken() -> None:
    """What must stay lies open where it stands: only that nobody looks there keeps it."""

    api = APIS["openai"]
    for shape in ("I", "O", "K", "B"):
        (text,) = Builder(api, Words("", BAIT, BAIT)).values(Shape("text", shape))
        assert list(DictionaryDetector([Term(BAIT)]).detect(text, Policy())), shape


def test_every_leaf_has_a_class() -> None:
    assert not [leaf for api in APIS.values() for leaf in api.unclassified()]


def test_every_field_is_built() -> None:
    """Of each type that an operation leads to."""
    for api in APIS.values():
        built = Builder(api, Words("x"))
        for operation in api.operations:
            for shape in (operation.request, operation.response, operation.event):
                if shape is not None:
                    built.values(shape)
        assert built.built == {(name, key) for name, members in api.types.items() for key in members}
