"""The dictionary window: terms are added, edited and removed, and what is wrong is said beside them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QComboBox

from app import slices
from app.errors import StorageError
from app.events import EventBus, TermsChanged
from app.pipeline.detection import known_entities
from app.pipeline.terms import KINDS, Kind, Term
from app.store.database import Database
from app.store.sealing import Seal
from app.store.terms import Terms
from app.ui import term_table
from app.ui.desktop import Desktop
from app.ui.shell import Shell
from app.ui.term_entry import USUAL, entity_box
from app.ui.term_page import TermPage
from tests.ui.staging import Staged, on_loop, until

CHECK, EDIT = Qt.ItemDataRole.CheckStateRole, Qt.ItemDataRole.EditRole


async def opened(desktop: Desktop, application: Staged, *terms: Term, kind: Kind = "term") -> TermPage:
    await application.terms.add(terms)
    dictionary = desktop.open_dictionary()
    assert dictionary is not None
    dictionary.tabs.setCurrentIndex(KINDS.index(kind))
    window = dictionary.page
    window.tester = QAbstractItemModelTester(  # type: ignore[attr-defined]
        window.model, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    return window


def shown(window: TermPage) -> list[str]:
    model = window.table.model()
    return [str(model.index(row, window.model.column("text")).data()) for row in range(model.rowCount())]


def cell(window: TermPage, row: int, column: str) -> QModelIndex:
    return window.table.model().index(row, window.model.column(column))


def edit(window: TermPage, row: int, column: str, value: object, role: Qt.ItemDataRole = EDIT) -> bool:
    return window.table.model().setData(cell(window, row, column), value, role)


@on_loop
async def test_a_term_is_added_with_all_it_has(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application)
    window.entry.text.setText("Project Osprey")
    window.entry.entity.setCurrentText("project")
    window.entry.replacement.setText("Project X")
    window.entry.case.setChecked(True)
    window.entry.whole.setChecked(False)
    window.entry.add.click()
    await until(lambda: shown(window) == ["Project Osprey"])
    (term,) = application.terms.all().values()
    assert term == Term("Project Osprey", "PROJECT", True, False, "Project X")
    assert window.entry.text.text() == window.entry.replacement.text() == ""
    assert window.complaint.isHidden()


@on_loop
async def test_a_term_that_cannot_be_is_explained_and_kept_for_mending(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application)
    window.entry.text.setText("Osprey")
    window.entry.replacement.setText("the Osprey")
    window.entry.text.returnPressed.emit()
    await until(window.complaint.isVisible)
    assert window.complaint.text() == "A replacement cannot contain the term it hides."
    assert window.entry.text.text() == "Osprey"
    assert len(application.terms) == 0
    window.entry.replacement.setText("Eagle")
    window.entry.add.click()
    await until(lambda: len(application.terms) == 1)
    await until(window.complaint.isHidden)


@on_loop
async def test_cells_are_edited_in_place(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application, Term("Osprey"))
    assert edit(window, 0, "text", "Kestrel")
    assert edit(window, 0, "entity", " project ")
    assert edit(window, 0, "replacement", "Bird")
    assert edit(window, 0, "case_sensitive", Qt.CheckState.Checked, CHECK)
    assert edit(window, 0, "enabled", Qt.CheckState.Unchecked, CHECK)
    wanted = Term("Kestrel", "PROJECT", True, True, "Bird", False)
    await until(lambda: list(application.terms.all().values()) == [wanted])
    assert cell(window, 0, "entity").data() == "PROJECT"


@on_loop
async def test_an_edit_stays_while_it_is_saved_whatever_else_is_told(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application, Term("Osprey"))
    for attribute, value in (("text", "Kestrel"), ("replacement", "Bird"), ("entity", "PROJECT")):
        assert edit(window, 0, attribute, value)
        application.bus.publish(TermsChanged(1, frozenset(application.terms.all())))
        assert cell(window, 0, attribute).data() == value
    await desktop.tasks.finish()
    assert list(application.terms.all().values()) == [Term("Kestrel", "PROJECT", replacement="Bird")]
    assert shown(window) == ["Kestrel"]


@on_loop
async def test_an_edit_that_cannot_be_changes_nothing(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application, Term("Osprey"))
    assert not edit(window, 0, "entity", "1!")
    assert "“1!” is not a type" in window.complaint.text()
    assert cell(window, 0, "entity").data() == "CUSTOM"
    assert not edit(window, 0, "text", "  ")
    assert "at least one visible character" in window.complaint.text()
    assert edit(window, 0, "text", "Kestrel")
    assert window.complaint.isHidden()
    await desktop.tasks.finish()
    assert application.terms.all().popitem()[1].text == "Kestrel"


@on_loop
async def test_an_edit_that_cannot_be_saved_is_taken_back(
    desktop: Desktop, application: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(id: int, term: Term) -> None:
        raise StorageError("The disk is full.", "Free some space.")

    window = await opened(desktop, application, Term("Osprey"))
    monkeypatch.setattr(application.terms, "change", fail)
    edit(window, 0, "text", "Kestrel")
    assert shown(window) == ["Kestrel"]
    await until(window.complaint.isVisible)
    assert window.complaint.text() == "The disk is full. Free some space."
    assert shown(window) == ["Osprey"]


@on_loop
async def test_the_type_is_chosen_or_typed(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application, Term("Osprey"))
    window.table.edit(cell(window, 0, "entity"))
    box = window.table.findChild(QComboBox)
    assert isinstance(box, QComboBox)
    assert box.currentText() == "CUSTOM"
    assert box.findText("PERSON") >= 0
    box.setCurrentText("VESSEL")
    window.table.commitData(box)
    await until(lambda: application.terms.all().popitem()[1].entity == "VESSEL")


@on_loop
async def test_removing_asks_first(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application, Term("Osprey"), Term("Kestrel"), Term("Merlin"))
    assert not window.remove.isEnabled()
    window.table.selectRow(1)
    window.remove.click()
    assert window.question is not None
    assert window.question.text() == "Remove 1 term?"
    window.question.reject()
    assert len(application.terms) == 3
    window.remove.click()
    window.question.buttons()[0].click()
    await until(lambda: shown(window) == ["Osprey", "Merlin"])
    assert [term.text for term in application.terms.all().values()] == ["Osprey", "Merlin"]


@on_loop
async def test_search_and_sort_still_edit_the_right_term(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application, Term("Osprey"), Term("Kestrel", "PROJECT"), Term("Merlin"))
    window.search.setText("PROJ")
    assert shown(window) == ["Kestrel"]
    edit(window, 0, "replacement", "Bird")
    await desktop.tasks.finish()
    assert application.terms.all()[2].replacement == "Bird"
    window.search.clear()
    window.table.sortByColumn(window.model.column("text"), Qt.SortOrder.AscendingOrder)
    assert shown(window) == ["Kestrel", "Merlin", "Osprey"]


@on_loop
async def test_changes_made_elsewhere_appear(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application, Term("Osprey"))
    await application.terms.add([Term("Kestrel")])
    assert shown(window) == ["Osprey", "Kestrel"]
    await application.terms.change(1, Term("Merlin"))
    await application.terms.remove([2])
    assert shown(window) == ["Merlin"]


@on_loop
async def test_a_term_removed_during_an_edit(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application, Term("Osprey"))
    edit(window, 0, "text", "Kestrel")
    removing: Callable[[], Coroutine[Any, Any, None]] = lambda: application.terms.remove([1])  # noqa: E731
    await removing()
    await desktop.tasks.finish()
    window.model.sync([1])
    assert shown(window) == [term.text for term in application.terms.all().values()]


@on_loop
async def test_each_kind_has_its_page(desktop: Desktop, application: Staged) -> None:
    rows = Term("Osprey"), Term("desk@example.com", "", kind="allowed"), Term(r"EMP-\d+", "STAFF", kind="pattern")
    await opened(desktop, application, *rows)
    window = desktop.open_dictionary()
    assert window is not None
    assert [shown(page) for page in (window.terms, window.allowed, window.patterns)] == [[row.text] for row in rows]
    assert cell(window.allowed, 0, "entity").data() == "any type"
    assert cell(window.allowed, 0, "entity").data(EDIT) == ""
    window.patterns.search.setText("staff")
    assert shown(window.patterns) == [r"EMP-\d+"]


@on_loop
async def test_a_value_is_allowed(desktop: Desktop, application: Staged) -> None:
    page = await opened(desktop, application, kind="allowed")
    assert page.entry.replacement.isHidden() and page.entry.whole.isHidden()
    page.entry.text.setText("desk@example.com")
    page.entry.add.click()
    await until(lambda: shown(page) == ["desk@example.com"])
    assert list(application.terms.all().values()) == [Term("desk@example.com", "", kind="allowed")]
    assert edit(page, 0, "entity", "email_address")
    assert edit(page, 0, "case_sensitive", Qt.CheckState.Checked, CHECK)
    await desktop.tasks.finish()
    assert application.terms.get(1) == Term("desk@example.com", "EMAIL_ADDRESS", True, kind="allowed")


@on_loop
async def test_a_pattern_is_tried_while_it_is_typed(desktop: Desktop, application: Staged) -> None:
    page = await opened(desktop, application, kind="pattern")
    trial = page.trial
    assert trial is not None and "Type a pattern" in trial.verdict.text()

    def marked() -> list[str]:
        return [mark.cursor.selectedText() for mark in trial.sample.extraSelections()]

    trial.sample.setPlainText("\U0001f642 Emp-12345 and EMP-67890")
    page.entry.text.setText(r"EMP-(\d{5}")
    await until(lambda: "missing )" in trial.verdict.text())
    page.entry.text.setText(r"EMP-(\d{5})")
    await until(lambda: marked() == ["Emp-12345", "EMP-67890"])
    assert trial.verdict.text() == "2 matches"
    page.entry.case.setChecked(True)
    page.entry.group.setChecked(True)
    await until(lambda: marked() == ["67890"])
    page.entry.text.setText("nothing like it")
    page.entry.group.setChecked(False)
    await until(lambda: trial.verdict.text() == "No match.")
    page.entry.text.setText(r"(E|EE)+x")
    trial.sample.setPlainText("E" * 5_000)
    await until(lambda: "takes too long" in trial.verdict.text())
    trial.sample.clear()
    page.entry.text.setText(r"\S+")
    await until(lambda: "hides most of any text" in trial.verdict.text())
    page.entry.text.clear()
    await until(lambda: "Type a pattern" in trial.verdict.text())


@on_loop
async def test_the_selected_pattern_is_tried_too(desktop: Desktop, application: Staged) -> None:
    page = await opened(desktop, application, Term(r"\d+", kind="pattern"), kind="pattern")
    assert page.trial is not None
    page.trial.sample.setPlainText("a 1 b 22")
    page.table.selectRow(0)
    await until(lambda: page.trial is not None and page.trial.verdict.text() == "2 matches")


@on_loop
async def test_a_pattern_that_cannot_be_is_explained(desktop: Desktop, application: Staged) -> None:
    page = await opened(desktop, application, Term(r"EMP-\d+", kind="pattern"), kind="pattern")
    page.entry.text.setText("x*")
    page.entry.add.click()
    await until(page.complaint.isVisible)
    assert "matches empty text" in page.complaint.text()
    assert not edit(page, 0, "text", "(")
    assert "cannot be read" in page.complaint.text()
    assert edit(page, 0, "text", r"\w+")
    assert "hides most of any text" in page.complaint.text()
    page.entry.text.setText(r"\S+")
    page.entry.add.click()
    await until(lambda: shown(page) == [r"\w+", r"\S+"])
    assert "hides most of any text" in page.complaint.text()


@on_loop
async def test_many_at_once_are_shown(desktop: Desktop, application: Staged) -> None:
    page = await opened(desktop, application, Term("Osprey"))
    ids = await application.terms.add(Term(f"Quoll {number}") for number in range(1_000))
    assert len(shown(page)) == 1_001 and shown(page)[-1] == "Quoll 999"
    await application.terms.remove(ids[:-1])
    assert shown(page) == ["Osprey", "Quoll 999"]


@on_loop
async def test_what_another_process_changed_is_shown_when_the_window_is(desktop: Desktop, application: Staged) -> None:
    page = await opened(desktop, application)
    page.window().close()
    other = Database(application.settings.paths.database)
    await Terms(other, Seal(bytes(32)), EventBus()).add([Term("Kestrel")])
    other.close()
    assert shown(page) == []
    desktop.open_dictionary()
    await until(lambda: shown(page) == ["Kestrel"])


def test_all_entities_there_are_can_be_chosen(qapp: Shell) -> None:
    box = entity_box("term")
    box.showPopup()
    offered = [box.itemText(index) for index in range(box.count())]
    box.hidePopup()
    assert offered[: len(USUAL)] == list(USUAL)
    assert known_entities() <= set(offered)
    assert len(set(offered)) == len(offered)


@on_loop
async def test_what_was_done_is_undone_and_done_again(desktop: Desktop, application: Staged) -> None:
    page = await opened(desktop, application, Term("Osprey"), Term("Kestrel"), Term("Merlin"))
    window = desktop.open_dictionary()
    assert window is not None and not window.history.canUndo()
    page.entry.text.setText("Quoll")
    page.entry.add.click()
    await until(lambda: shown(page) == ["Osprey", "Kestrel", "Merlin", "Quoll"])
    edit(page, 0, "text", "Eagle")
    await until(lambda: window.history.count() == 2)
    page.table.selectRow(1)
    page.remove.click()
    assert page.question is not None
    page.question.buttons()[0].click()
    await until(lambda: window.history.count() == 3)
    assert shown(page) == ["Eagle", "Merlin", "Quoll"]
    steps = [
        ["Eagle", "Kestrel", "Merlin", "Quoll"],
        ["Osprey", "Kestrel", "Merlin", "Quoll"],
        ["Osprey", "Kestrel", "Merlin"],
    ]
    for wanted in steps:
        window.history.undo()
        await until(lambda wanted=wanted: shown(page) == wanted)  # type: ignore[misc]
    for wanted in (steps[1], steps[0], ["Eagle", "Merlin", "Quoll"]):
        window.history.redo()
        await until(lambda wanted=wanted: shown(page) == wanted)  # type: ignore[misc]
    assert [term.text for _, term in sorted(application.terms.all().items())] == shown(page)


@on_loop
async def test_undo_leaves_alone_what_was_changed_elsewhere(desktop: Desktop, application: Staged) -> None:
    page = await opened(desktop, application, Term("Osprey"))
    window = desktop.open_dictionary()
    assert window is not None
    edit(page, 0, "entity", "PROJECT")
    await until(lambda: window.history.count() == 1)
    await application.terms.change(1, Term("Osprey", "VESSEL"))
    window.history.undo()
    await desktop.tasks.finish()
    assert application.terms.get(1) == Term("Osprey", "VESSEL")


@on_loop
async def test_several_are_turned_off_and_on(desktop: Desktop, application: Staged) -> None:
    page = await opened(desktop, application, Term("Osprey"), Term("Kestrel"), Term("Merlin", enabled=False))
    page.table.selectAll()
    page.off.click()
    await until(lambda: not application.terms.enabled())
    page.table.selectAll()
    page.on.click()
    await until(lambda: len(application.terms.enabled()) == 3)
    window = desktop.open_dictionary()
    assert window is not None
    window.history.undo()
    await until(lambda: not application.terms.enabled())


@on_loop
async def test_how_often_a_term_was_met_is_shown(desktop: Desktop, application: Staged) -> None:
    page = await opened(desktop, application, Term("Osprey"), Term("Kestrel"))
    assert cell(page, 0, "hits").data() == cell(page, 0, "last").data() == ""
    await application.use.add({"osprey": 1_204})
    application.exchange()
    assert cell(page, 0, "hits").data() == "1,204"
    assert cell(page, 0, "last").data()
    assert not edit(page, 0, "hits", 7)
    page.table.sortByColumn(page.model.column("hits"), Qt.SortOrder.DescendingOrder)
    assert shown(page) == ["Osprey", "Kestrel"]
    await application.use.save()


@on_loop
async def test_a_paste_is_looked_at_and_added_as_one(desktop: Desktop, application: Staged) -> None:
    page = await opened(desktop, application, Term("Osprey"))
    application.exchange('{"input":"Will jane@example.com write? Will she?"}')
    page.paste.click()
    window = page.importing
    assert window is not None
    tester = QAbstractItemModelTester(window.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    window.pasted.setPlainText("Osprey\nWill\nRoe, Jane & Co\n   \n" + "x" * 501)
    await until(lambda: window.model.rowCount() == 4)
    rows = [[window.model.index(row, column).data() for column in range(5)] for row in range(4)]
    assert [row[1] for row in rows] == ["Already there", "New", "New", "Refused"]
    assert rows[1][4] == "Would match 2 times in the requests that are kept. It is a common word."
    assert rows[2][2] == "Roe, Jane & Co"
    assert "at most 500 characters" in rows[3][4]
    window.shown.setCurrentIndex(4)
    assert window.model.rowCount() == 1
    assert window.take.text() == "&Add 2"
    window.take.click()
    await until(lambda: shown(page) == ["Osprey", "Will", "Roe, Jane & Co"])
    await until(window.isHidden)
    dictionary = desktop.open_dictionary()
    assert dictionary is not None
    dictionary.history.undo()
    await until(lambda: shown(page) == ["Osprey"])
    del tester


@on_loop
async def test_a_file_changes_what_is_there(desktop: Desktop, application: Staged, tmp_path: Path) -> None:
    page = await opened(desktop, application, Term("Osprey"), Term("Kestrel", "PROJECT"))
    file = tmp_path / "terms.csv"
    file.write_text("text,entity\nOsprey,VESSEL\nKestrel,PROJECT\nQuoll,1!\nOsprey,PERSON\n", encoding="utf-16")
    page.import_file(file)
    window = page.importing
    assert window is not None
    await until(lambda: window.model.rowCount() == 4)
    assert window.verdict.text() == "1 changed, 1 already there, 2 refused"
    window.take.click()
    await until(lambda: application.terms.get(1) == Term("Osprey", "VESSEL"))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"text\nM\xfcller\n", "not in UTF-8"),
        ("a.json", b"{", "no JSON"),
        ("a.csv", b"\x00\x01\x02", "is no text"),
        ("a.csv", b"a,b\nc,d\n", "must name the columns"),
    ],
)
@on_loop
async def test_a_file_that_cannot_be_read_says_why(
    desktop: Desktop, application: Staged, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    page = await opened(desktop, application)
    (tmp_path / name).write_bytes(content)
    page.import_file(tmp_path / name)
    window = page.importing
    assert window is not None
    await until(window.complaint.isVisible)
    assert said in window.complaint.text()
    assert not window.take.isEnabled()


@on_loop
async def test_a_file_that_is_not_there(desktop: Desktop, application: Staged, tmp_path: Path) -> None:
    page = await opened(desktop, application, Term("=Osprey"))
    page.import_file(tmp_path / "none.csv")
    window = page.importing
    assert window is not None
    await until(window.complaint.isVisible)
    assert "cannot be read" in window.complaint.text()
    page.export(tmp_path / "none" / "terms.csv")
    await until(page.complaint.isVisible)
    assert "cannot be written" in page.complaint.text()
    page.export(tmp_path / "terms.csv")
    await until((tmp_path / "terms.csv").exists)
    await desktop.tasks.finish()
    assert "'=Osprey" in (tmp_path / "terms.csv").read_text(encoding="utf-8")


@on_loop
async def test_very_many_are_read_behind_and_none_is_missed(
    desktop: Desktop, application: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(term_table, "_AT_ONCE", 20)
    monkeypatch.setattr(slices, "SLICE", -1.0)  # after each step, others have their turn
    window = await opened(desktop, application, *(Term(f"Osprey {number:03}") for number in range(100)))
    assert window._number.text() == "Reading the terms…"
    (id,) = await application.terms.add([Term("Kestrel")])  # while it reads
    await until(lambda: len(shown(window)) == 101)
    assert window._number.text() == "101 terms"
    window.table.sortByColumn(window.model.column("text"), Qt.SortOrder.DescendingOrder)
    await application.terms.remove([id])  # while it sorts
    await until(lambda: shown(window) == [f"Osprey {number:03}" for number in range(99, -1, -1)])
    await application.terms.add([Term(f"Heron {number:03}") for number in range(30)])
    await until(lambda: len(shown(window)) == 130)
    assert shown(window) == sorted(shown(window), reverse=True)
