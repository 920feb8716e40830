"""How many files and sockets this process may have open: systems allow few to those who do not ask."""

from __future__ import annotations

from contextlib import suppress


def allow(count: int) -> None:
    """Has the system allow `count`, or as many as it lets us; never fewer than before."""
    try:
        import resource
    except ImportError:  # Windows, which counts none
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    endless = resource.RLIM_INFINITY
    wanted = count if hard == endless else min(count, hard)
    if soft != endless and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
