"""Everything that ships with the app has a licence that allows it."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

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


def test_the_page_names_what_only_the_frozen_program_brings() -> None:
    page = licences.page()
    for part in ("| certifi | MPL-2.0 |", "| ICU | Unicode-3.0 |", "| Python | PSF-2.0 |"):
        assert part in page


@pytest.mark.parametrize(
    ("modules", "files", "found"),
    [
        (["app.cli", "asyncio.events", "aiohttp.web", "_brotli"], ["libQt6Core.so.6", "libz.so.1"], []),
        (["certifi"], ["libscipy_openblas64_-32a4b2a6.so", "libxcb-icccm.so.4", "libpython3.12.so.1.0"], []),
        (["hypothesis.core", "pytest"], [], ["hypothesis", "pytest"]),
        (["aiohttp"], ["libzebra.so.1", "libgio-2.0.so.0"], ["libgio-2.0.so.0", "libzebra.so.1"]),
    ],
)
def test_what_is_frozen_and_not_on_the_page_is_found(modules: list[str], files: list[str], found: list[str]) -> None:
    assert licences.strangers(modules, files) == found


def test_texts_of_licences_come_along() -> None:
    texts = licences.texts()
    assert {"licences/aiohttp", "licences/redis", "licences/numpy"} <= {place for _, place in texts}
    assert all(Path(file).is_file() for file, _ in texts)


@pytest.mark.parametrize("identifier", ["Apache-2.0", "MPL-2.0", "LGPL-2.1", "LGPL-3.0", "GPL-3.0"])
def test_what_licences_ask_to_be_given_along_is(identifier: str) -> None:
    [text] = [Path(file) for file, folder in licences.texts() if folder == "licences" and Path(file).stem == identifier]
    assert f"Version {identifier.partition('-')[2].removesuffix('.0')}" in text.read_text(encoding="utf-8").title()


def test_every_package_here_has_its_text_or_one_of_those_in_full() -> None:
    whole = {Path(file).stem for file, folder in licences.texts() if folder == "licences"}
    own = {folder.partition("/")[2] for _, folder in licences.texts()}
    rest = {name: licences.licence(name) for name in licences.names() if name not in own}
    here = {name for name in rest if any(metadata.distributions(name=name))}
    assert {rest[name].partition(" OR ")[0].removesuffix("-only") for name in here} <= whole
