"""How long the windows stand still while the dictionary holds, opens and takes in very many terms."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt

from app.state import Protection
from app.throwaway import throwaway
from app.ui.shell import Shell
from tools.frames.beat import Beat


async def measure(shell: Shell, terms: int) -> None:
    """Prints a line for each thing that was done."""
    from app.ui.desktop import Desktop
    from app.ui.garbage import Garbage

    logging.disable(logging.WARNING)
    async with throwaway(ner=False) as application:
        while application.state.protection is Protection.STARTING:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        desktop = Desktop(application, shell, patience=3_600_000)
        garbage = Garbage(desktop.is_busy)
        beat = Beat()

        async def done(what: str, act: Callable[[], object], until: Callable[[], bool]) -> None:
            await asyncio.sleep(0.5)
            beat.begin()
            began = time.perf_counter()
            act()
            while not until():  # noqa: ASYNC110  (windows have no events to wait for)
                await asyncio.sleep(0.01)
            took = time.perf_counter() - began
            await asyncio.sleep(0.5)  # what follows it
            gaps = beat.stop()
            print(
                f"{what:34} {took * 1000:6.0f} ms; longest gap {gaps.longest:5.0f} ms, without waiting for a core "
                f"{gaps.unhindered:4.0f}, computing {gaps.busiest:4.0f}",
                flush=True,
            )

        store = application.terms
        window = desktop.open_dictionary()
        assert window is not None
        page = window.terms
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "terms.csv")
            lines = "".join(f"Project Osprey {n}\n" for n in range(terms))
            await asyncio.to_thread(file.write_text, f"text\n{lines}", encoding="utf-8")
            await done(
                "a file is read",
                lambda: page.import_file(file),
                lambda: page.importing is not None and page.importing.take.isEnabled(),
            )
            assert page.importing is not None
            await done("its terms are added", page.importing.take.click, lambda: page.model.total == terms)
        await done("searched", lambda: page.search.setText("99"), lambda: page.model.rowCount() < terms)
        await done("all again", page.search.clear, lambda: page.model.rowCount() == terms)
        text = page.model.column("text")
        first = page.model.id(0)
        down = Qt.SortOrder.DescendingOrder
        await done("sorted", lambda: page.table.sortByColumn(text, down), lambda: page.model.id(0) != first)
        second = Desktop(application, shell, patience=3_600_000)

        def is_full() -> bool:
            found = second.open_dictionary()
            return found is not None and found.terms.model.total == terms

        await done("opened", second.open_dictionary, is_full)
        await second.close()
        await done("undone", window.history.undo, lambda: len(store) == 0)
        garbage.close()
        await desktop.close()
