"""The settings window: a row for each declaration, stored at once, with what is wrong beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QMessageBox, QSpinBox

from app.errors import StorageError
from app.settings import DECLARED
from app.ui.desktop import Desktop
from app.ui.setting_row import SettingRow, title
from tests.ui.staging import Staged, on_loop, until


def row(desktop: Desktop, name: str) -> SettingRow:
    form = desktop.open_settings()
    form.open_page(DECLARED[name].option.group)
    return form.rows[name]


def labels(widget: Any) -> list[str]:
    return [widget.complaint.text(), widget.note.text()]


@on_loop
async def test_every_setting_has_a_row_with_its_help(desktop: Desktop) -> None:
    form = desktop.open_settings()
    assert list(form.rows) == list(DECLARED)
    for name, shown in form.rows.items():
        assert shown.field.accessibleName() == title(name)
        assert shown.field.accessibleDescription() == DECLARED[name].option.help
        assert shown.value == getattr(desktop._application.settings.current, DECLARED[name].attribute)


@on_loop
async def test_fields_fit_their_kind(desktop: Desktop) -> None:
    kinds = {bool: QCheckBox, int: QSpinBox, float: QDoubleSpinBox, str: QLineEdit, Path: QLineEdit}
    for name, shown in desktop.open_settings().rows.items():
        assert isinstance(shown.field, QComboBox if DECLARED[name].choices else kinds[DECLARED[name].kind])
    port = row(desktop, "port").field
    assert isinstance(port, QSpinBox)
    assert (port.minimum(), port.maximum()) == (0, 65535)
    limit = row(desktop, "body-limit").field
    assert isinstance(limit, QSpinBox)
    assert limit.suffix() == " MiB"


@pytest.mark.parametrize(
    ("name", "title_"),
    [("openai-upstream", "OpenAI upstream"), ("ner-threshold", "NER threshold"), ("session-ttl", "Session lifetime")],
)
def test_titles(name: str, title_: str) -> None:
    assert title(name) == title_


@on_loop
async def test_changes_are_stored_at_once(desktop: Desktop, application: Staged) -> None:
    settings = application.settings
    row(desktop, "drain").field.setValue(25)  # type: ignore[union-attr]
    row(desktop, "ner").field.click()  # type: ignore[union-attr]
    row(desktop, "ner-threshold").field.setValue(0.7)  # type: ignore[union-attr,arg-type]
    choice = row(desktop, "when-off").field
    assert isinstance(choice, QComboBox)
    choice.textActivated.emit("refuse")
    edit = row(desktop, "openai-upstream").field
    assert isinstance(edit, QLineEdit)
    edit.setText("https://llm.example.com")
    edit.editingFinished.emit()
    now = settings.current
    assert (now.drain, now.ner, now.ner_threshold, now.when_off) == (25, False, 0.7, "refuse")
    assert now.openai_upstream == "https://llm.example.com"
    assert choice.currentText() == "refuse"


@on_loop
async def test_a_value_that_does_not_fit_is_explained_and_kept_for_mending(
    desktop: Desktop, application: Staged
) -> None:
    shown = row(desktop, "openai-upstream")
    edit = shown.field
    assert isinstance(edit, QLineEdit)
    edit.setText("llm.example.com")
    edit.editingFinished.emit()
    assert shown.complaint.text().startswith("It must be a URL")
    assert shown.complaint.isVisible()
    assert edit.text() == "llm.example.com"
    assert application.settings.current.openai_upstream == "https://api.openai.com"
    edit.setText("https://api.openai.com")
    edit.editingFinished.emit()
    assert shown.complaint.isHidden()


@on_loop
async def test_reset(desktop: Desktop, application: Staged) -> None:
    shown = row(desktop, "drain")
    assert shown.reset.isHidden()
    shown.field.setValue(25)  # type: ignore[union-attr]
    assert shown.reset.isVisible()
    assert shown.reset.toolTip() == "Back to 10 s"
    shown.reset.click()
    assert application.settings.current.drain == 10
    assert application.settings.origin("drain") == "default"
    assert shown.reset.isHidden()


@on_loop
async def test_what_zero_stands_for_is_told_in_words(desktop: Desktop, application: Staged) -> None:
    shown = row(desktop, "ner-threshold")
    assert isinstance(shown.field, QDoubleSpinBox) and shown.field.text() == "the preset’s"
    shown.field.setValue(0.7)
    assert shown.reset.toolTip() == "Back to the preset’s" and shown.field.text() != "the preset’s"
    shown.reset.click()
    assert application.settings.current.ner_threshold == 0 and shown.field.text() == "the preset’s"


@on_loop
async def test_operators_are_written_as_text_and_a_misspelt_one_is_explained(
    desktop: Desktop, application: Staged
) -> None:
    shown = row(desktop, "operators")
    edit = shown.field
    assert isinstance(edit, QLineEdit)
    edit.setText("SSN=block")
    edit.editingFinished.emit()
    assert shown.complaint.text() == "There is no entity of that name; US_SSN is probably meant."
    edit.setText("US_SSN=block")
    edit.editingFinished.emit()
    assert shown.complaint.isHidden() and application.settings.current.operators == "US_SSN=block"


@on_loop
async def test_what_needs_a_restart_says_so(desktop: Desktop) -> None:
    form = desktop.open_settings()
    assert form.restart.isHidden()
    form.rows["port"].field.setValue(3100)  # type: ignore[union-attr]
    assert form.restart.text() == "Restart Anonamoose for the new value to take effect: Port."
    assert form.restart.isVisible()
    form.rows["port"].reset.click()
    assert form.restart.isHidden()


@on_loop
async def test_fixed_rows_say_by_what(desktop: Desktop) -> None:
    shown = row(desktop, "data-dir")
    assert not shown.field.isEnabled()
    assert shown.note.text().startswith("Fixed by --data-dir")
    assert shown.reset.isHidden()
    assert row(desktop, "port").field.isEnabled()


@on_loop
async def test_changes_made_elsewhere_appear(desktop: Desktop, application: Staged) -> None:
    form = desktop.open_settings()
    application.settings.update({"drain": 7, "ner": False})
    assert form.rows["drain"].field.value() == 7  # type: ignore[union-attr]
    assert not form.rows["ner"].field.isChecked()  # type: ignore[union-attr]


@on_loop
async def test_turning_protection_off_here_asks_too(desktop: Desktop, application: Staged) -> None:
    shown = row(desktop, "protection")
    assert isinstance(shown.field, QCheckBox)

    def answer(text: str) -> None:
        box = desktop.open_settings().findChild(QMessageBox)
        assert isinstance(box, QMessageBox)
        next(button for button in box.buttons() if button.text() == text).click()

    shown.field.click()
    assert shown.field.isChecked()
    answer("Keep protecting")
    assert application.settings.current.protection
    await until(lambda: desktop.open_settings().findChild(QMessageBox) is None)
    shown.field.click()
    answer("Turn off")
    await until(lambda: not application.settings.current.protection)
    assert not shown.field.isChecked()


@on_loop
async def test_what_cannot_be_stored_is_taken_back(
    desktop: Desktop, application: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(values: object) -> None:
        raise StorageError("The disk is full.", "Free some space.")

    monkeypatch.setattr(application.settings, "_write", fail)
    shown = row(desktop, "openai-upstream")
    assert isinstance(shown.field, QLineEdit)
    shown.field.setText("https://llm.example.com")
    shown.field.editingFinished.emit()
    assert shown.complaint.text() == "The disk is full. Free some space."
    assert shown.field.text() == "https://api.openai.com"


@on_loop
async def test_the_wheel_scrolls_and_changes_nothing(desktop: Desktop, application: Staged) -> None:
    field = row(desktop, "drain").field
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    field.clearFocus()
    QApplication.sendEvent(field, event)
    assert application.settings.current.drain == 10
