"""Where sessions are kept when several replicas share them: an address, and the password beside it."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

#: What an address may say besides the place: files for TLS.
_FILES = frozenset({"ssl_ca_certs", "ssl_certfile", "ssl_keyfile"})


def check_vault_url(url: str) -> None:
    """Raises ValueError, with a sentence for the user, unless `url` is empty or an address of Redis."""
    if not url:
        return
    try:
        parts = urlsplit(url)
        place = parts.path if parts.scheme == "unix" else parts.hostname
        fits = parts.scheme in ("redis", "rediss", "unix") and bool(place) and parts.port != 0
        asked = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        fits, asked = False, {}
    if not fits or parts.fragment:
        raise ValueError("It must be a URL such as rediss://valkey.example.com:6379.")
    if parts.password is not None:
        raise ValueError("It must not hold a password: give that in ANONAMOOSE_VAULT_PASSWORD.")
    if not asked.keys() <= _FILES or (asked and parts.scheme != "rediss"):
        raise ValueError(f"Behind the question mark it takes {', '.join(sorted(_FILES))}, with rediss:// alone.")
