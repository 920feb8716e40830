"""Where the certificates of authorities are, by which providers are known to be who they are."""

from __future__ import annotations

import os
import ssl
import sys
from pathlib import Path

#: Variables by which OpenSSL is told of others.
FILE_VARIABLE = "SSL_CERT_FILE"


def place() -> str:
    """What they are read from, in words; "" where there are none, and no provider can be reached."""
    if sys.platform in ("win32", "darwin"):
        return "the system's own store"
    return _file() or _folder()


def bring(file: Path) -> None:
    """Has those in `file` used where the system has none."""
    if not place() and file.is_file():
        os.environ[FILE_VARIABLE] = str(file)


def _file() -> str:
    from truststore import _openssl  # looks where each distribution keeps them, and does not tell

    usual = ssl.get_default_verify_paths().cafile
    return next((str(path) for path in (usual, *_openssl._CA_FILE_CANDIDATES) if path and os.path.isfile(path)), "")


def _folder() -> str:
    folder = ssl.get_default_verify_paths().capath
    return str(folder) if folder and any(Path(folder).glob("*.0")) else ""
