"""Whether the app starts when the user signs in."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app import login_item
from app.errors import UserError
from app.ui.language import later, tr
from app.ui.window import Complaint, quiet

_SAYS = later("The icon appears in the tray, and no window.")


class LoginPanel(QWidget):
    """Shows what the system says, whoever changed it."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Start when I sign in"))
        self.setAccessibleDescription(f"{tr(_SAYS)} {tr('login autostart boot')}")
        self.box = QCheckBox(tr("Start when I &sign in"))
        self.box.clicked.connect(self._turn)
        self.complaint = Complaint()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 0, 0, 4)
        layout.setSpacing(3)
        for widget in (self.box, quiet(tr(_SAYS)), self.complaint):
            layout.addWidget(widget)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.box.setChecked(login_item.is_on())

    def _turn(self, on: bool) -> None:
        self.complaint.tell("")
        try:
            login_item.turn(on)
        except UserError as error:
            self.complaint.tell(error)
        self.box.setChecked(login_item.is_on())
