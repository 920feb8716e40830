from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.descriptors import allow

resource = pytest.importorskip("resource")


@pytest.fixture
def hard() -> Iterator[int]:
    """The most that may be asked for, while a hundred fewer than that are allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        hard = 4096
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard - 100, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    yield hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


def soft() -> int:
    allowed: int = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return allowed


def test_more_are_asked_for(hard: int) -> None:
    allow(hard - 50)
    assert soft() == hard - 50


def test_no_fewer_than_before(hard: int) -> None:
    allow(64)
    assert soft() == hard - 100


@pytest.mark.skipif(
    resource.getrlimit(resource.RLIMIT_NOFILE)[1] == resource.RLIM_INFINITY, reason="here there is no most"
)
def test_no_more_than_may_be_had(hard: int) -> None:
    allow(hard + 1)
    assert soft() == hard
