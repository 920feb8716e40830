"""A plain text, redacted by itself: what the command line and the management API do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from app.pipeline import redaction
from app.pipeline.allowed import Allowed
from app.pipeline.engine import NESTING
from app.pipeline.placeholder import Style
from app.pipeline.policy import Policy
from app.pipeline.recognition import Recognition
from app.pipeline.redaction import Finding, Redaction
from app.pipeline.session import Session


class Blocked(Exception):
    """The text holds what the policy forbids: `entities`, and how many values of each."""

    def __init__(self, entities: Mapping[str, int]) -> None:
        super().__init__(", ".join(entities))
        self.entities = entities


def redact_plain(
    text: str, findings: Sequence[Finding], session: Session, policy: Policy, allowed: Allowed, style: Style
) -> Redaction:
    """`text` with its `findings`, and what the session knows, replaced. Raises Blocked.

    What is new in `session` has to be stored before the result is used.
    """
    recognition = Recognition(session, findings, policy, allowed)
    # As the detectors have read it: JSON is a text here like any other.
    known = recognition.findings(text, findings, NESTING)
    if blocked := policy.blocked(Counter(finding.entity for finding in known)):
        raise Blocked(blocked)
    return redaction.redact(text, known, session, style=style, masked=policy.masked, among=recognition.known)
