"""The local keys there are, as a table. Never a key."""

from __future__ import annotations

import time

from app.store.access import LocalKey
from app.ui.language import tr
from app.ui.rows import Column, Rows


class LocalKeys(Rows[LocalKey]):
    """A row for each, by label."""

    def __init__(self) -> None:
        super().__init__(
            Column(tr("Label"), lambda key: key.label),
            Column(tr("Provider"), lambda key: ", ".join(key.scope.upstreams) or tr("any")),
            Column(tr("Session"), lambda key: key.scope.session or tr("any")),
            Column(
                tr("Of its own"),
                lambda key: ", ".join(f"{name}={value}" for name, value in sorted(key.scope.own.items())),
            ),
            Column(tr("Until"), _until),
            Column(tr("Last used"), lambda key: _when(key.used, tr("never"))),
        )


def _when(moment: float, none: str) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(moment)) if moment else none


def _until(key: LocalKey) -> str:
    return (
        tr("over since {time}").format(time=_when(key.scope.expires, ""))
        if key.is_over
        else _when(key.scope.expires, tr("revoked"))
    )
