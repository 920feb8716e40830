"""The settings window's pages and its search, and the table of entities."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QWidget

from app.settings import DECLARED
from app.settings_store import SettingsStore
from app.ui.bridge import Bridge
from app.ui.desktop import Desktop
from app.ui.entities_panel import EntitiesPanel
from app.ui.entity_table import ENTITY, OPERATOR, THRESHOLD
from app.ui.settings_form import SettingsForm
from tests.ui.staging import Staged, on_loop, until


def shown(form: SettingsForm) -> set[str]:
    return {name for name, row in form.rows.items() if row.isVisibleTo(form)}


def entities(desktop: Desktop) -> EntitiesPanel:
    form = desktop.open_settings()
    form.open_page("Entities")
    panel = form.findChild(EntitiesPanel)
    assert isinstance(panel, EntitiesPanel)
    return panel


@on_loop
async def test_a_page_shows_its_group_and_no_other(desktop: Desktop) -> None:
    form = desktop.open_settings()
    seen: set[str] = set()
    for number in range(form.pages.count()):
        form.pages.setCurrentRow(number)
        group = form.pages.item(number).text()
        assert shown(form) == {name for name, row in DECLARED.items() if row.option.group == group}
        assert form.nothing.isHidden()
        seen |= shown(form)
    assert seen == set(DECLARED)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("--port", {"port"}),
        ("ANONAMOOSE_PORT", {"port"}),
        ("websocket", {"websockets"}),
        ("rejects nothing at all", set()),
    ],
)
@on_loop
async def test_search_looks_through_all_pages(desktop: Desktop, words: str, found: set[str]) -> None:
    form = desktop.open_settings()
    form.search.setText(words)
    assert found <= shown(form)
    assert bool(found) == form.nothing.isHidden()
    form.search.clear()
    assert shown(form) == {name for name, row in DECLARED.items() if row.option.group == form.sections[0].group}


@on_loop
async def test_search_finds_what_is_no_row(desktop: Desktop) -> None:
    form = desktop.open_settings()
    form.search.setText("hidden for good")
    panel = form.findChild(EntitiesPanel)
    assert isinstance(panel, EntitiesPanel) and panel.isVisibleTo(form)


@on_loop
async def test_a_page_that_is_chosen_ends_the_search(desktop: Desktop) -> None:
    form = desktop.open_settings()
    form.search.setText("port")
    form.pages.itemClicked.emit(form.pages.item(1))
    assert not form.search.text()


@on_loop
async def test_entities_show_what_the_preset_says_and_what_was_set(desktop: Desktop, application: Staged) -> None:
    panel = entities(desktop)
    QAbstractItemModelTester(panel.table, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert _row(panel, "IP_ADDRESS") == ("IP_ADDRESS", "placeholder", "any score")
    application.settings.update({"preset": "coding", "operators": "CREDIT_CARD=block"})
    assert _row(panel, "IP_ADDRESS") == ("IP_ADDRESS", "placeholder", "0.65")
    assert _row(panel, "CREDIT_CARD") == ("CREDIT_CARD", "request refused", "any score")
    assert _cell(panel, "CREDIT_CARD", OPERATOR).data(Qt.ItemDataRole.FontRole).bold()
    assert _cell(panel, "IP_ADDRESS", THRESHOLD).data(Qt.ItemDataRole.FontRole) is None


@on_loop
async def test_an_operator_is_chosen_in_its_cell(desktop: Desktop, application: Staged) -> None:
    panel = entities(desktop)
    index = _cell(panel, "PERSON", OPERATOR)
    panel.view.setCurrentIndex(index)
    panel.view.edit(index)
    box = panel.view.viewport().findChild(QComboBox)
    assert isinstance(box, QComboBox) and box.currentData() == "replace"
    box.setCurrentIndex(box.findData("mask"))
    box.activated.emit(box.currentIndex())
    assert application.settings.current.operators == "PERSON=mask"
    QTest.keyClick(panel.view, Qt.Key.Key_Delete)
    assert application.settings.current.operators == ""


@on_loop
async def test_a_threshold_is_typed_in_its_cell(desktop: Desktop, application: Staged) -> None:
    panel = entities(desktop)
    application.settings.set("preset", "coding")
    index = _cell(panel, "LOCATION", THRESHOLD)
    panel.view.edit(index)
    spin = panel.view.viewport().findChild(QDoubleSpinBox)
    assert isinstance(spin, QDoubleSpinBox) and spin.value() == pytest.approx(0.97)
    spin.setValue(0.5)
    QTest.keyClick(spin, Qt.Key.Key_Return)
    await until(lambda: application.settings.current.thresholds == "LOCATION=0.5", 30)
    panel.shown.setData(_cell(panel, "LOCATION", THRESHOLD), 0.97)  # what the preset says anyway
    assert application.settings.current.thresholds == ""


@on_loop
async def test_a_type_of_ones_own_is_listed_once_it_is_named(desktop: Desktop, application: Staged) -> None:
    panel = entities(desktop)
    application.settings.set("operators", "PROJECT=keep")
    assert _row(panel, "PROJECT") == ("PROJECT", "left as it is", "any score")
    panel.search.setText("credit card")
    assert [panel.shown.index(row, 0).data() for row in range(panel.shown.rowCount())] == ["CREDIT_CARD"]


def test_what_a_flag_fixes_cannot_be_edited(qapp: object, application: Staged) -> None:
    store = SettingsStore({"data_dir": application.settings.paths.root, "operators": "PERSON=keep"}, {})
    bridge = Bridge(application.bus)
    panel = EntitiesPanel(store, bridge)
    bridge.disconnect_bus()
    assert not _cell(panel, "PERSON", OPERATOR).flags() & Qt.ItemFlag.ItemIsEditable
    assert _cell(panel, "PERSON", THRESHOLD).flags() & Qt.ItemFlag.ItemIsEditable
    assert not _cell(panel, "PERSON", ENTITY).flags() & Qt.ItemFlag.ItemIsEditable


@on_loop
async def test_panels_make_pages(desktop: Desktop) -> None:
    form = desktop.open_settings()
    groups = [form.pages.item(number).text() for number in range(form.pages.count())]
    assert "Entities" in groups and len(set(groups)) == len(groups)
    form.open_page("Entities")
    assert not shown(form)
    assert any(isinstance(child, EntitiesPanel) and child.isVisibleTo(form) for child in form.findChildren(QWidget))


def _cell(panel: EntitiesPanel, entity: str, column: int) -> QModelIndex:
    row = next(row for row in range(panel.shown.rowCount()) if panel.shown.index(row, 0).data() == entity)
    return panel.shown.index(row, column)


def _row(panel: EntitiesPanel, entity: str) -> tuple[object, ...]:
    return tuple(_cell(panel, entity, column).data() for column in (ENTITY, OPERATOR, THRESHOLD))
