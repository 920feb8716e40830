"""What the app tells of itself: to the tray, to health checks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Protection(Enum):
    """What happens to a request that arrives now."""

    STARTING = "starting"  # it waits
    ON = "on"  # it is redacted
    OFF = "off"  # it is sent as it is
    REFUSING = "refusing"  # protection is off, and then requests are refused
    BROKEN = "broken"  # detection cannot run, so it is refused


@dataclass(frozen=True, slots=True)
class State:
    """All that a tray icon or a health check tells. `reason` says why when BROKEN, `trouble` why the last request
    was refused although detection runs, `audit` why no trail is written. `paused` are the seconds
    that are left of a pause, infinite where it lasts until the app ends.
    """

    protection: Protection
    reason: str
    today: int
    base_url: str
    key_kept: str
    audit: str = ""
    trouble: str = ""
    paused: float = 0.0
