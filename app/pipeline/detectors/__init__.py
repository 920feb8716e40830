"""The one shape every detector has. Detectors find spans; they never edit text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from app.pipeline.policy import Policy
from app.pipeline.span import Span


class Detector(Protocol):
    """A detection layer.

    Stateless per call: the same text under the same policy gives the same spans, whatever was
    looked at before, because a longer conversation must redact its old part byte for byte alike.
    """

    @property
    def name(self) -> str:
        """The layer, one of `span.LAYERS`; it is the `source` of every span found here."""
        ...

    def detect(self, text: str, policy: Policy) -> Iterable[Span]:
        """Spans in `text`, in any order, possibly overlapping.

        Must cope with any `str`, lone surrogates included. Raises `DetectorUnavailable` when the
        layer cannot do its work; nothing may be sent then.
        """
        ...


class DetectorUnavailable(RuntimeError):
    """A layer that is switched on cannot run. The message is a sentence for the user."""
