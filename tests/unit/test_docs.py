"""Generated pages say what the program does now."""

from __future__ import annotations

from tools import build_docs


def test_the_page_on_settings_is_current() -> None:
    page = build_docs.DOCS / "settings.md"
    assert page.read_text(encoding="utf-8") == build_docs.settings(), "run `make docs`"
