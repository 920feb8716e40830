"""The models there are, as a table."""

from __future__ import annotations

from app.hub.installed import Entry
from app.settings_store import SettingsStore
from app.ui.language import tr
from app.ui.rows import Column, Index, Rows


class Models(Rows[Entry]):
    """A row for each: name, whether it is here, size, licence, and where it comes from."""

    def __init__(self, store: SettingsStore) -> None:
        super().__init__(
            Column(tr("Model"), lambda entry: entry.model.name),
            Column(tr("State"), self._state),
            Column(tr("Size"), lambda entry: _size(entry), is_number=True),
            Column(tr("Licence"), lambda entry: entry.model.licence),
            Column(tr("From"), lambda entry: entry.model.repository),
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
        lines = [model.repository, tr("commit {revision}").format(revision=model.revision) if model.revision else ""]
        return "\n".join(filter(None, [*lines, *(f"{name}: SHA-256 {digest}" for name, digest in model.digests)]))

    def _state(self, entry: Entry) -> str:
        state = tr("not fetched") if not entry.is_here else tr("fetched") if entry.model.repository else tr("embedded")
        return tr("{state}, in use").format(state=state) if entry.model.name == self._store.current.ner_model else state


def _size(entry: Entry) -> str:
    return tr("{number} MB").format(number=f"{entry.model.size / 1e6:.0f}") if entry.model.size else ""
