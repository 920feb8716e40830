"""A feed of releases: the newest version that is newer, and a link that leads nowhere else."""

from __future__ import annotations

import pytest

from app.releases import Release, newer

URL = "https://example.com/anonamoose/releases.atom"


def entry(title: str, page: str = "", rel: str = "alternate") -> str:
    link = f'<link rel="{rel}" type="text/html" href="{page}"/>' if page else ""
    return f"<entry><id>tag:example.com,2026:{title}</id>{link}<title>{title}</title></entry>"


def feed(*entries: str) -> bytes:
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{"".join(entries)}</feed>'.encode()


@pytest.mark.parametrize(
    ("titles", "running", "expected"),
    [
        (["v1.3.0", "v1.2.0"], "1.2.0", "1.3.0"),
        (["v1.9.0", "v1.10.0"], "1.2.0", "1.10.0"),  # by number, in whatever order
        (["Anonamoose 2.0.1: faster"], "1.2.0", None),  # "2.0.1:" is no version
        (["Anonamoose 2.0.1"], "1.2.0", "2.0.1"),
        (["v1.2.0"], "1.2.0", None),
        (["v1.1.0"], "1.2.0", None),
        (["v1.3.0rc1"], "1.2.0", None),
        (["v1.3.0rc2"], "1.3.0rc1", "1.3.0rc2"),
        (["v1.3.0"], "1.3.0rc1", "1.3.0"),
        (["Release 7"], "1.2.0", None),
        (["nightly"], "1.2.0", None),
        ([], "1.2.0", None),
    ],
)
def test_the_newest(titles: list[str], running: str, expected: str | None) -> None:
    found = newer(feed(*map(entry, titles)), URL, running)
    assert (found and found.version) == expected


def test_the_address_names_the_version_where_the_title_does_not() -> None:
    page = "https://example.com/anonamoose/tag/v1.3.0"
    assert newer(feed(entry("The spring release", page)), URL, "1.2.0") == Release("1.3.0", page)


@pytest.mark.parametrize(
    "page",
    [
        "https://elsewhere.example/v1.3.0",
        "http://example.com/v1.3.0",
        "https://example.com:8443/v1.3.0",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://[example.com/v1.3.0",
    ],
)
def test_a_link_elsewhere_is_not_offered(page: str) -> None:
    assert newer(feed(entry("v1.3.0", page)), URL, "1.2.0") == Release("1.3.0", "")


def test_a_link_to_something_else() -> None:
    found = newer(feed(entry("v1.3.0", "https://example.com/v1.3.0.zip", rel="enclosure")), URL, "1.2.0")
    assert found == Release("1.3.0", "")


@pytest.mark.parametrize("body", [b"", b"not found", b"<html></html>", b"<feed/>", feed(entry("v1.3.0"))[:-7]])
def test_what_is_no_feed(body: bytes) -> None:
    with pytest.raises(ValueError, match="It is no"):
        newer(body, URL, "1.2.0")
