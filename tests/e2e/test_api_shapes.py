"""The management API under requests made from its own document: all answers are as it says, and none is a fault."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_asyncio import fixture
from yarl import URL

from app.proxy.api.openapi import errors_of
from app.proxy.api.operation import JSON, PLACES, ROOT, Operation
from app.proxy.api.operations import OPERATIONS
from app.proxy.api.problem import ERROR
from app.proxy.api.schema import Invalid, Schema, check
from app.proxy.guard import HEADER
from app.store.access import new_token
from tests.e2e.conftest import Running, launched
from tests.fakes import FakeUpstream

#: What never ends is looked at elsewhere.
ASKED = [operation for operation in OPERATIONS if operation.path != "/events"]
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
_JUNK = st.recursive(_SCALARS, lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(), some, max_size=3))


def values(schema: Schema) -> st.SearchStrategy[Any]:
    """What fits."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema["type"]
    if isinstance(kind, list):
        return st.one_of([values({**schema, "type": one}) for one in kind])
    if kind == "string":
        if "pattern" in schema:
            return st.from_regex(f"\\A{schema['pattern'][1:-1]}\\Z")
        most = min(schema.get("maxLength", 40), 40)
        return st.text(min_size=schema.get("minLength", 0), max_size=most)
    if kind == "integer":
        return st.integers(schema.get("minimum", -1000), schema.get("maximum", 1000))
    if kind == "number":
        return st.floats(schema.get("minimum", -1000), schema.get("maximum", 1000), allow_nan=False)
    if kind == "array":
        return st.lists(values(schema["items"]), min_size=schema.get("minItems", 0), max_size=3)
    if kind == "object":
        return _objects(schema)
    return {"boolean": st.booleans(), "null": st.none()}[kind]


def _objects(schema: Schema) -> st.SearchStrategy[Any]:
    if "properties" not in schema:
        others = schema["additionalProperties"]
        least = schema.get("minProperties", 0)
        return st.dictionaries(st.text(), _JUNK if others is True else values(others), min_size=least, max_size=3)
    needs = schema.get("required", ())
    fields = {name: values(part) for name, part in schema["properties"].items()}
    own = {name: fields[name] for name in needs}
    return st.fixed_dictionaries(own, optional={name: fields[name] for name in fields.keys() - own.keys()})


@st.composite
def broken(draw: st.DrawFn, schema: Schema) -> Any:
    """Something that does not fit, nearly always for one reason."""
    value = draw(values(schema))
    if isinstance(value, dict) and value and draw(st.booleans()):
        name = draw(st.sampled_from(sorted(value)))
        part = schema.get("properties", {}).get(name, schema["additionalProperties"])
        way = draw(st.sampled_from(["without", "inside", "more"]))
        if way == "without":
            return {key: own for key, own in value.items() if key != name}
        if way == "more":
            return {**value, draw(st.text()): draw(_JUNK)}
        return {**value, name: draw(broken(part) if isinstance(part, dict) else _JUNK)}
    if isinstance(value, list) and value and draw(st.booleans()):
        return [*value, draw(broken(schema["items"]))]
    return draw(_JUNK)


def fits(schema: Schema, value: Any) -> bool:
    try:
        check(schema, value)
    except Invalid:
        return False
    return True


@fixture(scope="module", loop_scope="session")
async def app(_upstream: FakeUpstream, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """One whose settings, terms and sessions may become what they will."""
    async with launched(tmp_path_factory.mktemp("shapes"), _upstream, ner=False, session_ttl=720) as running:
        await running.protected()
        yield running


@fixture(scope="module", loop_scope="session")
async def client(app: Running) -> AsyncIterator[aiohttp.ClientSession]:
    token = new_token()
    await app.app.access.accept(token)
    async with aiohttp.ClientSession(headers={HEADER: token}) as session:
        yield session


async def asked(client: aiohttp.ClientSession, app: Running, operation: Operation, query: Any, body: Any) -> int:
    """The status of an answer that is as the document says."""
    places = {
        name: "1" if name in ("term", "waiting") else "shapes" if name == "session" else "locale" for name in PLACES
    }
    words = "&".join(f"{quote(name, safe='')}={quote(_spelt(value), safe='')}" for name, value in query.items())
    url = URL(f"{app.origin}{ROOT}{operation.path.format(**places)}?{words}", encoded=True)
    sent = json.dumps(body) if operation.body is not None else None
    async with client.request(operation.method, url, data=sent, headers={"Content-Type": JSON}) as answer:
        said = await answer.text()
        if answer.status in operation.also:
            check(operation.also[answer.status], json.loads(said))
        elif answer.status != 200:
            assert answer.status in errors_of(operation) and answer.status < 500, said
            check(ERROR, json.loads(said))
        elif operation.answer is not None:
            assert answer.content_type == JSON
            check(operation.answer, json.loads(said))
        else:
            assert answer.content_type in operation.media
        return answer.status


def _spelt(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


_SOME = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.mark.parametrize("operation", ASKED, ids=lambda one: f"{one.method} {one.path}")
@_SOME
@given(data=st.data())
async def test_what_fits_is_answered_as_the_document_says(
    app: Running, client: aiohttp.ClientSession, operation: Operation, data: st.DataObject
) -> None:
    query = data.draw(values(operation.asked))
    body = data.draw(values(operation.body)) if operation.body is not None else None
    # What no schema can say is refused as unusable, never as malformed.
    assert await asked(client, app, operation, query, body) != 400


@pytest.mark.parametrize("operation", ASKED, ids=lambda one: f"{one.method} {one.path}")
@_SOME
@given(data=st.data())
async def test_what_does_not_fit_is_refused(
    app: Running, client: aiohttp.ClientSession, operation: Operation, data: st.DataObject
) -> None:
    if operation.body is not None:
        body = data.draw(broken(operation.body))
        status = await asked(client, app, operation, data.draw(values(operation.asked)), body)
        assert status == 400 or fits(operation.body, body)
    else:
        query = data.draw(broken(operation.asked).filter(lambda query: isinstance(query, dict)))
        await asked(client, app, operation, query, None)
