"""The box that tells, once, of a crash or an unexpected error of the last time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMessageBox, QPushButton

from app.reports import Reports
from app.ui.language import later, tr
from app.ui.notice import box_of

_MORE = later(
    "A report was written: where in the program it happened, and with which versions. It holds nothing of your "
    "requests, and stays on this machine unless you send it on."
)


def tell_of_faults(reports: Reports) -> QMessageBox | None:
    """Opens the box where there is a report that nobody has been told of; copying and looking leave it open."""
    paths = reports.told()
    if not paths:
        return None
    crashed = any("crash" in path.name for path in paths)
    ended, wrong = tr("Anonamoose ended unexpectedly last time."), tr("Something went wrong in Anonamoose last time.")
    box = box_of(None, QMessageBox.Icon.Warning, ended if crashed else wrong, tr(_MORE))
    text = _texts(paths)
    box.setDetailedText(text)
    _staying(box, tr("Copy report"), lambda: QGuiApplication.clipboard().setText(text))
    _staying(box, tr("Open folder"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(reports.folder))))
    delete = box.addButton(tr("Delete"), QMessageBox.ButtonRole.DestructiveRole)
    close = box.addButton(QMessageBox.StandardButton.Close)
    box.setDefaultButton(close)
    box.setEscapeButton(close)

    def closed() -> None:
        if box.clickedButton() is delete:
            for path in paths:
                reports.delete(path)

    box.finished.connect(closed)
    box.open()
    return box


def _staying(box: QMessageBox, name: str, then: Callable[[], object]) -> None:
    """A button that does not close `box`."""
    button = box.addButton(name, QMessageBox.ButtonRole.ActionRole)
    assert isinstance(button, QPushButton)
    button.clicked.disconnect()
    button.clicked.connect(lambda: then())


def _texts(paths: Sequence[Path]) -> str:
    texts = []
    for path in paths:
        try:
            texts.append(path.read_text(encoding="ascii", errors="replace"))
        except OSError:
            continue
    return "\n".join(texts)
