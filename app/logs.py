"""Logging to stderr. Ours says types and counts; what libraries say of a request is kept out."""

from __future__ import annotations

import logging
import sys

#: Their messages quote request lines, headers or bodies.
_TALKATIVE = ("aiohttp", "asyncio", "urllib3", "httpx", "huggingface_hub", "transformers")


def configure(level: str) -> None:
    """Sets up the root logger, once, for a program that owns its stderr."""
    if sys.stderr is None:  # a windowed program on Windows
        logging.getLogger().addHandler(logging.NullHandler())
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("app").setLevel(level.upper())
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
