"""What a session derives from a value with its own key: the same each time, and telling nothing about the value."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Container
from itertools import count

from app.pipeline.memo import DIGEST_SIZE
from app.pipeline.placeholder import private
from app.pipeline.surrogate import Draw

#: Numbers get another digit each time so many values are known: (values up to, digits).
_DIGITS = ((200, 4), (2_000, 5), (20_000, 6), (200_000, 7))
_MOST_DIGITS = 8


class Keyed:
    """Derivations under one key. `attempt` counts what was derived for the same value and could not be used."""

    def __init__(self, key: bytes) -> None:
        # Apart from the key that seals the values at rest, which is derived from the same one.
        self._key = hashlib.sha256(b"anonamoose/number" + key).digest()

    def _digest(self, purpose: bytes, value: str, attempt: int, algorithm: str = "sha256") -> bytes:
        seed = purpose + attempt.to_bytes(4, "big") + value.encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, seed, algorithm)

    def unused(self, value: str, used: Container[str], known: int) -> int:
        """A number of `value` that is not `used`, with as many digits as so many `known` values need."""
        digits = next((d for limit, d in _DIGITS if known < limit), _MOST_DIGITS)
        attempt = 0
        while str(number := self._number(value, attempt, digits)) in used:
            attempt += 1
            # A crowded range would be searched for long: give up on it early and take a wider one.
            digits = min(_MOST_DIGITS, digits + (attempt % 16 == 0))
        return number

    def _number(self, value: str, attempt: int, digits: int) -> int:
        low: int = 10 ** (digits - 1)
        return low + int.from_bytes(self._digest(b"", value, attempt)[:8], "big") % (9 * low)

    def unused_private(self, value: str, is_used: Callable[[str], bool]) -> str:
        """A placeholder of the style `pua` that is not used."""
        tokens = (private(self._digest(b"pua", value, attempt)) for attempt in count())
        return next(token for token in tokens if not is_used(token))

    def draw(self, value: str, attempt: int) -> Draw:
        """What decides a surrogate."""
        return Draw(self._digest(b"surrogate", value, attempt, "sha512"))

    def name(self, digest: bytes, number: int) -> bytes:
        """A digest alone could be guessed from a short text; keyed, it tells nothing."""
        which = number.to_bytes(4, "big") if number else b""
        return hmac.digest(self._key, b"memo" + digest + which, "sha256")[:DIGEST_SIZE]
