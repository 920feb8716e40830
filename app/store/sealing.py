"""Encryption at rest: AES-256-GCM, every value bound to the place it is stored in."""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_SIZE = 32
_NONCE_SIZE = 12


class Unsealable(ValueError):
    """The key does not fit, or the stored bytes were altered or moved."""


class Seal:
    """Seals and opens byte strings under one 32-byte key."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_SIZE:
            raise ValueError(f"a key has {KEY_SIZE} bytes")
        self.key = key
        self._cipher = AESGCM(key)
        self._names = hashlib.sha256(b"anonamoose/name" + key).digest()

    def rekey(self, key: bytes) -> None:
        """From now on it seals and opens with `key`. What it has named keeps its name."""
        self._cipher = AESGCM(key)
        self.key = key

    def name_by(self, secret: bytes) -> None:
        """From now on `digest` is made with `secret`, which outlasts the key."""
        self._names = secret

    def __repr__(self) -> str:
        return "<Seal>"

    def seal(self, plain: bytes, place: str) -> bytes:
        """Nonce, ciphertext and tag. `place` says where it belongs; it is not stored."""
        nonce = os.urandom(_NONCE_SIZE)
        return nonce + self._cipher.encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """The plain bytes; raises Unsealable."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], place.encode())
        except (InvalidTag, ValueError, TypeError):  # the last: SQLite stores text in a BLOB column, too
            raise Unsealable from None

    def digest(self, *parts: bytes) -> bytes:
        """A keyed, one-way name for `parts` (HMAC-SHA256 over the parts and their lengths)."""
        return hmac.digest(self._names, b"".join([len(part).to_bytes(8, "big") + part for part in parts]), "sha256")


def new_key() -> bytes:
    return os.urandom(KEY_SIZE)
