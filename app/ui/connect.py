"""Connect a tool: what to write where, and whether its requests arrive."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QShowEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QLineEdit, QSplitter, QTreeView, QVBoxLayout, QWidget

from app.application import Application
from app.clients import CLIENTS, ORIGIN, client_named
from app.ui.bridge import Bridge
from app.ui.client_card import ClientCard
from app.ui.language import tr
from app.ui.window import Roomy, Window, bold

_ID = Qt.ItemDataRole.UserRole


class Connect(Window):
    """The tools to the left, the chosen one's card to the right."""

    def __init__(self, application: Application, bridge: Bridge) -> None:
        super().__init__(tr("Connect a tool — Anonamoose"), 860, 620)
        self._application = application
        self.search = QLineEdit(placeholderText=tr("Search tools"), clearButtonEnabled=True)
        self.search.setAccessibleName(tr("Search tools"))
        self.model = QSortFilterProxyModel(self)
        self.model.setSourceModel(_tools(self))
        self.model.setRecursiveFilteringEnabled(True)
        self.model.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.tools = QTreeView(headerHidden=True, rootIsDecorated=False, itemsExpandable=False)
        self.tools.setAccessibleName(tr("Tools"))
        self.tools.setModel(self.model)
        self.tools.setItemDelegate(Roomy(self.tools))
        self.tools.setIndentation(12)
        self.tools.setMinimumWidth(230)
        self.card = ClientCard()

        side = QWidget()
        left = QVBoxLayout(side)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self.search)
        left.addWidget(self.tools, 1)
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(side)
        splitter.addWidget(self.card)
        splitter.setSizes([240, 620])
        splitter.setStretchFactor(1, 1)
        QVBoxLayout(self).addWidget(splitter)

        self.search.textChanged.connect(self._filter)
        self.tools.selectionModel().currentChanged.connect(self._show)
        bridge.exchanges_changed.connect(self._look)
        bridge.state_changed.connect(self._moved)
        self._origin = ""
        self.tools.expandAll()
        self._choose_first()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._moved()
        self._look()

    def _filter(self, text: str) -> None:
        self.model.setFilterFixedString(text.strip())
        self.tools.expandAll()
        if not self.tools.currentIndex().data(_ID):
            self._choose_first()

    def _choose_first(self) -> None:
        group = self.model.index(0, 0)
        if group.isValid():
            self.tools.setCurrentIndex(self.model.index(0, 0, group))

    def _moved(self) -> None:
        """Shows the card anew where the app has come to listen elsewhere."""
        if self._here() != self._origin:
            self._show(self.tools.currentIndex())

    def _here(self) -> str:
        return self._application.state.base_url.removesuffix("/v1") or ORIGIN

    def _show(self, index: QModelIndex, before: QModelIndex | None = None) -> None:
        client = client_named(index.data(_ID) or "")
        if client is not None:
            self._origin = self._here()
            self.card.show_client(client, self._origin, self._application.exchanges)

    def _look(self, changed: object = None) -> None:
        if self.isVisible():
            self.card.look(self._application.exchanges)


def _tools(parent: Connect) -> QStandardItemModel:
    """Groups, and in each its tools; a group cannot be chosen."""
    model = QStandardItemModel(parent)
    groups: dict[str, QStandardItem] = {}
    for client in CLIENTS:
        if client.group not in groups:
            groups[client.group] = group = QStandardItem(tr(client.group))
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            group.setFont(bold(parent.font()))
            model.appendRow(group)
        item = QStandardItem(tr(client.name))
        item.setData(client.id, _ID)
        item.setEditable(False)
        groups[client.group].appendRow(item)
    return model
