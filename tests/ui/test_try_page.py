"""The Try-it window and the clipboard, with detection in its own process."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QColor, QGuiApplication, QImage

from app.scratch import CLIPBOARD
from app.store.sealing import Seal
from app.store.vault import Vault
from app.ui.desktop import Desktop
from app.ui.try_page import TryPage
from tests.ui.staging import Staged, on_loop, until

MAIL = "Write to jane@example.com or 198.51.100.7."


@asynccontextmanager
async def detecting(application: Staged) -> AsyncIterator[None]:
    application.worker.start(frozenset({"patterns"}))
    try:
        yield
    finally:
        await application.worker.stop()


@pytest.fixture
def application(tmp_path: Path) -> Staged:
    application = Staged(tmp_path / "data", ner=False, names=False)
    application.vault = Vault(application.database, Seal(bytes(32)), 24)
    return application


async def typed(page: TryPage, text: str) -> None:
    page.text.setPlainText(text)
    await until(lambda: page.result is not None and page.result.original == text, 30)


@on_loop
async def test_a_text_is_redacted_as_it_is_typed_and_its_answer_restored(desktop: Desktop, application: Staged) -> None:
    async with detecting(application):
        page = desktop.open_try()
        assert not page.copy.isEnabled()
        await typed(page, MAIL)
        assert "jane" not in page.sent.toPlainText() and "2 values hidden" in page.sent_note.text()
        marked = [mark.cursor.selectedText() for mark in page.text.extraSelections()]
        assert marked == ["jane@example.com", "198.51.100.7"]
        first = page.sent.toPlainText()
        page.copy.click()
        assert QGuiApplication.clipboard().text() == first
        await typed(page, "Only joe@example.org now")
        page.answer.setPlainText(f"Answer: {first}")
        assert page.restored.toPlainText() == f"Answer: {MAIL}"
        assert page.back_note.text() == "2 values restored"
        await typed(page, MAIL)
        assert page.sent.toPlainText() == first  # a value keeps its placeholder
        page.new.click()
        assert page.restored.toPlainText() == page.sent.toPlainText() == ""
        page.answer.setPlainText(first)
        assert page.restored.toPlainText() == first  # nobody knows it now


@on_loop
async def test_what_is_being_changed_cannot_be_copied(desktop: Desktop, application: Staged) -> None:
    async with detecting(application):
        page = desktop.open_try()
        await typed(page, MAIL)
        page.text.setPlainText(MAIL + " And joe@example.org")
        assert not page.copy.isEnabled() and page.sent.toPlainText() == ""
        await until(page.copy.isEnabled, 30)
        assert "joe" not in page.sent.toPlainText()


def word(text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", f'<w:p xmlns:w="w"><w:t>{text}</w:t></w:p>')
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "holds"),
    [
        ("a.md", MAIL.encode(), MAIL),
        ("a.csv", MAIL.encode("utf-16"), MAIL),
        ("a.docx", word(MAIL), MAIL),
        ("a.eml", b"From: Jo <jo@example.com>\r\nSubject: Hello\r\n\r\nWrite soon.\r\n", "From: Jo <jo@example.com>"),
    ],
)
@on_loop
async def test_a_dropped_file_is_opened(
    desktop: Desktop, application: Staged, tmp_path: Path, name: str, content: bytes, holds: str
) -> None:
    async with detecting(application):
        page = desktop.open_try()
        (tmp_path / name).write_bytes(content)
        dropped = QMimeData()
        dropped.setUrls([QUrl.fromLocalFile(str(tmp_path / name))])
        page.text.insertFromMimeData(dropped)
        await until(lambda: holds in page.text.toPlainText())
        await until(page.copy.isEnabled, 30)
        assert "example.com" not in page.sent.toPlainText()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"\xff\xfe\xff" * 5, "UTF-8"),
        ("a.pdf", b"%PDF-1.7\nnothing", "No text can be read in this file (PDF)"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "No text can be read in this file (PNG)"),
        ("a.bin", b"a\0b", "no text"),
        (".", b"", "no file"),
    ],
)
@on_loop
async def test_a_file_that_cannot_be_tried_says_why(
    desktop: Desktop, application: Staged, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    page = desktop.open_try()
    if content:
        (tmp_path / name).write_bytes(content)
    page.open_file(tmp_path / name)
    await until(page.complaint.isVisible)
    assert said in page.complaint.text()
    assert page.text.toPlainText() == ""


@on_loop
async def test_a_file_too_large_is_not_even_read(desktop: Desktop, application: Staged, tmp_path: Path) -> None:
    page = desktop.open_try()
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(50_000_000)
    page.open_file(tmp_path / "a.txt")
    await until(page.complaint.isVisible)
    assert page.complaint.text() == "The file has 50 MB; up to 20 MB can be tried here."


@on_loop
async def test_without_detection_nothing_can_be_copied(desktop: Desktop, application: Staged) -> None:
    page = desktop.open_try()
    page.text.setPlainText(MAIL)
    await until(page.complaint.isVisible)
    assert "Detection cannot run" in page.complaint.text()
    assert not page.copy.isEnabled() and page.sent.toPlainText() == ""


@on_loop
async def test_the_clipboard_is_redacted_and_restored(desktop: Desktop, application: Staged) -> None:
    said: list[str] = []
    desktop.clipboard.told.connect(said.append)
    clipboard = QGuiApplication.clipboard()
    async with detecting(application):
        clipboard.setText(MAIL)
        desktop.actions.redact.trigger()
        await until(lambda: said, 30)
        assert said == ["2 values hidden in the clipboard."]
        hidden = clipboard.text()
        assert "example.com" not in hidden
        again = await Vault(application.database, Seal(bytes(32)), 24).session(CLIPBOARD)
        assert len(again) == 2  # on disk before it was given out
        desktop.actions.restore.trigger()
        await until(lambda: len(said) == 2)
        assert clipboard.text() == MAIL and said[1] == "2 values restored in the clipboard."


@on_loop
async def test_a_clipboard_without_text_is_left_alone(desktop: Desktop, application: Staged) -> None:
    said: list[str] = []
    desktop.clipboard.told.connect(said.append)
    image = QImage(2, 2, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    QGuiApplication.clipboard().setImage(image)
    desktop.actions.redact.trigger()
    assert "no text" in said[0]
    assert QGuiApplication.clipboard().mimeData().hasImage()


@on_loop
async def test_a_clipboard_that_cannot_be_redacted_stays(desktop: Desktop, application: Staged) -> None:
    said: list[str] = []
    desktop.clipboard.told.connect(said.append)
    QGuiApplication.clipboard().setText(MAIL)
    desktop.actions.redact.trigger()
    await until(lambda: said)
    assert "left as it was" in said[0] and "jane" not in said[0]
    assert QGuiApplication.clipboard().text() == MAIL
