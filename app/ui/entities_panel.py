"""What happens to each entity, as a table that is searched and edited in place."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDoubleSpinBox,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.settings_store import SettingsStore
from app.ui.bridge import Bridge
from app.ui.entity_table import ENTITY, OPERATOR, THRESHOLD, WORDS, EntityTable, Index
from app.ui.language import later, tr
from app.ui.window import Complaint, quiet

_SAYS = later(
    "What happens to what was found, and how sure detection must be of it, from 0 to 1. Bold is what was set here; all "
    "else is as the preset says."
)


class EntitiesPanel(QWidget):
    """Follows the settings, whoever changes them."""

    def __init__(self, store: SettingsStore, bridge: Bridge) -> None:
        super().__init__()
        self.setAccessibleName(tr("Entities"))
        self.setAccessibleDescription(
            " ".join((tr(_SAYS), tr("operators thresholds"), *WORDS, *map(tr, WORDS.values())))
        )
        self.table = EntityTable(store)
        self.shown = QSortFilterProxyModel(self)
        self.shown.setSourceModel(self.table)
        self.shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search = QLineEdit(placeholderText=tr("Search entities"), clearButtonEnabled=True)
        self.search.setAccessibleName(tr("Search entities"))
        self.search.textChanged.connect(lambda text: self.shown.setFilterFixedString(text.strip().replace(" ", "_")))
        self.view = _View(self.shown)
        self.complaint = Complaint()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(quiet(tr(_SAYS)))
        layout.addWidget(self.search)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.complaint)
        self.view.deleted.connect(lambda index: self.shown.setData(index, None))
        self.table.answered.connect(self.complaint.tell)
        bridge.setting_changed.connect(self._changed)

    def _changed(self, name: str) -> None:
        if name in ("preset", "operators", "thresholds"):
            self.table.load()


class _View(QTableView):
    #: Delete was pressed on this index.
    deleted = Signal(QModelIndex)

    def __init__(self, model: QSortFilterProxyModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setAccessibleName(tr("Entities"))
        self.setItemDelegateForColumn(OPERATOR, _Choice(self))
        self.setItemDelegateForColumn(THRESHOLD, _Score(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)
        self.setMinimumHeight(340)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(ENTITY, QHeaderView.ResizeMode.ResizeToContents)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.currentIndex().isValid():
            self.deleted.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class _Choice(QStyledItemDelegate):
    """A box with the operators, which opens at once and is done with when one is chosen."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        box = QComboBox(parent)
        for operator, words in WORDS.items():
            box.addItem(words, operator)
        box.activated.connect(lambda: self._done(box))
        return box

    def _done(self, box: QComboBox) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QComboBox)
        editor.setCurrentIndex(editor.findData(index.data(Qt.ItemDataRole.EditRole)))

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        assert isinstance(editor, QComboBox) and isinstance(model, QSortFilterProxyModel)
        model.setData(index, editor.currentData())


class _Score(QStyledItemDelegate):
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        spin = QDoubleSpinBox(parent)
        spin.setRange(0, 1)
        spin.setSingleStep(0.05)
        spin.setSpecialValueText(tr("any score"))
        return spin

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        assert isinstance(editor, QDoubleSpinBox) and isinstance(model, QSortFilterProxyModel)
        editor.interpretText()
        model.setData(index, round(editor.value(), 2))

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QDoubleSpinBox)
        editor.setValue(float(index.data(Qt.ItemDataRole.EditRole)))
