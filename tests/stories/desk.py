"""The app on a screen, and whoever sits at it: what they see, and which keys they press."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from app.store.access import new_token
from app.ui.theme import mark_colour
from tests.fakes import PATIENCE, FakeUpstream
from tests.stores import free_port
from tests.stories.screen import MORTAL, Area, Screen, Seen, end_group

#: How long a key may take to show its effect before it counts as lost (seconds), and between two looks.
_LOST, _LOOK = 5.0, 0.05
#: A folder for pictures of the screen, where somebody wants to look at it.
PICTURES = "STORY_PICTURES"
#: Windows that are smaller are icons in the tray, or no windows at all.
_SMALL = 60
#: The margin of a window in which its frame, or another program's, may be drawn (pixels).
_FRAME = 30
_COMMAND = (sys.executable, "-X", "utf8", "-W", "error::ResourceWarning", "-m", "app.cli")
_CLIPBOARD = """
import sys
from PySide6.QtGui import QGuiApplication
app = QGuiApplication([])
sys.stdout.write(app.clipboard().text())
"""
Condition = Callable[[], Awaitable[object]]


async def until(condition: Condition, what: str, seconds: float = PATIENCE) -> None:
    """Waits until `condition` holds; fails, and says `what` was waited for, when it never does."""
    if not await _comes(condition, seconds):
        raise AssertionError(f"in {seconds:g} s it did not happen that {what}")


async def _comes(condition: Condition, seconds: float) -> bool:
    began = time.monotonic()
    while not await condition():
        if time.monotonic() - began > seconds:
            return False
        await asyncio.sleep(_LOOK)
    return True


class Desk:
    """One running app, its tray icon and its windows; `api` asks it as a program would."""

    def __init__(
        self, screen: Screen, process: asyncio.subprocess.Process, port: int, http: aiohttp.ClientSession, folder: Path
    ) -> None:
        self.screen = screen
        self.process = process
        self.origin = f"http://127.0.0.1:{port}"
        self._http = http
        self._folder = folder
        self._menu = ""

    async def api(self, method: str, path: str, body: object = None) -> Any:
        """What the management API answers."""
        async with self._http.request(method, f"{self.origin}/api/v1{path}", json=body) as answer:
            told = await answer.json()
            assert answer.status < 300, f"{method} {path}: {told}"
            return told

    async def setting(self, name: str) -> object:
        return (await self.api("GET", f"/settings/{name}"))["value"]

    async def protection(self) -> str:
        """What happens to a request now."""
        return str((await self.api("GET", "/protection"))["protection"])

    async def answers(self) -> bool:
        """Whether it takes requests, and looks through them."""
        assert self.process.returncode is None, f"the app has ended: {self.log}"
        try:
            return await self.protection() not in ("starting", "broken")
        except aiohttp.ClientConnectionError:
            return False

    @property
    def log(self) -> str:
        """What it has printed."""
        return (self._folder / "log").read_text(encoding="utf-8")

    # -- what is seen

    async def picture(self, name: str) -> None:
        """Keeps a picture of the screen where pictures are wanted."""
        if folder := os.environ.get(PICTURES):
            await asyncio.sleep(0.5)  # for those who look: until what was asked for last is drawn
            self.screen.save(Path(folder, f"{name}.png"))

    async def windows(self, title: str) -> list[Seen]:
        """The windows of the app whose titles are as the expression says, the newest last."""
        seen = await self.screen.windows("anonamoose")
        return [one for one in seen if one.is_framed and re.search(title, one.title)]

    async def window(self, title: str) -> Seen:
        """The newest of them, as soon as there is one."""
        found: list[Seen] = []

        async def is_there() -> bool:
            found[:] = await self.windows(title)
            return bool(found)

        await until(is_there, f"a window “{title}” opens")
        return found[-1]

    async def icon(self) -> Area | None:
        """Where its icon in the tray is, None while there is none."""
        seen = await self.screen.windows("anonamoose")
        return next((one.area for one in seen if 1 < max(one.area[2:]) <= _SMALL), None)

    async def _menus(self) -> set[str]:
        """The ids of menus, and of balloons."""
        seen = await self.screen.windows("anonamoose")
        return {one.id for one in seen if not one.is_framed and min(one.area[2:]) > _SMALL}

    async def gone(self, title: str) -> None:
        """Waits until no window has such a title."""

        async def none() -> bool:
            return not await self.windows(title)

        await until(none, f"“{title}” closes")

    async def inside(self, title: str) -> Area:
        """What a window shows, without its frame."""
        x, y, width, height = (await self.window(title)).area
        return x, y, width, height - _FRAME

    async def shows(self, mark: str, where: Area | None) -> bool:
        """Whether the mark of that name is to be seen there, by its colour."""
        return where is not None and self.screen.count(mark_colour(mark, False).rgb() & 0xFFFFFF, where) > 0

    async def icon_shows(self, mark: str) -> bool:
        return await self.shows(mark, await self.icon())

    # -- what is done

    async def press(self, title: str, *keys: str, until: Condition) -> None:
        """Presses keys in a window; again, where they seem to have been lost."""

        async def strike() -> None:
            found = await self.windows(title)
            if found and await self._activate(found[-1].id):
                await self.screen.do("key", "--clearmodifiers", "--delay", "30", *keys)

        await self._repeat(strike, until, f"{' '.join(keys)} in “{title}” does something")

    async def type(self, title: str, text: str) -> None:
        """Types `text` into what has the focus in a window."""
        await self._activate((await self.window(title)).id)
        await self.screen.do("type", "--clearmodifiers", "--delay", "30", text)

    async def menu(self, *keys: str, until: Condition) -> None:
        """Opens the menu of the icon and presses keys in it; again, where they seem to have been lost."""

        async def strike() -> None:
            if await self.open_menu():
                await self.screen.do("key", "--clearmodifiers", "--delay", "30", *keys)

        await self._repeat(strike, until, f"{' '.join(keys)} in the menu does something")

    async def open_menu(self) -> bool:
        """Whether a click with the right button on the icon has opened its menu."""
        await self.close_menu()  # it may be open still, and opens as the same window
        before = await self._menus()

        async def is_there() -> bool:
            self._menu = next(iter(await self._menus() - before), "")
            return bool(self._menu)

        return await self._click("3", is_there)

    async def click(self, *, until: Condition) -> None:
        """A click with the left button on the icon."""

        async def strike() -> None:
            await self._click("1", until)

        await self._repeat(strike, until, "a click on the icon does something")

    async def close_menu(self) -> None:
        """Leaves the menu without choosing anything."""

        async def none() -> bool:
            return self._menu not in await self._menus()

        async def strike() -> None:
            await self.screen.do("key", "Escape")

        await self._repeat(strike, none, "the menu closes")

    async def _click(self, button: str, effect: Condition) -> bool:
        await until(self.icon, "the icon is in the tray")
        area = await self.icon()
        if area is None:
            return False
        x, y, width, height = area
        await self.screen.do("mousemove", str(x + width // 2), str(y + height // 2), "click", button)
        return await _comes(effect, _LOST)

    async def _activate(self, window: str) -> bool:
        async def is_active() -> bool:
            return await self.screen.do("getactivewindow") == window

        if not await is_active():
            await self.screen.do("windowactivate", window)
        return await _comes(is_active, _LOST)

    async def _repeat(self, strike: Callable[[], Awaitable[None]], effect: Condition, what: str) -> None:
        began = time.monotonic()
        done = await effect()
        while not done:
            assert time.monotonic() - began < PATIENCE, f"in {PATIENCE:g} s it did not happen that {what}"
            await strike()
            done = await _comes(effect, _LOST)

    async def clipboard(self) -> str:
        """The text in it."""
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _CLIPBOARD),
            env={**self.screen.environ, "QT_QPA_PLATFORM": "xcb"},
            stdout=subprocess.PIPE,
        )
        try:
            said, _ = await asyncio.wait_for(program.communicate(), PATIENCE)
        finally:
            if program.returncode is None:
                program.kill()
        return said.decode()

    async def ends(self) -> int:
        """Its exit status, as soon as it has ended."""
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()


@asynccontextmanager
async def sitting(screen: Screen, folder: Path, upstream: FakeUpstream, *flags: str) -> AsyncIterator[Desk]:
    """Starts the app, and waits until it protects and its icon is there; ends it with all that it started."""
    port, token = free_port(), new_token()
    given = ["--data-dir", str(folder / "data"), "--host", "127.0.0.1", "--port", str(port), "--drain", "60"]
    given += ["--openai-upstream", upstream.origin, "--anthropic-upstream", upstream.origin, "--no-ner"]
    environ: Mapping[str, str] = {**screen.environ, "ANONAMOOSE_ACCESS_TOKEN": token}
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(*MORTAL, *_COMMAND, *given, *flags), env=environ, stdout=log, stderr=log, start_new_session=True
        )
    try:
        async with aiohttp.ClientSession(headers={"X-Anonamoose-Token": token}) as http:
            desk = Desk(screen, process, port, http, folder)
            await until(desk.answers, "the app answers")
            await until(desk.icon, "the icon is in the tray")
            yield desk
    finally:
        end_group(process.pid)
        async with asyncio.timeout(PATIENCE):
            await process.wait()
    assert "Traceback" not in desk.log
    assert "ERROR" not in desk.log
