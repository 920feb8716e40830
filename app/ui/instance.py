"""One running app for one data folder: a lock, and a door through which the next start knocks."""

from __future__ import annotations

import getpass
import hashlib
import logging
import time

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app.errors import Exit, StorageError, UserError
from app.lock import InstanceLock
from app.paths import Paths
from app.ui.language import tr

log = logging.getLogger(__name__)

_WAIT = 500  # milliseconds for each try
_TRIES = 6  # the other may have only just started


class AlreadyRunning(UserError):
    """Another start has the data folder, and did not answer."""

    code = Exit.UNAVAILABLE


class Instance(QObject):
    """`claim` is true for the first; the first emits `show_requested` when another knocks."""

    show_requested = Signal()

    def __init__(self, paths: Paths, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._paths = paths
        # Not the lock that the core takes: that one also keeps out a server without windows, which has
        # no door to knock at.
        self._lock = InstanceLock(paths.root / "desktop.lock")
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._knocked)
        key = f"{getpass.getuser()}:{paths.root.absolute()}"
        self.name = f"anonamoose-{hashlib.sha256(key.encode()).hexdigest()[:16]}"

    def claim(self) -> bool:
        """Whether this is the only one; raises StorageError when the folder cannot be written."""
        self._paths.create()
        try:
            self._lock.acquire()
        except StorageError:
            raise
        except UserError:
            return False
        QLocalServer.removeServer(self.name)  # left behind by one that crashed
        if not self._server.listen(self.name):
            log.warning("a second start will not be able to show this window: %s", self._server.errorString())
        return True

    def knock(self) -> None:
        """Asks the running one to show its window; raises AlreadyRunning when it does not answer."""
        for _ in range(_TRIES):
            socket = QLocalSocket()
            socket.connectToServer(self.name)
            if socket.waitForConnected(_WAIT):
                socket.abort()
                return
            time.sleep(_WAIT / 1000)  # refused at once while the other is still starting
        raise AlreadyRunning(
            tr("Anonamoose is already running on the data folder {folder}, but does not answer.").format(
                folder=self._paths.root
            ),
            tr("End that one first, or choose another folder with --data-dir."),
        )

    def _knocked(self) -> None:
        # To have come through the door is all there is to say: only this user can.
        while self._server.hasPendingConnections():
            visitor = self._server.nextPendingConnection()
            visitor.abort()
            visitor.deleteLater()
            self.show_requested.emit()

    def release(self) -> None:
        """Lets the next start be the first."""
        self._server.close()
        self._lock.release()
