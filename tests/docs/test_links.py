"""Whatever the documentation leads to is there."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.pages import DOCS, PAGES, ROOT, Page

EVERY = pytest.mark.parametrize("page", PAGES, ids=repr)
_BY_PATH = {page.path: page for page in PAGES}


def dead(page: Page) -> list[str]:
    """Links of `page` within the project to what is not there."""
    return [link for link in page.links if not _is_alive(page, link)]


def _is_alive(page: Page, link: str) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return parts.scheme in ("http", "https", "mailto")
    target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    there = _BY_PATH.get(target)
    return not parts.fragment or (there is not None and parts.fragment in there.anchors)


@EVERY
def test_no_link_is_dead(page: Page) -> None:
    assert not dead(page)


def test_a_dead_link_is_noticed(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("docs") / "page.md"
    path.write_text("# One `x`\n# One x\n[a](#one-x-1) [b](#two) [c](gone.md) ![d](gone.png)\n", encoding="utf-8")
    assert dead(Page(path)) == ["#one-x-1", "#two", "gone.md", "gone.png"]  # all is outside of the project
    assert Page(path).anchors == {"one-x", "one-x-1"}


def test_every_page_is_found_from_the_first() -> None:
    first = _BY_PATH[DOCS / "README.md"]
    assert {path.name for path in DOCS.glob("*.md")} - {"README.md"} <= set(first.links)
    assert "docs/README.md" in _BY_PATH[ROOT / "README.md"].links


def test_every_picture_is_shown() -> None:
    shown = {(page.path.parent / link).resolve() for page in PAGES for link in page.pictures}
    assert set((DOCS / "images").iterdir()) == {path for path in shown if path.is_relative_to(DOCS)}
