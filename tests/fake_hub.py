"""A hub on loopback that speaks what `huggingface_hub` asks: models' metadata, files, ranges, redirects to a CDN."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from aiohttp import web

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY = "someone/names"
#: Files from this size on are kept apart from Git, as the real one does.
LARGE = 100_000

Twist = Callable[[web.Request, bytes], Awaitable[web.StreamResponse | None]]


class FakeHub:
    """`files` by their path. `twist`, given a request for a file's content, may answer in its own way."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.twist: Twist | None = None
        self.commit = COMMIT
        self.asked: list[tuple[str, str, str]] = []  # method, path, range
        self.headers: list[dict[str, str]] = []
        self.origin = ""

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_route("*", "/{rest:.*}", self._answer)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        # What is large lies on another host, which must not see what the hub is told.
        self.origin, self._elsewhere = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.method, request.path, request.headers.get("Range", "")))
        self.headers.append(dict(request.headers))
        if request.path.startswith(f"/api/models/{REPOSITORY}"):
            return web.json_response(self._info())
        if request.path.startswith("/cdn/"):
            return await self._content(request, request.path.removeprefix("/cdn/"))
        name = request.path.removeprefix(f"/{REPOSITORY}/resolve/{COMMIT}/")
        if name == request.path or name not in self.files:
            code = "EntryNotFound" if name != request.path else "RepoNotFound"
            return web.Response(status=404, headers={"X-Error-Code": code})
        content = self.files[name]
        digest = hashlib.sha256(content).hexdigest()
        headers = {"X-Repo-Commit": self.commit, "ETag": f'"{_blob(content)}"', "Accept-Ranges": "bytes"}
        if len(content) >= LARGE:
            headers |= {"X-Linked-ETag": f'"{digest}"', "X-Linked-Size": str(len(content))}
            return web.Response(status=302, headers={**headers, "Location": f"{self._elsewhere}/cdn/{name}"})
        if request.method == "HEAD":
            return web.Response(headers={**headers, "Content-Length": str(len(content))})
        return await self._content(request, name, headers)

    async def _content(
        self, request: web.Request, name: str, headers: dict[str, str] | None = None
    ) -> web.StreamResponse:
        content = self.files[name]
        if self.twist is not None and (answer := await self.twist(request, content)) is not None:
            return answer
        start = int(request.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        told = dict(headers or {})
        if start:
            told["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        return web.Response(body=content[start:], status=206 if start else 200, headers=told)

    def _info(self) -> dict[str, object]:
        siblings = []
        for name, content in self.files.items():
            sibling: dict[str, object] = {"rfilename": name, "size": len(content), "blobId": _blob(content)}
            if len(content) >= LARGE:
                digest = hashlib.sha256(content).hexdigest()
                sibling["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 134}
            siblings.append(sibling)
        return {"id": REPOSITORY, "modelId": REPOSITORY, "sha": self.commit, "siblings": siblings}


def _blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
