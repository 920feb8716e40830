"""`anonamoose demo`: the real proxy between a real client and the practice model, in four panes."""

from __future__ import annotations

import asyncio
import logging

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from app.errors import Exit
from app.example import SAMPLE, TITLES, Example
from app.throwaway import throwaway


class _Panes:
    """How the four texts are shown."""

    def __init__(self, example: Example) -> None:
        self.example = example

    def __rich__(self) -> Group:
        example = self.example
        return Group(
            *(
                Panel(self._marked(text), title=title, title_align="left", border_style="dim")
                for title, text in zip(TITLES, example.texts, strict=True)
            )
        )

    def _marked(self, text: str) -> Text:
        shown = Text(text)
        shown.highlight_words([*self.example.placeholders], "bold green")
        shown.highlight_words([*self.example.values], "bold red")
        return shown

    def plain(self) -> str:
        return "\n\n".join(f"--- {title}\n{text}" for title, text in zip(TITLES, self.example.texts, strict=True))


def demo(text: str | None, *, plain: bool) -> int:
    """Shows one streamed exchange. Needs no network; keeps nothing."""
    logging.getLogger("app").setLevel(logging.CRITICAL)
    console = Console(highlight=False)
    panes = _Panes(Example(text or SAMPLE))
    if plain or not console.is_terminal:
        asyncio.run(_exchange(panes.example))
        print(panes.plain())
        print("\nThe model saw placeholders only; you got your own words back. Nothing left this machine.")
        return Exit.OK
    with Live(panes, console=console, refresh_per_second=20):
        asyncio.run(_exchange(panes.example))
    console.print("The model saw [bold green]placeholders[/] only; you got your own words back.")
    console.print("Try your own tool: run [bold]anonamoose[/] and use http://localhost:3000/demo/v1 as its base URL.")
    return Exit.OK


async def _exchange(example: Example) -> None:
    async with throwaway() as application:
        await example.run(application, lambda: None)
