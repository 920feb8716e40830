"""Where the frozen program begins: `anonamoose`, or one of the processes that it starts from itself."""

import multiprocessing
import os
import ssl
import sys
from pathlib import Path

# First of all: in a process that was started to detect or to fetch, this does that and does not return.
multiprocessing.freeze_support()

if sys.stdout is None or sys.stderr is None:  # a windowed program on Windows
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")


def _prepare() -> None:
    # Qt's parts are those beside us, not those of a desktop's own Qt.
    for name in ("QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH", "QML2_IMPORT_PATH"):
        os.environ.pop(name, None)
    if sys.platform.startswith("linux"):
        from truststore import _openssl

        # Without the system's certificates no provider could be reached: then those that we bring.
        known = (ssl.get_default_verify_paths().cafile, *_openssl._CA_FILE_CANDIDATES)
        if not any(path and os.path.isfile(path) for path in known):
            os.environ["SSL_CERT_FILE"] = str(Path(sys._MEIPASS, "certifi", "cacert.pem"))


_prepare()

from app.cli import main  # noqa: E402

sys.exit(main())
