"""One exchange: its messages and fields, the chosen one side by side, and every span by keyboard."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication

from app.events import ExchangeFinished, ExchangesWiped
from app.pipeline.memo import Edit
from app.pipeline.redaction import Finding, Redaction, replaced
from app.proxy.exchange import Answered
from app.ui.desktop import Desktop
from app.ui.exchange_view import ExchangeView
from app.ui.inspector import Inspector
from app.ui.section_list import HEADING, SPANS, WORDS
from tests.ui.staging import Staged, on_loop, until

CHAT = json.dumps(
    {
        "model": "small",
        "messages": [
            {"role": "system", "content": "Be kind to Jane Roe."},
            {
                "role": "user",
                "content": [{"type": "text", "text": "🦌 Write to jane@example.com\nand to Jane Roe, please"}],
            },
        ],
    }
)
HIDDEN = {
    "Jane Roe": ("[PERSON_1204]", "PERSON", "ner"),
    "jane@example.com": ("[EMAIL_4821]", "EMAIL_ADDRESS", "patterns"),
}


def redacted(original: str) -> Redaction:
    found = sorted(
        (start, value) for value in HIDDEN for start in range(len(original)) if original.startswith(value, start)
    )
    findings = [Finding(at, at + len(v), HIDDEN[v][1], 0.85, HIDDEN[v][2], v) for at, v in found]
    return replaced(original, findings, [HIDDEN[v][0] for _, v in found])


def chat(application: Staged, **more: Any) -> Any:
    came = {"choices": [{"message": {"role": "assistant", "content": "I wrote to [EMAIL_4821], [PERSON_1204]."}}]}
    got = json.dumps(came).replace("[EMAIL_4821]", "jane@example.com").replace("[PERSON_1204]", "Jane Roe")
    about = {
        "path": "/v1/chat/completions",
        "provider": "openai",
        "sent": redacted(CHAT),
        "entities": {"PERSON": 2, "EMAIL_ADDRESS": 1},
    }
    return application.exchange(**{**about, "came_back": json.dumps(came), "got": got, **more})


async def opened(desktop: Desktop, number: int = 1) -> Inspector:
    inspector = desktop.open_inspector()
    await until(lambda: inspector.model.rowCount() == number, 30)
    return inspector


def listed(view: ExchangeView) -> list[tuple[str, int]]:
    rows = [view.model.index(row, 0) for row in range(view.model.rowCount())]
    return [(str(row.data()), row.data(SPANS)) for row in rows]


def texts(view: ExchangeView) -> tuple[str, str]:
    return view.sides.left.view.toPlainText(), view.sides.right.view.toPlainText()


@on_loop
async def test_the_messages_are_listed_with_what_was_hidden_in_each(desktop: Desktop, application: Staged) -> None:
    chat(application)
    view = (await opened(desktop)).view
    tester = QAbstractItemModelTester(view.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert listed(view) == [("System", 1), ("User", 2), ("Whole request", 3), ("Assistant", 2), ("Whole answer", 2)]
    headings = [view.model.index(row, 0).data(HEADING) for row in range(5)]
    assert headings == ["Request", "", "", "Answer", ""]
    assert view.model.index(0, 0).data(WORDS) == "Be kind to [PERSON_1204]."
    spoken = view.model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Request, user, 2 spans. 🦌 Write to [EMAIL_4821]")
    del tester


@on_loop
async def test_the_chosen_one_is_side_by_side_without_originals_until_they_are_asked_for(
    desktop: Desktop, application: Staged
) -> None:
    chat(application)
    inspector = await opened(desktop)
    view = inspector.view
    left = "🦌 Write to [EMAIL_4821]\nand to [PERSON_1204], please"
    assert texts(view) == ("🦌 Write to ••••\nand to ••••, please", left)
    assert view.sides.left.note == "Values are not shown."
    inspector.originals.click()
    assert texts(view) == ("🦌 Write to jane@example.com\nand to Jane Roe, please", left)
    assert view.sides.ours.view.marked == [("jane@example.com", "EMAIL_ADDRESS"), ("Jane Roe", "PERSON")]
    assert view.sides.theirs.view.marked == [("[EMAIL_4821]", "EMAIL_ADDRESS"), ("[PERSON_1204]", "PERSON")]
    assert view.sides.ours.view.tips[0].startswith("EMAIL_ADDRESS → [EMAIL_4821]\nFound by patterns, 0.85: by its form")


@on_loop
async def test_no_section_shows_a_value_while_originals_are_off(desktop: Desktop, application: Staged) -> None:
    chat(application)
    view = (await opened(desktop)).view
    for row in range(view.model.rowCount()):
        view.list.setCurrentIndex(view.model.index(row, 0))
        assert len(view.section.marks) == view.model.index(row, 0).data(SPANS)
        for text in texts(view):
            assert "Jane" not in text and "jane@" not in text
    assert [view.sides.left.heading, view.sides.right.heading] == ["Came back", "Your tool got"]


@on_loop
async def test_originals_can_be_forbidden(desktop: Desktop, application: Staged) -> None:
    chat(application)
    inspector = await opened(desktop)
    inspector.originals.click()
    application.settings.set("show-originals", False)
    await until(lambda: not inspector.originals.isEnabled())
    assert not inspector.originals.isChecked() and "jane" not in texts(inspector.view)[0]


@on_loop
async def test_keys_go_from_span_to_span_over_all_messages(desktop: Desktop, application: Staged) -> None:
    chat(application)
    view = (await opened(desktop)).view
    assert view.bar.status.startswith("Span 2 of 5 · EMAIL_ADDRESS · [EMAIL_4821] · patterns, 0.85: by its form")
    seen = []
    for _ in range(5):
        view.step(1)
        seen.append(view.bar.status.split(" · ")[0])
    assert seen == [f"Span {number} of 5" for number in (3, 4, 5, 1, 2)]
    view.step(-1)
    assert view.bar.status.startswith("Span 1 of 5 · PERSON · [PERSON_1204] · ner, 0.85: read by the local model")
    assert view.list.currentIndex().row() == 0
    view.list.setFocus()
    await until(lambda: QApplication.focusWidget() is view.list, 30)
    QTest.keyClick(view.list, Qt.Key.Key_F3)
    assert view.bar.status.startswith("Span 2 of 5")
    QTest.keyClick(view.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert view.bar.status.startswith("Span 3 of 5")
    QTest.keyClick(view.list, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert view.bar.status.startswith("Span 1 of 5")


@on_loop
async def test_a_false_alarm_is_allowed_and_that_is_undone(desktop: Desktop, application: Staged) -> None:
    chat(application)
    view = (await opened(desktop)).view
    view.actions_of_span.never.trigger()
    await until(lambda: view.bar.told)
    (term,) = application.terms.all().values()
    assert (term.text, term.kind) == ("jane@example.com", "allowed")
    assert view.bar.told.startswith("It will never be redacted. This holds from the next request on")
    view.bar.undo.emit()
    await until(lambda: not application.terms.all())
    assert view.bar.told == "The correction is taken back."


@on_loop
async def test_a_term_of_ones_own_is_turned_off(desktop: Desktop, application: Staged) -> None:
    from app.pipeline.terms import Term

    (id,) = await application.terms.add([Term("JANE@example.com", "CONTACT")])
    chat(application)
    view = (await opened(desktop)).view
    view.actions_of_span.never.trigger()
    await until(lambda: "The term that asked for it is turned off." in view.bar.told)
    assert application.terms.all()[id].enabled is False
    view.bar.undo.emit()
    await until(lambda: len(application.terms.all()) == 1 and application.terms.all()[id].enabled)


@on_loop
async def test_a_wrong_type_becomes_a_term_of_the_right_one(desktop: Desktop, application: Staged) -> None:
    chat(application)
    view = (await opened(desktop)).view
    view.actions_of_span.retype.trigger()
    dialog = view.actions_of_span.dialog
    assert dialog is not None and dialog.textValue() == "EMAIL_ADDRESS"
    dialog.setTextValue("ticket")
    dialog.accept()
    await until(lambda: view.bar.told)
    (term,) = application.terms.all().values()
    assert (term.text, term.entity) == ("jane@example.com", "TICKET")
    view.actions_of_span.retype.trigger()
    again = view.actions_of_span.dialog
    assert again is not None and again is not dialog
    again.setTextValue("no type")
    again.accept()
    await until(lambda: "is not a type" in view.bar.told)


@on_loop
async def test_a_selected_text_is_hidden_from_now_on(desktop: Desktop, application: Staged) -> None:
    chat(application)
    view = (await opened(desktop)).view
    actions = view.actions_of_span
    actions.hide_text("first\nsecond")
    assert view.bar.told == "A term is a single line: select less."
    actions.hide_text("to ••••")
    assert view.bar.told.startswith("The selection holds values that are not shown")
    actions.hide_text(" Write ")
    assert actions.dialog is not None
    actions.dialog.accept()
    await until(lambda: application.terms.all())
    assert [(term.text, term.entity) for term in application.terms.all().values()] == [("Write", "CUSTOM")]


@on_loop
async def test_what_is_copied(desktop: Desktop, application: Staged) -> None:
    chat(application)
    inspector = await opened(desktop)
    actions = inspector.view.actions_of_span
    actions.copy.trigger()
    assert QGuiApplication.clipboard().text() == "[EMAIL_4821]"
    assert not actions.original.isEnabled()
    inspector.originals.click()
    actions.original.trigger()
    assert QGuiApplication.clipboard().text() == "jane@example.com"


@on_loop
async def test_a_stream_appears_as_it_comes(desktop: Desktop, application: Staged) -> None:
    exchange = chat(application, total_ms=0.0, came_back="", got="")
    inspector = await opened(desktop)
    view = inspector.view
    inspector.originals.click()
    pieces: list[Answered] = []
    exchange.texts = lambda: pieces
    exchange.transcript = lambda: ("".join(p.came for p in pieces), "".join(p.got for p in pieces))
    pieces.append(Answered("answer", "Dear ", "Dear ", ()))
    await until(lambda: view.model.rowCount() == 4, 30)
    view.list.setCurrentIndex(view.model.index(3, 0))
    assert (texts(view), view.sides.left.note) == (("Dear ", "Dear "), "Still coming.")
    pieces[0] = Answered("answer", "Dear [PERSON_1204]!", "Dear Jane Roe!", (Edit(5, 13, "[PERSON_1204]"),))
    await until(lambda: texts(view) == ("Dear [PERSON_1204]!", "Dear Jane Roe!"), 30)
    assert view.sides.ours.view.marked == [("Jane Roe", "PERSON")]
    exchange.total_ms = 300.0
    application.bus.publish(ExchangeFinished(exchange.id, 3))
    await until(lambda: view.sides.left.note == "As the model wrote it.", 30)


@on_loop
async def test_texts_are_wiped_after_their_time_and_the_row_stays(desktop: Desktop, application: Staged) -> None:
    exchange = chat(application)
    inspector = await opened(desktop)
    exchange.started -= 3600
    assert application.exchanges.wipe(61) == frozenset()
    assert application.exchanges.wipe(0) == frozenset()
    ids = application.exchanges.wipe(59)
    assert ids == {exchange.id} and application.exchanges.wipe(59) == frozenset()
    application.bus.publish(ExchangesWiped(ids))
    await until(lambda: inspector.view.model.rowCount() == 0)
    assert inspector.view.sides.left.note == "The texts are no longer kept: their time in memory is over."
    assert texts(inspector.view) == ("", "") and inspector.model.rowCount() == 1
    assert exchange.redactions == 3 and exchange.sent is None and exchange.got == ""


@on_loop
async def test_a_mask_tells_that_it_does_not_come_back(desktop: Desktop, application: Staged) -> None:
    exchange = application.exchange()
    assert exchange.sent is not None
    (replacement,) = exchange.sent.replacements
    masked = dataclasses.replace(replacement, placeholder="[EMAIL]")
    exchange.sent = Redaction(exchange.sent.original, '{"input":"Write to [EMAIL]"}', (masked,))
    view = (await opened(desktop)).view
    assert view.sides.right.note == "Values are replaced by placeholders, or by masks, which do not come back."
    assert view.sides.right.view.tips == ["EMAIL_ADDRESS, hidden for good: a mask does not come back"]


VEILED, NOT_KEPT = "Values are not shown.", "The text was not kept."
ENDS: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"outcome": "refused"}, (VEILED, "Nothing left: this was to be sent. So it is.")),
    ({"outcome": "refused", "sent": None}, (NOT_KEPT, "Nothing left this machine. So it is.")),
    ({"outcome": "passed", "sent": None}, (NOT_KEPT, "It left as it was, unread, and was not kept.")),
    ({"outcome": "failed", "sent": None}, (NOT_KEPT, "So it is.")),
    ({"outcome": "aborted", "sent": None}, (NOT_KEPT, "So it is.")),
    ({"outcome": "open", "total_ms": 0.0, "sent": None}, ("It is being looked through.", "")),
    ({"provider": "anonamoose"}, (VEILED, "Given back to the tool that asked: nothing left this machine.")),
    ({"notices": ("1 image left unread.",)}, (VEILED, "Values are replaced by placeholders. 1 image left unread.")),
]


@pytest.mark.parametrize(("change", "notes"), ENDS)
def test_every_end_is_told(desktop: Desktop, application: Staged, loop: Any, change: Any, notes: Any) -> None:
    async def run() -> None:
        application.exchange(came_back="", got="", reason="So it is.", **change)
        view = (await opened(desktop)).view
        assert (view.sides.left.note, view.sides.right.note) == notes
        if change.get("outcome") == "refused":
            assert texts(view)[1] == ""

    loop.run_until_complete(run())


@on_loop
async def test_frames_of_a_socket_are_all_there(desktop: Desktop, application: Staged) -> None:
    exchange = application.exchange(sent=None, came_back="", got="")
    for text in ("Hello Jane Roe", "Write to jane@example.com"):
        exchange.keep(redacted(json.dumps({"type": "response.create", "input": text})))
    view = (await opened(desktop)).view
    assert [label for label, _ in listed(view)].count("Whole request") == 2
    assert sum(spans for label, spans in listed(view) if label != "Whole request") == 2


@on_loop
async def test_a_long_conversation_is_taken_apart_beside_the_windows(desktop: Desktop, application: Staged) -> None:
    turns = [{"role": "user", "content": f"{number}: tell Jane Roe " + "this and that " * 200} for number in range(100)]
    chat(application, sent=redacted(json.dumps({"messages": turns})))
    view = (await opened(desktop)).view
    await until(lambda: view.model.rowCount() > 100, 30)
    assert view.bar.status.startswith("Span 100 of 102")
    row = next(row for row in range(view.model.rowCount()) if view.model.index(row, 0).data() == "Whole request")
    view.choose(row, 99)
    await until(lambda: view.section.is_whole and view.bar.status.startswith("Span 100 of 100"), 30)
    await until(lambda: view.sides.theirs.view.textCursor().position() > 200_000, 30)
