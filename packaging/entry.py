"""Where the frozen program begins: `anonamoose`, or one of the processes that it starts from itself."""

import multiprocessing
import os
import sys
from pathlib import Path

# First of all: in a process that was started to detect or to fetch, this does that and does not return.
multiprocessing.freeze_support()

if sys.stderr is None:  # a program with windows, on Windows: what is printed goes nowhere
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  until the end

# Qt's parts are those beside us, not those of a desktop's own Qt.
for name in ("QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH", "QML2_IMPORT_PATH"):
    os.environ.pop(name, None)

from app import certificates  # noqa: E402
from app.cli import main  # noqa: E402

certificates.bring(Path(sys._MEIPASS, "certifi", "cacert.pem"))  # type: ignore[attr-defined]
sys.exit(main())
