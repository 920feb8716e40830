"""The models there are, as a table."""

from __future__ import annotations

from app.hub.installed import Entry
from app.settings_store import SettingsStore
from app.ui.rows import Column, Index, Rows


class Models(Rows[Entry]):
    """A row for each: name, whether it is here, size, licence, and where it comes from."""

    def __init__(self, store: SettingsStore) -> None:
        super().__init__(
            Column("Model", lambda entry: entry.model.name),
            Column("State", self._state),
            Column(
                "Size", lambda entry: f"{entry.model.size / 1e6:.0f} MB" if entry.model.size else "", is_number=True
            ),
            Column("Licence", lambda entry: entry.model.licence),
            Column("From", lambda entry: entry.model.repository),
        )
        self._store = store

    def name(self, index: Index) -> str:
        """The name of a row's model, "" for none."""
        entry = self.item(index)
        return entry.model.name if entry else ""

    def row(self, name: str) -> int:
        """The row of a model, -1 for none."""
        return next((row for row, entry in enumerate(self.items) if entry.model.name == name), -1)

    def tip(self, item: Entry) -> str:
        model = item.model
        lines = [model.repository, f"commit {model.revision}" if model.revision else ""]
        return "\n".join(filter(None, [*lines, *(f"{name}: SHA-256 {digest}" for name, digest in model.digests)]))

    def _state(self, entry: Entry) -> str:
        state = "not fetched" if not entry.is_here else "fetched" if entry.model.repository else "embedded"
        return f"{state}, in use" if entry.model.name == self._store.current.ner_model else state
