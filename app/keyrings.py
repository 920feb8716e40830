"""The OS keyring, as far as its other users here share it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import Exit, UserError

#: What all our entries in it are under.
SERVICE = "anonamoose"


@contextmanager
def answering(locked: str, broken: str) -> Iterator[None]:
    """What keyrings raise, in words for the user; nothing where there is no keyring at all.

    `locked` and `broken` say what the user can do about a keyring that is locked, or does not answer.
    """
    from keyring.errors import KeyringLocked, NoKeyringError

    try:
        yield
    except NoKeyringError:
        pass
    except KeyringLocked:
        raise UserError("The system keyring is locked.", locked, code=Exit.CONFIG) from None
    except UserError:
        raise
    except Exception as error:
        # What lies under a keyring (a bus, a service of the system) may fail in words of its own.
        name = type(error).__name__
        raise UserError(f"The system keyring does not answer ({name}).", broken, code=Exit.CONFIG) from None
