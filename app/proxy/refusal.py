"""Why we answer a request ourselves instead of sending it on."""

from __future__ import annotations

from aiohttp import web

from app.proxy.providers.base import Provider


class Refusal(Exception):
    """A request that was not sent. The client is told in its own dialect, and not to try again.

    `status` is below 500 where trying again cannot help: clients retry 408, 409, 429 and 5xx.
    `title` and `hint` are sentences for a person; neither quotes the request. `retry_after` tells in how many
    seconds trying again may help, 0 that it cannot. `label` is that of the local key it came with, where it has one.
    """

    def __init__(self, status: int, code: str, title: str, hint: str = "", *, retry_after: int = 0) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.label = ""
        self.message = f"Anonamoose: {title} {hint}".strip()


def refused(provider: Provider, refusal: Refusal) -> web.Response:
    """A refusal in the dialect's own shape."""
    headers = {} if refusal.status == 502 else {"x-should-retry": "true" if refusal.retry_after else "false"}
    if refusal.retry_after:
        headers["Retry-After"] = str(refusal.retry_after)
    body = provider.error(refusal.status, refusal.code, refusal.message)
    return web.json_response(body, status=refusal.status, headers=headers)
