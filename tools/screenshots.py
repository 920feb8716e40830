"""Pictures of every window, for the documentation and for looking at: python tools/screenshots.py

Runs the real app on a throw-away data folder and sends it requests that the practice model answers.
Without a display it draws offscreen. On an X display with a tray it also takes the tray with its menu
(xvfb-run, openbox and trayer will do). `--dark` draws in dark colours, `--scale 2` for dense screens.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.ui.bridge import Bridge
    from app.ui.desktop import Desktop
    from app.ui.dictionary import Dictionary
    from app.ui.inspector import Inspector
    from app.ui.shell import Shell

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

ASKED = (
    "Draft a short, friendly reply to Jane Roe (jane.roe@example.com, phone 02 5550 1234). She manages "
    "Project Osprey at Example Freight in Newcastle, and her card 4111 1111 1111 1111 was charged twice."
)
CLIENTS = (
    ("OpenAI/Python 2.8.1", "/demo/v1/chat/completions", "Summarise: the meeting moved to Tuesday."),
    ("OpenAI/JS 6.1.0", "/demo/v1/chat/completions", "Is 192.168.7.21 the printer, and who is Ravi Patel?"),
    ("curl/8.5.0", "/demo/v1/messages", "Translate into French: Project Osprey starts on Monday."),
    ("OpenAI/Python 2.8.1", "/demo/v1/chat/completions", ASKED),
)


def main() -> None:
    """Parses the command line and takes the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--port", type=int, default=3000)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--scale", default="1")
    arguments = parser.parse_args()
    if not os.environ.get("DISPLAY"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = arguments.scale
    arguments.out.mkdir(parents=True, exist_ok=True)

    from app.ui.loop import new_loop
    from app.ui.shell import Shell

    shell = Shell(sys.argv[:1])
    shell.setStyle("Fusion")
    loop = new_loop(shell)
    asyncio.set_event_loop(loop)
    with loop, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        loop.run_until_complete(_take(shell, Path(folder), arguments.out, arguments.port, arguments.dark))


async def _take(shell: Shell, folder: Path, out: Path, port: int, dark: bool) -> None:
    from app.application import Application
    from app.events import EventBus
    from app.pipeline.terms import Term
    from app.settings import DECLARED
    from app.settings_store import SettingsStore
    from app.state import Protection
    from app.ui.desktop import Desktop

    bus = EventBus()
    # A file for the key: the keyring of whoever runs this is none of our business.
    os.environ["ANONAMOOSE_VAULT_KEY"] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    flags: dict[str, object] = {"data_dir": folder, "notifications": False}
    if port != DECLARED["port"].default:
        flags["port"] = port  # its row in the settings then says that it is fixed
    store = SettingsStore(flags, {}, bus)
    store.update({"theme": "dark" if dark else "light", "welcome": False})
    application = Application(store, bus)
    desktop = Desktop(application, shell, patience=3_600_000)
    desktop.show()
    await application.start()
    try:
        while application.state.protection is Protection.STARTING:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        await application.terms.add(
            [
                Term("Project Osprey", "PROJECT"),
                Term("Example Freight", "ORGANIZATION", replacement="Sample Logistics"),
                Term("OSP", case_sensitive=True),
                Term("Jane Roe", "PERSON"),
                Term("blue-heron-17", "SECRET", whole_word=False, enabled=False),
                Term("support@example.com", "", kind="allowed"),
                Term("Newcastle", "LOCATION", kind="allowed"),
                Term(r"EMP-\d{5}", "EMPLOYEE", kind="pattern"),
                Term(r"ticket\s{1,3}#?(\d{4,8})", "TICKET", kind="pattern", first_group=True),
            ]
        )
        await _ask(application.base_url.removesuffix("/v1"))
        await asyncio.sleep(0.5)
        await _pictures(desktop, out)
    finally:
        await desktop.close()
        await application.stop()


async def _ask(origin: str, requests: Sequence[tuple[str, str, str]] = CLIENTS) -> None:
    import aiohttp

    async with aiohttp.ClientSession() as client:
        for agent, path, text in requests:
            body = {
                "model": "practice",
                "max_tokens": 500,
                "messages": [{"role": "system", "content": "You are helpful."}, {"role": "user", "content": text}],
            }
            headers = {"User-Agent": agent, "Authorization": "Bearer example", "x-api-key": "example"}
            async with client.post(origin + path, json=body, headers=headers) as answer:
                await answer.read()


async def _pictures(desktop: Desktop, out: Path) -> None:
    settings = desktop.open_settings()
    dictionary = desktop.open_dictionary()
    desktop.open_main()
    inspector = desktop.open_inspector()
    await asyncio.sleep(0.5)
    assert dictionary is not None
    desktop.tray.menu.adjustSize()
    for name, window in (
        ("inspector", inspector),
        ("dictionary", dictionary),
        ("settings", settings),
        ("main", desktop.main),
        ("menu", desktop.tray.menu),
    ):
        window.grab().save(str(out / f"{name}.png"))
    await _pages(dictionary, out)
    await _ways(desktop, out)
    await _reviewed(inspector, out)
    await _review_picture(desktop, out)
    await _import_picture(dictionary, out)
    await _try_picture(desktop, out)
    await _box_pictures(desktop.bridge, out)
    if desktop.tray.is_available():
        await _tray_picture(desktop, out)


async def _ways(desktop: Desktop, out: Path) -> None:
    """The first steps, the ways to connect, the figures, and pages of the settings that do more than store."""
    first = desktop.open_first_run()
    first.showing.send.click()
    connect, dashboard, settings = desktop.open_connect(), desktop.open_dashboard(), desktop.open_settings()
    await desktop.tasks.finish()
    await asyncio.sleep(0.5)
    assert dashboard is not None
    for name, window in (("first-steps", first), ("connect", connect), ("dashboard", dashboard)):
        window.grab().save(str(out / f"{name}.png"))
    for page in ("Entities", "Models", "Keys", "Access"):
        settings.open_page(page)
        await desktop.tasks.finish()
        await asyncio.sleep(0.3)
        settings.grab().save(str(out / f"settings-{page.lower()}.png"))
    settings.open_page("Protection")
    first.close()


async def _review_picture(desktop: Desktop, out: Path) -> None:
    """A request that waits, with a span that goes as it is."""
    from PySide6.QtCore import Qt

    application = desktop._application
    application.settings.update({"review": "all", "review-as-is": True})
    asking = asyncio.ensure_future(_ask(application.base_url.removesuffix("/v1"), CLIENTS[-2:]))
    window = desktop.open_review()
    for number in range(2):
        while not window.spot_model.rowCount() or not window.send.isEnabled():  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        if number == 1:
            window.spots.setCurrentIndex(window.spot_model.index(1))
            window.spot_model.setData(window.spot_model.index(1), 0, Qt.ItemDataRole.CheckStateRole)
            await asyncio.sleep(1)
            window.grab().save(str(out / "review.png"))
            desktop.actions.refresh()
            desktop.tray.menu.adjustSize()
        window.send.click()
        await asyncio.sleep(0.5)
    await asking
    application.settings.update({"review": "off", "review-as-is": False})
    window.hide()


async def _pages(dictionary: Dictionary, out: Path) -> None:
    """The dictionary's other pages."""
    trial = dictionary.patterns.trial
    assert trial is not None
    trial.sample.setPlainText("Ask EMP-20417 and emp-88120 about ticket #73105.\nTheir room is EMP-3.")
    dictionary.patterns.entry.text.setText(r"EMP-\d{5}")
    for number, name in ((1, "allowed"), (2, "patterns")):
        dictionary.tabs.setCurrentIndex(number)
        await asyncio.sleep(0.5)
        dictionary.grab().save(str(out / f"{name}.png"))
    dictionary.patterns.entry.reset()
    dictionary.tabs.setCurrentIndex(0)


async def _reviewed(inspector: Inspector, out: Path) -> None:
    """The inspector with originals, after a correction; its answer; and what it says of a request that was refused."""
    view = inspector.view
    inspector.originals.setChecked(True)
    view.step(1)
    view.actions_of_span.never.trigger()
    await asyncio.sleep(0.5)
    inspector.grab().save(str(out / "inspector-originals.png"))
    view.bar.undo.emit()
    await asyncio.sleep(0.5)
    view.bar.tell("", False)
    view.choose(view.model.rowCount() - 1, 2)
    await asyncio.sleep(0.5)
    inspector.grab().save(str(out / "inspector-answer.png"))
    inspector.filters.search.setText("osprey")
    await asyncio.sleep(0.8)
    inspector.table.selectRow(1)
    await asyncio.sleep(0.5)
    inspector.grab().save(str(out / "inspector-search.png"))
    inspector.filters.search.clear()
    inspector.originals.setChecked(False)


async def _import_picture(dictionary: Dictionary, out: Path) -> None:
    page = dictionary.terms
    page.paste.click()
    window = page.importing
    assert window is not None
    window.paste("text,entity\nProject Osprey,PROJECT\nOSP,PROJECT\nProject Kestrel,PROJECT\nWill,PERSON\nQuoll,1!\n")
    while window.model.rowCount() < 5:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    window.grab().save(str(out / "import.png"))
    window.close()


async def _try_picture(desktop: Desktop, out: Path) -> None:
    window = desktop.open_try()
    window.text.setPlainText(ASKED)
    while window.result is None:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    window.answer.setPlainText(f"I would write:\n\n{window.sent.toPlainText()}")
    await asyncio.sleep(0.3)
    window.grab().save(str(out / "try.png"))


async def _box_pictures(bridge: Bridge, out: Path) -> None:
    """The boxes of a bad day: after a crash, for a port that is taken, while answers still arrive."""
    from app.errors import PortTaken
    from app.reports import Reports
    from app.ui.fault_box import tell_of_faults
    from app.ui.port_box import port_box
    from app.ui.quit_box import quit_box

    title = "Port 3000 is taken by another program (node, process 4711)."
    hint = "Close that program, or start this one with --port 3001, which is free."
    port, _ = port_box(PortTaken(title, hint, port=3000, free=3001), can_keep=True)
    with tempfile.TemporaryDirectory() as folder:
        reports = Reports(Path(folder))
        reports.write("crash", "A fatal error (Aborted) in the program\n", is_told=False)
        crash = tell_of_faults(reports)
    before = set(bridge.running)
    bridge.running |= {-1, -2}
    quitting = quit_box(bridge, 10, lambda: None)
    for name, box in (("crash", crash), ("port", port), ("quitting", quitting)):
        assert box is not None
        await asyncio.sleep(0.3)
        box.grab().save(str(out / f"{name}.png"))
        box.close()
    bridge.running.clear()
    bridge.running |= before


async def _tray_picture(desktop: Desktop, out: Path) -> None:
    desktop.hide()
    await asyncio.sleep(0.5)
    at = desktop.tray.icon.geometry()
    desktop.tray.menu.popup(at.bottomLeft())
    await asyncio.sleep(0.7)
    shown = desktop.tray.menu.geometry().united(at).intersected(desktop.tray.menu.screen().geometry())
    around = shown.adjusted(-24, -4, 24, 24).intersected(desktop.tray.menu.screen().geometry())
    picture = desktop.tray.menu.screen().grabWindow(0, around.x(), around.y(), around.width(), around.height())
    picture.save(str(out / "tray.png"))
    desktop.tray.menu.close()


if __name__ == "__main__":
    main()
