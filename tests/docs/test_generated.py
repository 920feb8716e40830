"""Generated pages say what the program does now."""

from __future__ import annotations

import pytest

from tools import build_docs


@pytest.mark.parametrize("name", build_docs.PAGES)
def test_a_generated_page_is_current(name: str) -> None:
    page = build_docs.DOCS / name
    assert page.read_text(encoding="utf-8") == build_docs.PAGES[name](), "run `make docs`"
