"""Restoring a string that came as a whole, documents in base64 included."""

from __future__ import annotations

from collections.abc import Set

from app.pipeline.media import opened
from app.pipeline.memo import Edits, of_answer
from app.pipeline.restore import Restorer
from app.pipeline.session import Session
from app.proxy.offsets import Restored


def restore_string(
    text: str,
    key: str,
    session: Session,
    *,
    cut: bool = False,
    withheld: Set[str] = frozenset(),
    hidden: Edits = (),
) -> tuple[Restored, int]:
    """`text`, which stands under `key`, restored and remembered; and how many values that put back.

    `cut` says that its end may be missing; placeholders whose label is `withheld` stay; `hidden` is
    as in `Restorer.feed`.
    """
    encoded = opened(text) if len(session) and not hidden else None
    said = encoded.text(textual=False) if encoded else None
    if encoded is not None and said is not None:
        inner, count = restore_string(said, "data", session, withheld=withheld)
        if inner.got == said:
            return Restored(text, text, ()), 0
        try:
            return Restored(text, encoded.with_text(inner.got), (), inner.labels), count
        except UnicodeEncodeError:
            return Restored(text, text, ()), 0  # its charset has no letters for a value
    if not hidden and session.finder.is_clear(text):  # as most strings are
        for memory in of_answer(key, text, (), text):
            session.learn(memory)
        return Restored(text, text, ()), 0
    restorer = Restorer(session, withheld=withheld)
    got = restorer.feed(text, hidden)
    if restorer.held:
        got += restorer.flush(cut=cut)
    for memory in of_answer(key, got, restorer.edits, text):
        session.learn(memory)
    return Restored(text, got, restorer.edits, restorer.labels), restorer.restored
