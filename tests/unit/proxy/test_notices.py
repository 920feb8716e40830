from __future__ import annotations

import pytest

from app.pipeline.detection import Report
from app.pipeline.media import Attachment
from app.pipeline.policy import Policy
from app.proxy.notices import check, notices
from app.proxy.refusal import Refusal

IMAGE, VIDEO, SOUND = Attachment("PNG", "image"), Attachment("video", "image"), Attachment("", "audio")
LETTER = Attachment("PDF", "document")


@pytest.mark.parametrize(
    ("attachments", "reports", "expected"),
    [
        ([], [], ()),
        ([IMAGE], [], ("1 image left unread.",)),
        ([SOUND, IMAGE, VIDEO], [], ("2 images left unread.", "1 recording left unread.")),
        ([LETTER], [Report("PDF", {}, True)], ("A document (PDF) left; nothing was found in it.",)),
        ([LETTER], [Report("PDF", {}, False)], ("A document (PDF) left; nothing was found in its beginning.",)),
        ([LETTER], [Report("", None, False)], ("A document left, and could not be read.",)),
        (
            [LETTER, IMAGE],
            [Report("Word", {"PERSON": 2, "EMAIL_ADDRESS": 1}, False)],
            (
                "A document (Word) left; at least 1 EMAIL_ADDRESS, 2 PERSON was found in it.",
                "1 image left unread.",
            ),
        ),
    ],
)
def test_notices_say_what_left(attachments: list[Attachment], reports: list[Report], expected: tuple[str, ...]) -> None:
    assert notices(attachments, reports, Policy()) == expected


def test_there_are_never_many() -> None:
    found = notices([LETTER] * 99 + [IMAGE] * 99 + [SOUND] * 99, [Report("PDF", {}, True)] * 99, Policy())
    assert len(found) == 9 and found[6:] == (
        "93 further documents left.", "99 images left unread.", "99 recordings left unread.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("attachment", "policy", "setting", "what"),
    [
        (IMAGE, Policy(images="block"), "images", "an image"),
        (LETTER, Policy(documents="block"), "documents", "a document"),
        (SOUND, Policy(audio="block"), "audio", "a recording"),
    ],
)
def test_each_kind_is_blocked_by_its_own_setting(
    attachment: Attachment, policy: Policy, setting: str, what: str
) -> None:
    with pytest.raises(Refusal) as caught:
        check([attachment], policy)
    assert (caught.value.status, caught.value.code) == (403, f"{setting}_blocked")
    assert what in caught.value.message and f"the setting {setting}." in caught.value.message
    check([a for a in (IMAGE, LETTER, SOUND) if a is not attachment], policy)
    check([IMAGE, LETTER, SOUND], Policy())


def test_what_is_allowed_is_not_mentioned() -> None:
    assert notices([IMAGE, SOUND, LETTER], [], Policy(images="allow", audio="allow", documents="allow")) == ()
