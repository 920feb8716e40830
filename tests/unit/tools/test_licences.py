"""Everything that ships with the app has a licence that allows it."""

from __future__ import annotations

import pytest

from tools import licences


@pytest.mark.parametrize("name", licences.names())
def test_what_is_shipped_may_be(name: str) -> None:
    assert licences.is_allowed(licences.licence(name))


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 AND MIT", True),
        ("MIT AND AGPL-3.0-only", False),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0", True),
        ("GPL-3.0-only", False),
        ("(Apache-2.0 AND MIT) OR GPL-3.0-only", True),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_of_a_choice_one_must_be_allowed_of_a_sum_all(expression: str, allowed: bool) -> None:
    assert licences.is_allowed(expression) is allowed


def test_a_package_that_says_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licences, "_SPELT", {})
    with pytest.raises(LookupError, match="markdown-it-py has no licence"):
        licences.licence("markdown-it-py")
