"""What to say of things in a request that cannot be redacted. Sentences of ours: nothing of the body is in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from app.pipeline.detection import Report
from app.pipeline.media import MEDIA, Attachment, Medium
from app.pipeline.policy import Passage, Policy
from app.proxy.refusal import Refusal

#: The setting of a medium, and how one and several are called.
_WORDS: dict[Medium, tuple[str, str, str]] = {
    "image": ("images", "image", "images"),
    "document": ("documents", "document", "documents"),
    "audio": ("audio", "recording", "recordings"),
}
#: Of these there is no report.
_UNREAD: tuple[Medium, ...] = ("image", "audio")
#: Sentences on one exchange, and documents that are reported on one by one.
MOST, _REPORTS = 9, 6


def _passage(medium: Medium, policy: Policy) -> Passage:
    passage: Passage = getattr(policy, _WORDS[medium][0])
    return passage


def check(attachments: Sequence[Attachment], policy: Policy, *, strict: bool = False) -> None:
    """Raises Refusal when one of `attachments` is of a kind that may not leave.

    With `strict`, for what is uploaded as a file, bytes that nobody knows are none that may, unless
    documents are allowed.
    """
    if strict and policy.documents != "allow" and any(a.medium == "document" and not a.format for a in attachments):
        raise Refusal(
            403,
            "unknown_file",
            "The request has a file of a kind that Anonamoose does not know; nothing was sent.",
            "Leave it out, or allow it: x-anonamoose-documents: allow.",
        )
    for medium in MEDIA:
        if _passage(medium, policy) == "block" and any(a.medium == medium for a in attachments):
            setting, one, _ = _WORDS[medium]
            raise Refusal(
                403,
                f"{setting}_blocked",
                f"The request has {'an' if one == 'image' else 'a'} {one}, which cannot be redacted; nothing was sent.",
                f"Leave it out, or change the setting {setting}.",
            )


def notices(attachments: Sequence[Attachment], reports: Sequence[Report], policy: Policy) -> tuple[str, ...]:
    """A sentence for each medium and each document about which the user wants to be warned."""
    counts = Counter(a.medium for a in attachments if _passage(a.medium, policy) == "warn")
    out = [_report(report) for report in reports[:_REPORTS]]
    if len(reports) > _REPORTS:
        out.append(f"{len(reports) - _REPORTS} further documents left.")
    for medium in _UNREAD:
        if count := counts[medium]:
            _, one, many = _WORDS[medium]
            out.append(f"{count} {one if count == 1 else many} left unread.")
    return tuple(out)


def _report(report: Report) -> str:
    name = f"document ({report.format})" if report.format else "document"
    if report.entities is None:
        return f"A {name} left, and could not be read."
    found = ", ".join(f"{count} {entity}" for entity, count in sorted(report.entities.items()))
    if not found:
        return f"A {name} left; nothing was found in {'it' if report.whole else 'its beginning'}."
    return f"A {name} left; {'' if report.whole else 'at least '}{found} was found in it."
