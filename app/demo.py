"""`anonamoose demo`: the real proxy between a real client and the practice model, in four panes."""

from __future__ import annotations

import asyncio
import json
import logging
import re

import aiohttp
from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from app.errors import Exit, UserError
from app.proxy.exchange import Exchange
from app.proxy.sse import Decoder
from app.throwaway import throwaway

_SAMPLE = (
    "Please write to Priya Raman (priya.raman@example.com, 0412 345 678) at Harbour Dental in Wollongong: "
    "her Medicare card is 2123 45670 1 and her invoice went to TFN 123 456 782."
)
_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z0-9_]*_\d{4,9}\]")
_TITLES = ("What you sent", "What left this machine", "What came back", "What you got")


class _Panes:
    """The four texts, and how they are shown."""

    def __init__(self) -> None:
        self.texts = [""] * 4
        self.values: list[str] = []

    def __rich__(self) -> Group:
        colours = ("red", "green", "green", "red")
        return Group(
            *(
                Panel(self._marked(text, colour), title=title, title_align="left", border_style="dim")
                for title, text, colour in zip(_TITLES, self.texts, colours, strict=True)
            )
        )

    def _marked(self, text: str, colour: str) -> Text:
        shown = Text(text)
        shown.highlight_regex(_PLACEHOLDER, "bold green")
        if colour == "red":
            for value in self.values:
                shown.highlight_words([value], "bold red")
        return shown

    def plain(self) -> str:
        return "\n\n".join(f"--- {title}\n{text}" for title, text in zip(_TITLES, self.texts, strict=True))


def demo(text: str | None, *, plain: bool) -> int:
    """Shows one streamed exchange. Needs no network; keeps nothing."""
    logging.getLogger("app").setLevel(logging.CRITICAL)
    console = Console(highlight=False)
    panes = _Panes()
    panes.texts[0] = text or _SAMPLE
    if plain or not console.is_terminal:
        asyncio.run(_exchange(panes))
        print(panes.plain())
        print("\nThe model saw placeholders only; you got your own words back. Nothing left this machine.")
        return Exit.OK
    with Live(panes, console=console, refresh_per_second=20):
        asyncio.run(_exchange(panes))
    console.print("The model saw [bold green]placeholders[/] only; you got your own words back.")
    console.print("Try your own tool: run [bold]anonamoose[/] and use http://localhost:3000/demo/v1 as its base URL.")
    return Exit.OK


async def _exchange(panes: _Panes) -> None:
    async with throwaway() as application:
        body = {"model": "practice", "stream": True, "messages": [{"role": "user", "content": panes.texts[0]}]}
        url = f"{application.base_url.removesuffix('/v1')}/demo/v1/chat/completions"
        async with aiohttp.ClientSession() as client, client.post(url, json=body) as response:
            if response.status != 200:
                raise UserError((await response.json())["error"]["message"], code=Exit.UNAVAILABLE)
            exchange = next(iter(application.exchanges))
            _show_request(panes, exchange)
            decoder = Decoder()
            async for chunk in response.content.iter_any():
                panes.texts[3] += "".join(_delta(event.data) for event in decoder.feed(chunk))
                panes.texts[2] = exchange.came_back


def _show_request(panes: _Panes, exchange: Exchange) -> None:
    if exchange.sent is not None:
        panes.values = [r.finding.value for r in exchange.sent.replacements]
        panes.texts[1] = json.loads(exchange.sent.text)["messages"][-1]["content"]


def _delta(data: str | None) -> str:
    if data is None or data == "[DONE]":
        return ""
    return json.loads(data)["choices"][0]["delta"].get("content") or ""
