"""One exchange with the practice model, through the app that runs: to show what becomes of a text."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp

from app.application import Application
from app.errors import Exit, UserError
from app.proxy.exchange import Exchange
from app.proxy.sse import Decoder

#: Made up, and of several kinds.
SAMPLE = (
    "Please write to Priya Raman (priya.raman@example.com, 0412 345 678) at Harbour Dental in Wollongong: "
    "her Medicare card is 2123 45670 1 and her invoice went to TFN 123 456 782."
)
TITLES = ("What you sent", "What left this machine", "What came back", "What you got")
_AGENT = "Anonamoose"


@dataclass(slots=True)
class Example:
    """The four texts of an exchange, under TITLES; `values` and `placeholders`, each with its entity, stand in them."""

    sent: str
    left: str = ""
    came_back: str = ""
    got: str = ""
    values: dict[str, str] = field(default_factory=dict)
    placeholders: dict[str, str] = field(default_factory=dict)

    @property
    def texts(self) -> tuple[str, str, str, str]:
        return self.sent, self.left, self.came_back, self.got

    async def run(self, application: Application, changed: Callable[[], None]) -> None:
        """Sends the text, and calls `changed` as the answer comes in. Raises UserError when it is refused."""
        body = {"model": "practice", "stream": True, "messages": [{"role": "user", "content": self.sent}]}
        url = f"{application.base_url.removesuffix('/v1')}/demo/v1/chat/completions"
        headers = {"User-Agent": _AGENT}
        async with aiohttp.ClientSession() as client, client.post(url, json=body, headers=headers) as response:
            if response.status != 200:
                raise UserError((await response.json())["error"]["message"], code=Exit.UNAVAILABLE)
            exchange = next((e for e in reversed([*application.exchanges]) if e.client == _AGENT), None)
            self._redacted(exchange)
            decoder = Decoder()
            async for chunk in response.content.iter_any():
                self.got += "".join(_delta(event.data) for event in decoder.feed(chunk))
                self.came_back = exchange.came_back if exchange else ""
                changed()

    def _redacted(self, exchange: Exchange | None) -> None:
        if exchange is not None and exchange.sent is not None:
            self.left = json.loads(exchange.sent.text)["messages"][-1]["content"]
            self.values = {r.finding.value: r.finding.entity for r in exchange.sent.replacements}
            self.placeholders = {r.placeholder: r.finding.entity for r in exchange.sent.replacements}


def _delta(data: str | None) -> str:
    if data is None or data == "[DONE]":
        return ""
    return json.loads(data)["choices"][0]["delta"].get("content") or ""
