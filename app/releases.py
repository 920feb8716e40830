"""Versions of this app, as a feed of its releases (Atom, RFC 4287) names them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree import ElementTree

from packaging.version import InvalidVersion, Version

_ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass(frozen=True, slots=True)
class Release:
    """A version that can be had. `page` tells about it, at the host of the feed; empty where no link leads there."""

    version: str
    page: str


def newer(feed: bytes, url: str, running: str) -> Release | None:
    """The newest release in `feed` if it is newer than version `running`; `url` is where the feed came from.

    Previews count only for whoever runs one. What is no version is passed over. Raises ValueError where it is no feed.
    """
    now = Version(running)
    found: dict[Version, Release] = {}
    for entry in _entries(feed):
        page = next(_pages(entry, url), "")
        version = _version((entry.findtext(f"{_ATOM}title", ""), urlsplit(page).path.rsplit("/", 1)[-1]))
        if version and version > now and (now.is_prerelease or not version.is_prerelease):
            found[version] = Release(str(version), page)
    return found[max(found)] if found else None


def _entries(feed: bytes) -> Iterable[ElementTree.Element]:
    try:
        # A feed is short, and expat itself stops entities that grow.
        root = ElementTree.fromstring(feed)  # noqa: S314
    except ElementTree.ParseError:
        raise ValueError("It is no XML.") from None
    if root.tag != f"{_ATOM}feed":
        raise ValueError("It is no Atom feed.")
    return root.iter(f"{_ATOM}entry")


def _pages(entry: ElementTree.Element, url: str) -> Iterator[str]:
    """Links to where the feed itself is: one that leads elsewhere is nothing to offer for a click."""
    here = urlsplit(url)
    for link in entry.iter(f"{_ATOM}link"):
        with suppress(ValueError):
            there = urlsplit(target := link.get("href", ""))
            if link.get("rel", "alternate") == "alternate" and there[:2] == here[:2]:
                yield target


def _version(words: Iterable[str]) -> Version | None:
    for word in (piece for text in words for piece in text.split()):
        with suppress(InvalidVersion):
            if "." in word:
                return Version(word)
    return None
