"""Which exchanges are listed: by type, tool, session and outcome, and by a text that is searched for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel

from app.proxy.exchange import Exchange
from app.ui.exchange_table import ExchangeTable
from app.ui.language import later
from app.ui.words import outcome


@dataclass(frozen=True, slots=True)
class Facet:
    """A way to tell exchanges apart; each has some values of it."""

    name: str
    everything: str
    values: Callable[[Exchange], Iterable[str]]


def _some(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


FACETS = (
    Facet(later("Type"), later("All types"), lambda exchange: exchange.entities),
    Facet(later("Tool"), later("All tools"), lambda exchange: _some(exchange.client)),
    Facet(later("Session"), later("All sessions"), lambda exchange: _some(exchange.session)),
    Facet(later("Outcome"), later("All outcomes"), lambda exchange: (outcome(exchange),)),
)


class ExchangeFilter(QSortFilterProxyModel):
    """Shows the rows of a table that fit. What the texts hold is looked up elsewhere: `found` are those ids."""

    def __init__(self, table: ExchangeTable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self._chosen: dict[str, str] = {}
        self._needle = ""
        self._found: frozenset[int] = frozenset()
        self.setSourceModel(table)
        self.setDynamicSortFilter(True)

    def choose(self, facet: Facet, value: str) -> None:
        """Lists only those with `value`; "" for all."""
        self.beginFilterChange()
        self._chosen[facet.name] = value
        self.endFilterChange()

    def search(self, text: str) -> None:
        """Lists those that `text` occurs in; those whose texts hold it follow by `found`."""
        self.beginFilterChange()
        self._needle, self._found = text.strip().casefold(), frozenset()
        self.endFilterChange()

    def found(self, ids: frozenset[int]) -> None:
        """Lists these as well: their texts hold what is searched for."""
        self.beginFilterChange()
        self._found = ids
        self.endFilterChange()

    @property
    def is_on(self) -> bool:
        """Whether some may be left out."""
        return bool(self._needle) or any(self._chosen.values())

    def values(self, facet: Facet) -> list[str]:
        """What there is to choose from, most first."""
        counts = Counter(value for exchange in self._table.exchanges for value in facet.values(exchange))
        return [value for value, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]

    def filterAcceptsRow(self, row: int, parent: QModelIndex | QPersistentModelIndex) -> bool:
        exchange = self._table.exchanges[row]
        for facet in FACETS:
            wanted = self._chosen.get(facet.name)
            if wanted and wanted not in facet.values(exchange):
                return False
        return not self._needle or exchange.id in self._found or self._needle in _about(exchange)


def _about(exchange: Exchange) -> str:
    """What is searched besides the texts."""
    said = (
        exchange.client,
        exchange.method,
        exchange.path,
        exchange.model,
        exchange.session,
        exchange.provider,
        exchange.upstream,
        outcome(exchange),
        exchange.reason,
        *exchange.entities,
        *exchange.notices,
    )
    return "\n".join(said).casefold()
