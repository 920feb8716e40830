"""Fetching from a hub that behaves, and from one that does not."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from app.errors import Exit, UserError
from app.hub import FetchError, Hub, Progress
from app.hub.fetch import fetch, wanted
from app.hub.installed import listed, remove
from app.lock import InstanceLock
from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.detectors.ner import NerDetector
from app.pipeline.models import DEFAULT, MANIFEST, REGISTRY, Model, find, verify
from app.pipeline.policy import Policy
from tests.fake_hub import COMMIT, LARGE, REPOSITORY, FakeHub

SHIPPED = REGISTRY[DEFAULT]
FILES = {name: (SHIPPED.folder / name).read_bytes() for name in ("config.json", "tokenizer.json", "model.onnx")}
#: A network that nobody runs: tests of the line need no megabytes.
SMALL = {
    "config.json": json.dumps({"id2label": {"0": "O", "1": "B-PER"}}).encode(),
    "tokenizer.json": b"{}",
    "onnx/model_quantized.onnx": bytes(range(256)) * 4000,
    "README.md": b"not asked for",
}
BIG = "onnx/model_quantized.onnx"
PLACE = "someone--names"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy") or name.startswith("HF_")]:
        monkeypatch.delenv(name)


@pytest_asyncio.fixture
async def hub() -> AsyncIterator[FakeHub]:
    async with FakeHub(dict(SMALL)) as hub:
        yield hub


def pinned(files: dict[str, bytes] = SMALL) -> Model:
    """What an entry of the registry would say of these files."""
    return Model(
        name=REPOSITORY,
        folder=Path(PLACE),
        licence="MIT",
        network=BIG,
        repository=REPOSITORY,
        revision=COMMIT,
        digests=tuple(
            (name, hashlib.sha256(content).hexdigest()) for name, content in files.items() if name != "README.md"
        ),
        size=sum(len(content) for name, content in files.items() if name != "README.md"),
    )


async def fetched(hub: FakeHub, folder: Path, model: Model | None = None) -> list[Progress]:
    steps: list[Progress] = []
    await fetch(model or pinned(), folder, Hub(endpoint=hub.origin), steps.append)
    return steps


def there(folder: Path) -> dict[str, bytes]:
    place = folder / PLACE
    return {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}


async def test_a_model_that_was_fetched_finds_names(tmp_path: Path) -> None:
    async with FakeHub(dict(FILES)) as hub:
        await fetched(hub, tmp_path, wanted(REPOSITORY))
        assert {name for _, name, _ in hub.asked if "resolve" in name} <= {
            f"/{REPOSITORY}/resolve/{COMMIT}/{name}" for name in FILES
        }
        assert not any("authorization" in {name.lower() for name in headers} for headers in hub.headers)
    model = find(REPOSITORY, tmp_path)
    assert (model.repository, model.revision) == (REPOSITORY, COMMIT)
    assert dict(model.digests) == {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
    verify(model)
    spans = NerDetector(REPOSITORY, tmp_path).detect("Ask Alice Johnson.", Policy())
    assert [(span.start, span.end) for span in spans] == [(4, 17)]


@pytest.mark.parametrize("model", [wanted(REPOSITORY), pinned()], ids=["digests of the hub", "digests of the registry"])
async def test_only_what_a_model_needs_is_fetched_and_the_progress_adds_up(
    hub: FakeHub, tmp_path: Path, model: Model
) -> None:
    steps = await fetched(hub, tmp_path, model)
    assert there(tmp_path).keys() == SMALL.keys() - {"README.md"} | {MANIFEST}
    assert all(there(tmp_path)[name] == SMALL[name] for name in SMALL if name != "README.md")
    done = [step.done for step in steps]
    total = sum(len(content) for name, content in SMALL.items() if name != "README.md")
    assert done == sorted(done) and done[-1] == total and steps[-1].total == total and len(set(done)) > 4
    assert not [name for name in os.listdir(tmp_path) if name.endswith((".part", ".old"))]
    assert any(entry.is_here and entry.model.name == REPOSITORY for entry in listed(tmp_path))


async def test_what_is_changed_after_it_was_fetched_is_noticed(hub: FakeHub, tmp_path: Path) -> None:
    await fetched(hub, tmp_path, wanted(REPOSITORY))
    (tmp_path / PLACE / "tokenizer.json").write_bytes(b"{ }")
    with pytest.raises(DetectorUnavailable, match=r"tokenizer\.json.*damaged.*models fetch someone/names"):
        verify(find(REPOSITORY, tmp_path))
    (tmp_path / PLACE / MANIFEST).write_text("{}")
    with pytest.raises(DetectorUnavailable, match=f"{MANIFEST}.*damaged"):
        find(REPOSITORY, tmp_path)


async def test_cancelled_it_stops_and_later_goes_on_where_it_was(hub: FakeHub, tmp_path: Path) -> None:
    half = asyncio.Event()

    async def stall(request: web.Request, content: bytes) -> web.StreamResponse | None:
        if "Range" in request.headers or len(content) < LARGE:
            return None
        answer = web.StreamResponse(headers={"Content-Length": str(len(content))})
        await answer.prepare(request)
        await answer.write(content[: len(content) // 2])
        await asyncio.Event().wait()
        return answer

    def told(step: Progress) -> None:
        if step.done >= LARGE:
            half.set()

    hub.twist = stall
    fetching = asyncio.create_task(fetch(pinned(), tmp_path, Hub(endpoint=hub.origin), told))
    await half.wait()
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    part = tmp_path / f".{PLACE}.part"
    came = (part / BIG).stat().st_size
    assert came >= LARGE and not (tmp_path / PLACE).exists()
    with pytest.raises(DetectorUnavailable, match="not installed"):
        find(REPOSITORY, tmp_path)

    hub.asked.clear()
    await fetched(hub, tmp_path, pinned())
    assert there(tmp_path)[BIG] == SMALL[BIG]
    assert [asked for asked in hub.asked if asked[2]][-1][2] == f"bytes={came}-"
    assert not any("config.json" in path for _, path, _ in hub.asked)  # it is here, and its digest is right


async def test_a_line_that_breaks_is_taken_up_again_as_long_as_that_helps(hub: FakeHub, tmp_path: Path) -> None:
    async def breaks(request: web.Request, content: bytes) -> web.StreamResponse | None:
        if len(content) < LARGE:
            return None
        start = int(request.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        told = {"Content-Length": str(len(content) - start)}
        if start:
            told["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        answer = web.StreamResponse(status=206 if start else 200, headers=told)
        await answer.prepare(request)
        await answer.write(content[start : start + 400_000])
        if start + 400_000 < len(content) and request.transport is not None:
            request.transport.close()
        return answer

    hub.twist = breaks
    await fetched(hub, tmp_path)
    assert there(tmp_path)[BIG] == SMALL[BIG]
    assert sum(bool(asked) for _, _, asked in hub.asked) >= 2


async def test_half_a_file_is_no_file(hub: FakeHub, tmp_path: Path) -> None:
    async def half(request: web.Request, content: bytes) -> web.StreamResponse | None:
        if len(content) < LARGE:
            return None
        if "Range" in request.headers:
            return web.Response(status=206, headers={"Content-Range": f"bytes {len(content) // 2}-/{len(content)}"})
        return web.Response(body=content[: len(content) // 2])

    hub.twist = half
    with pytest.raises(FetchError, match="no more than 512,000 of the 1,024,000 bytes"):
        await fetched(hub, tmp_path)
    assert not (tmp_path / PLACE).exists()
    hub.twist = None
    await fetched(hub, tmp_path)  # and later the rest
    assert there(tmp_path)[BIG] == SMALL[BIG]


async def test_a_server_without_ranges_begins_anew(hub: FakeHub, tmp_path: Path) -> None:
    (part := tmp_path / f".{PLACE}.part" / BIG).parent.mkdir(parents=True)
    part.write_bytes(b"something else" * 1000)

    async def whole(request: web.Request, content: bytes) -> web.StreamResponse | None:
        return web.Response(body=content)

    hub.twist = whole
    await fetched(hub, tmp_path)
    assert there(tmp_path)[BIG] == SMALL[BIG]


async def test_a_page_instead_of_a_file_is_refused(hub: FakeHub, tmp_path: Path) -> None:
    async def page(request: web.Request, content: bytes) -> web.StreamResponse | None:
        return web.Response(text="<html>Log in to the network</html>" + " " * len(content), content_type="text/html")

    hub.twist = page
    with pytest.raises(FetchError, match="sends more than"):
        await fetched(hub, tmp_path, pinned())
    assert not (tmp_path / PLACE).exists()


async def test_a_network_that_answers_itself_is_not_the_hub(tmp_path: Path) -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text="<html>Log in</html>", content_type="text/html")

    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", page)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        with pytest.raises(FetchError, match="not the hub"):
            await fetch(pinned(), tmp_path, Hub(endpoint=origin), lambda _: None)
        with pytest.raises(FetchError, match="cannot be reached"):
            await fetch(wanted(REPOSITORY), tmp_path, Hub(endpoint=origin), lambda _: None)
    finally:
        await runner.cleanup()
    assert not (tmp_path / PLACE).exists()


@pytest.mark.parametrize(
    ("name", "model"), [("config.json", wanted(REPOSITORY)), (BIG, wanted(REPOSITORY)), (BIG, pinned())]
)
async def test_another_file_of_the_same_size_is_deleted_and_refused(
    hub: FakeHub, tmp_path: Path, name: str, model: Model
) -> None:
    async def other(request: web.Request, content: bytes) -> web.StreamResponse | None:
        return web.Response(body=content[::-1]) if request.path.endswith(name) else None

    hub.twist = other
    with pytest.raises(FetchError, match=f"{name} is not the one.*deleted"):
        await fetched(hub, tmp_path, model)
    assert not (tmp_path / PLACE).exists()
    assert not (tmp_path / f".{PLACE}.part" / name).exists()


async def test_another_commit_is_refused(hub: FakeHub, tmp_path: Path) -> None:
    hub.commit = "f" * 40
    with pytest.raises(FetchError, match=r"commit f+ instead of 0123"):
        await fetched(hub, tmp_path, pinned())
    with pytest.raises(FetchError, match=r"commit f+ instead of 0123"):
        await fetched(hub, tmp_path, wanted(f"{REPOSITORY}@{COMMIT}"))


async def test_what_the_hub_does_not_have_is_told(hub: FakeHub, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="does not have this model"):
        await fetched(hub, tmp_path, wanted("nobody/nothing"))
    del hub.files[BIG]
    with pytest.raises(FetchError, match="holds no model in ONNX form"):
        await fetched(hub, tmp_path, wanted(REPOSITORY))
    with pytest.raises(FetchError, match="one of its files"):
        await fetched(hub, tmp_path, pinned())


async def test_offline_nothing_is_asked(hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FetchError, match="offline mode is on"):
        await fetch(pinned(), tmp_path, Hub(hub.origin, offline=True), lambda _: None)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(FetchError, match="offline mode is on"):
        await fetched(hub, tmp_path)
    assert not hub.asked


async def test_a_hub_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="cannot be reached"):
        await fetch(pinned(), tmp_path, Hub("http://127.0.0.1:9"), lambda _: None)


async def test_the_mirror_of_the_environment_and_the_proxy_of_a_setting_are_used(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", hub.origin)
    await fetch(pinned(), tmp_path, Hub(), lambda _: None)
    remove(REPOSITORY, tmp_path)
    assert not os.listdir(tmp_path)
    hub.headers.clear()
    # Nothing resolves that name: what comes can only have come through the proxy.
    await fetch(pinned(), tmp_path, Hub("http://hub.invalid", hub.origin), lambda _: None)
    assert {headers["Host"] for headers in hub.headers} >= {"hub.invalid"}
    assert there(tmp_path)[BIG] == SMALL[BIG]


async def test_a_new_one_takes_the_place_of_the_old_one_only_when_it_is_whole(hub: FakeHub, tmp_path: Path) -> None:
    await fetched(hub, tmp_path)
    before = there(tmp_path)
    hub.files["tokenizer.json"] = b'{"new": 1}'
    hub.files[BIG] = SMALL[BIG][::-1]
    new = pinned(hub.files)

    async def fails(request: web.Request, content: bytes) -> web.StreamResponse | None:
        return web.Response(status=503) if len(content) >= LARGE else None

    hub.twist = fails
    with pytest.raises(FetchError, match="status 503"):
        await fetched(hub, tmp_path, new)
    assert there(tmp_path) == before
    hub.twist = None
    await fetched(hub, tmp_path, new)
    assert there(tmp_path)["tokenizer.json"] == b'{"new": 1}'


async def test_two_do_not_fetch_the_same_at_once(hub: FakeHub, tmp_path: Path) -> None:
    lock = InstanceLock(tmp_path / f".{PLACE}.lock").acquire()
    with pytest.raises(UserError, match="being fetched already"):
        await fetched(hub, tmp_path)
    lock.release()
    await fetched(hub, tmp_path)


def test_what_can_be_fetched() -> None:
    assert wanted("bert-base") is REGISTRY["bert-base"]
    assert wanted("owner/na.me").revision == "" and wanted(f"owner/name@{COMMIT}").revision == COMMIT
    for name in (DEFAULT, "", "nothing", "../x", "a/../b", "/etc/passwd", "owner/name@main", "https://x.example/a/b"):
        with pytest.raises(FetchError):
            wanted(name)


def test_only_what_was_fetched_can_be_removed(tmp_path: Path) -> None:
    for name in (DEFAULT, "bert-base", "owner/name", "..", "/", ""):
        with pytest.raises(UserError) as caught:
            remove(name, tmp_path)
        assert caught.value.code is Exit.USAGE
    (tmp_path / ".bert-base.part").mkdir()
    remove("bert-base", tmp_path)
    assert not os.listdir(tmp_path)
