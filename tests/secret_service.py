"""A real Secret Service of a test's own, which can be locked and can die."""

from __future__ import annotations

import gc
import subprocess
import time
import warnings
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import keyring
import pytest

from tests.lacking import need

#: What talks to a service that refuses leaves its connections to the garbage collector.
LEAKY = pytest.mark.filterwarnings(
    "ignore:unclosed <socket:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


class SecretService:
    """A D-Bus session bus with an unlocked GNOME keyring on it, which `keyring` uses; skips where there is none."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        need("dbus-daemon", "gnome-keyring-daemon")
        pytest.importorskip("secretstorage")
        self._stack = ExitStack()
        for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            folder = home / name.lower()
            folder.mkdir(mode=0o700)
            monkeypatch.setenv(name, str(folder))
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "PYTHON_KEYRING_BACKEND"):  # never a prompt
            monkeypatch.delenv(name, raising=False)
        self._monkeypatch = monkeypatch

    def __enter__(self) -> SecretService:
        self._before = keyring.get_keyring()
        bus = self._start("dbus-daemon", "--session", "--nofork", "--print-address=1")
        assert bus.stdout is not None
        self._monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.stdout.readline().strip())
        self._bus = bus
        daemon = self._start("gnome-keyring-daemon", "--unlock", "--foreground", "--components=secrets")
        assert daemon.stdin is not None
        daemon.stdin.write("test-password")  # a line end would become part of it
        daemon.stdin.close()
        try:
            _wait_for_the_keyring()
        except BaseException:
            self._stack.close()
            raise
        from keyring.backends.SecretService import Keyring

        keyring.set_keyring(Keyring())  # type: ignore[no-untyped-call]
        return self

    def _start(self, *command: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self._stack.enter_context(process)
        self._stack.callback(process.terminate)
        return process

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        keyring.set_keyring(self._before)
        self._stack.close()
        with warnings.catch_warnings():  # here, not in the middle of another test
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()

    def lock(self) -> None:
        """Locks what the keyring keeps; nobody is there to unlock it."""
        import secretstorage

        connection = secretstorage.dbus_init()
        secretstorage.get_default_collection(connection).lock()
        connection.close()

    def die(self) -> None:
        """Takes the bus away, as the end of a login session does."""
        self._bus.terminate()
        self._bus.wait()


def _wait_for_the_keyring() -> None:
    import secretstorage
    from jeepney import message_bus

    # Who asks too early is given a daemon that the bus starts itself, whose keyring stays locked.
    owned = message_bus.NameHasOwner("org.freedesktop.secrets")
    for _ in range(600):
        try:
            connection = secretstorage.dbus_init()
        except secretstorage.SecretStorageException:
            time.sleep(0.05)
            continue
        try:
            answers = connection.send_and_get_reply(owned).body[0]
            if answers and not secretstorage.get_default_collection(connection).is_locked():
                return
        except secretstorage.SecretStorageException:
            pass
        finally:
            connection.close()
        time.sleep(0.05)
    pytest.fail("the keyring did not start")
