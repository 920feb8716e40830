"""What a session derives from a value with its own key: the same each time, and telling nothing about the value."""

from __future__ import annotations

import hashlib
import hmac

from app.pipeline.memo import DIGEST_SIZE
from app.pipeline.placeholder import private
from app.pipeline.surrogate import Draw


class Keyed:
    """Derivations under one key. `attempt` counts what was derived for the same value and could not be used."""

    def __init__(self, key: bytes) -> None:
        # Apart from the key that seals the values at rest, which is derived from the same one.
        self._key = hashlib.sha256(b"anonamoose/number" + key).digest()

    def _digest(self, purpose: bytes, value: str, attempt: int, algorithm: str = "sha256") -> bytes:
        seed = purpose + attempt.to_bytes(4, "big") + value.encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, seed, algorithm)

    def number(self, value: str, attempt: int, digits: int) -> int:
        """A number of so many digits."""
        low: int = 10 ** (digits - 1)
        return low + int.from_bytes(self._digest(b"", value, attempt)[:8], "big") % (9 * low)

    def private(self, value: str, attempt: int) -> str:
        """A placeholder of the style `pua`."""
        return private(self._digest(b"pua", value, attempt))

    def draw(self, value: str, attempt: int) -> Draw:
        """What decides a surrogate."""
        return Draw(self._digest(b"surrogate", value, attempt, "sha512"))

    def name(self, digest: bytes, number: int) -> bytes:
        """A digest alone could be guessed from a short text; keyed, it tells nothing."""
        which = number.to_bytes(4, "big") if number else b""
        return hmac.digest(self._key, b"memo" + digest + which, "sha256")[:DIGEST_SIZE]
