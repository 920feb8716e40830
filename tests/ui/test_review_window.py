"""Review before sending: what is shown, what can be changed, and that no stray key decides."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QAbstractItemModelTester, QTest

from app.pipeline.draft import Changes
from app.proxy.refusal import Refusal
from app.ui.desktop import Desktop
from app.ui.review_window import ReviewWindow
from tests.ui.staging import Staged, on_loop, until

JANE, BOB = "jane@example.com", "bob@example.com"


async def opened(desktop: Desktop, application: Staged, *texts: str) -> ReviewWindow:
    for text in texts or ("Write to jane@example.com, or to bob@example.com.",):
        await application.wait(text)
    window = desktop.open_review()
    await until(lambda: window.spot_model.rowCount() and window.send.isEnabled(), 30)
    return window


def texts(window: ReviewWindow) -> tuple[str, str]:
    return window.before.view.toPlainText(), window.after.view.toPlainText()


def select(window: ReviewWindow, text: str) -> None:
    view = window.before.view
    at = view.toPlainText().index(text)
    wide = len(view.toPlainText()[:at].encode("utf-16-le")) // 2
    cursor = view.textCursor()
    cursor.setPosition(wide)
    cursor.setPosition(wide + len(text), QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)


async def decided(application: Staged) -> Changes:
    (future,) = application.decided.values()
    return await future


@on_loop
async def test_it_comes_to_the_front_and_shows_both_sides(desktop: Desktop, application: Staged) -> None:
    await application.wait()
    window = desktop._windows[ReviewWindow]
    assert isinstance(window, ReviewWindow) and window.isVisible()
    await until(lambda: window.spot_model.rowCount() == 2, 30)
    before, after = texts(window)
    assert JANE in before and JANE not in after and "[EMAIL_" in after
    assert [text for text, _ in window.before.view.marked] == [JANE, BOB]
    assert "example/1.0" in window.head.text() and "refused if nobody decides" in window.left.text()


@on_loop
async def test_nothing_can_be_decided_at_once(desktop: Desktop, application: Staged) -> None:
    await application.wait()
    window = desktop.open_review()
    assert not (window.send.isEnabled() or window.refuse.isEnabled() or window.as_is.isEnabled())
    for keys in (Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Enter):
        QTest.keyClick(window, keys, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window, Qt.Key.Key_Delete)
    assert len(application.review.waiting) == 1 and not application.review.waiting[0].verdict.done()
    await until(lambda: window.send.isEnabled(), 30)


@on_loop
async def test_return_and_space_alone_never_send(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application)
    window.spots.setFocus()
    for widget in (window, window.spots, window.queue, window.before.view):
        QTest.keyClick(widget, Qt.Key.Key_Return)
        QTest.keyClick(widget, Qt.Key.Key_Enter)
    assert not application.review.waiting[0].verdict.done()


@on_loop
async def test_control_and_return_sends(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application)
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert await decided(application) == Changes()
    await until(lambda: window.head.text() == "Nothing waits")


@on_loop
async def test_delete_refuses(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application)
    QTest.keyClick(window, Qt.Key.Key_Delete)
    with pytest.raises(Refusal) as told:
        await decided(application)
    assert told.value.code == "review_refused"


@on_loop
async def test_space_lets_a_span_go_as_it_is_and_back(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application)
    window.spots.setFocus()
    window.spots.setCurrentIndex(window.spot_model.index(0))
    QTest.keyClick(window.spots, Qt.Key.Key_Space)
    await until(lambda: JANE in texts(window)[1], 30)
    assert BOB not in texts(window)[1]
    QTest.keyClick(window.spots, Qt.Key.Key_Space)
    await until(lambda: JANE not in texts(window)[1], 30)
    QTest.keyClick(window.spots, Qt.Key.Key_Space)
    await until(lambda: JANE in texts(window)[1] and window.send.isEnabled(), 30)
    window.send.click()
    changes = await decided(application)
    assert len(changes.off) == 1 and not changes.hidden


@on_loop
async def test_a_click_on_a_span_does_the_same(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application)
    view = window.before.view
    cursor = view.textCursor()
    cursor.setPosition(view.toPlainText().index(BOB) + 3)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.cursorRect(cursor).center())
    await until(lambda: BOB in texts(window)[1], 30)
    assert JANE not in texts(window)[1]


@on_loop
async def test_a_selection_is_hidden_wherever_it_stands(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application, "😀 The kettle of jane@example.com; a red kettle.")
    assert not window.hide_button.isEnabled()
    select(window, "kettle")
    window.hide_button.click()
    await until(lambda: "kettle" not in texts(window)[1] and window.send.isEnabled(), 30)
    assert window.spot_model.rowCount() == 3
    window.send.click()
    (hidden,) = (await decided(application)).hidden
    text = "😀 The kettle of jane@example.com; a red kettle."
    assert text[hidden.start : hidden.end] == "kettle"


@on_loop
async def test_a_selection_over_two_texts_is_none(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application)
    window.before.view.selectAll()
    assert not window.hide_button.isEnabled()


@on_loop
async def test_as_it_is_has_to_be_allowed(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application)
    assert not window.as_is.isVisible()
    application.settings.set("review-as-is", True)
    assert window.as_is.isVisible()
    window.as_is.click()
    assert (await decided(application)).as_is


@on_loop
async def test_after_one_comes_the_next_and_it_takes_a_moment(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application, f"First {JANE}", f"Second {BOB}")
    assert window.queue_model.rowCount() == 2
    window.send.click()
    await until(lambda: window.queue_model.rowCount() == 1)
    assert not window.send.isEnabled()
    window.send.click()
    await until(lambda: "Second" in texts(window)[0] and window.send.isEnabled(), 30)
    assert len(application.review.waiting) == 1


@on_loop
async def test_closing_decides_nothing(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application)
    window.close()
    assert not application.review.waiting[0].verdict.done()
    await application.wait(f"Another {JANE}")
    assert window.isVisible()
    assert window.queue_model.rowCount() == 2


@on_loop
async def test_one_whose_tool_went_away_goes(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application)
    (future,) = application.decided.values()
    future.cancel()
    await until(lambda: window.queue_model.rowCount() == 0)
    assert window.head.text() == "Nothing waits" and texts(window) == ("", "")
    assert not window.send.isEnabled()


@on_loop
async def test_models(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application)
    testers = [QAbstractItemModelTester(model) for model in (window.queue_model, window.spot_model)]
    await application.wait(f"Another {JANE}")
    window.queue.setCurrentIndex(window.queue_model.index(1))
    await until(lambda: "Another" in texts(window)[0], 30)
    for task in application.decided.values():
        task.cancel()
    await until(lambda: window.queue_model.rowCount() == 0)
    assert len(testers) == 2


@on_loop
async def test_everything_has_a_name(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application)
    for view in (window.queue, window.spots, window.before.view, window.after.view):
        assert view.accessibleName()
