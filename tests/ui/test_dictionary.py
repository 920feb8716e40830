"""The dictionary window: terms are added, edited and removed, and what is wrong is said beside them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QComboBox

from app.errors import StorageError
from app.pipeline.terms import Term
from app.ui.desktop import Desktop
from app.ui.dictionary import Dictionary
from app.ui.term_table import CASE, ENABLED, ENTITY, REPLACEMENT, TEXT
from tests.ui.staging import Staged, on_loop, until

CHECK, EDIT = Qt.ItemDataRole.CheckStateRole, Qt.ItemDataRole.EditRole


async def opened(desktop: Desktop, application: Staged, *terms: Term) -> Dictionary:
    await application.terms.add(terms)
    window = desktop.open_dictionary()
    assert window is not None
    window.tester = QAbstractItemModelTester(  # type: ignore[attr-defined]
        window.model, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    return window


def shown(window: Dictionary) -> list[str]:
    model = window.table.model()
    return [str(model.index(row, TEXT).data()) for row in range(model.rowCount())]


def cell(window: Dictionary, row: int, column: int) -> QModelIndex:
    return window.table.model().index(row, column)


def edit(window: Dictionary, row: int, column: int, value: object, role: Qt.ItemDataRole = EDIT) -> bool:
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
    assert edit(window, 0, TEXT, "Kestrel")
    assert edit(window, 0, ENTITY, " project ")
    assert edit(window, 0, REPLACEMENT, "Bird")
    assert edit(window, 0, CASE, Qt.CheckState.Checked, CHECK)
    assert edit(window, 0, ENABLED, Qt.CheckState.Unchecked, CHECK)
    wanted = Term("Kestrel", "PROJECT", True, True, "Bird", False)
    await until(lambda: list(application.terms.all().values()) == [wanted])
    assert cell(window, 0, ENTITY).data() == "PROJECT"


@on_loop
async def test_an_edit_that_cannot_be_changes_nothing(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application, Term("Osprey"))
    assert not edit(window, 0, ENTITY, "1!")
    assert "“1!” is not a type" in window.complaint.text()
    assert cell(window, 0, ENTITY).data() == "CUSTOM"
    assert not edit(window, 0, TEXT, "  ")
    assert "at least one visible character" in window.complaint.text()
    assert edit(window, 0, TEXT, "Kestrel")
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
    edit(window, 0, TEXT, "Kestrel")
    assert shown(window) == ["Kestrel"]
    await until(window.complaint.isVisible)
    assert window.complaint.text() == "The disk is full. Free some space."
    assert shown(window) == ["Osprey"]


@on_loop
async def test_the_type_is_chosen_or_typed(desktop: Desktop, application: Staged) -> None:
    window = await opened(desktop, application, Term("Osprey"))
    window.table.edit(cell(window, 0, ENTITY))
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
    edit(window, 0, REPLACEMENT, "Bird")
    await desktop.tasks.finish()
    assert application.terms.all()[2].replacement == "Bird"
    window.search.clear()
    window.table.sortByColumn(TEXT, Qt.SortOrder.AscendingOrder)
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
    edit(window, 0, TEXT, "Kestrel")
    removing: Callable[[], Coroutine[Any, Any, None]] = lambda: application.terms.remove([1])  # noqa: E731
    await removing()
    await desktop.tasks.finish()
    window.model.sync()
    assert shown(window) == [term.text for term in application.terms.all().values()]
