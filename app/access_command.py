"""`anonamoose token`, `key` and `local-key`: who may ask, and with which key of a provider that goes on."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
import time
from collections.abc import Sequence

from app.access_token import access_token
from app.audit.noting import noting
from app.changes import Change
from app.errors import Exit, UserError
from app.keychain import Keychain
from app.provider_keys import ProviderKey, ProviderKeys, read_key, target_of, upstream_of
from app.proxy.key_trial import try_key
from app.settings import OWN
from app.settings_store import SettingsStore
from app.store.access import Access, LocalKey, Scope
from app.text_command import opened
from app.upstreams import check_origin, origin_of, targets

_MOST_DAYS = 36525
_DAY = 24 * 3600.0


def run(settings: SettingsStore, options: argparse.Namespace) -> int:
    """Runs one of the three commands; raises UserError."""
    keychain = Keychain(settings.paths.root)
    with opened(settings) as (database, seal), noting(settings, database, seal) as notes:
        access = Access(database, notes.note)
        if options.command == "token":
            return _token(access, keychain, rotate=options.action == "rotate")
        if options.command == "key":
            return _key(settings, access, ProviderKeys(keychain), options)
        if options.action == "add":
            return _add(settings, access, options)
        if options.action == "revoke":
            asyncio.run(access.revoke(options.label))
        else:
            _list(asyncio.run(access.all()))
    return Exit.OK


def _token(access: Access, keychain: Keychain, *, rotate: bool) -> int:
    """Prints the access token; makes one where there is none, or to take the place of the old."""
    token, kept = asyncio.run(access_token(access, keychain, another=rotate))
    if kept:
        print(f"anonamoose: kept in {kept}", file=sys.stderr)
    print(token)
    return Exit.OK


def _key(settings: SettingsStore, access: Access, keys: ProviderKeys, options: argparse.Namespace) -> int:
    if options.action == "list":
        for target in targets(settings.current.upstreams):
            print(target, *_state(settings, keys.get(target), target), sep="\t")
        return Exit.OK
    target = _target(settings, options.provider)
    if options.action == "test":
        print(asyncio.run(try_key(settings.current, target, keys)))
        return Exit.OK
    change: Change
    if options.action == "set":
        url = upstream_of(settings.current, target)
        print(f"anonamoose: kept in {keys.put(target, _secret(target), url)}", file=sys.stderr)
        _tell_place(target, url)
        change = "provider-key-set"
    elif options.action == "confirm":
        url = options.origin or upstream_of(settings.current, target)
        _check(url)
        if not keys.confirm(target, url):
            raise _no_key(target)
        _tell_place(target, url)
        change = "provider-key-confirmed"
    else:
        if not keys.remove(target):
            raise _no_key(target)
        change = "provider-key-removed"
    asyncio.run(access.changed(change))
    return Exit.OK


def _state(settings: SettingsStore, key: ProviderKey | None, target: str) -> tuple[str, ...]:
    if key is None:
        return ("-",)
    place = upstream_of(settings.current, target)
    return ("set", key.origin) if key.is_for(place) else ("not sent", f"{key.origin or '-'} → {origin_of(place)}")


def _check(url: str) -> None:
    try:
        check_origin(url)
    except ValueError as error:
        raise UserError("This is no place that a key can be sent to.", str(error), code=Exit.USAGE) from None


def _tell_place(target: str, url: str) -> None:
    print(f"anonamoose: the key of {target} is sent to {origin_of(url)} and nowhere else", file=sys.stderr)


def _no_key(target: str) -> UserError:
    return UserError(f"There is no key of {target}.", code=Exit.USAGE)


def _secret(target: str) -> str:
    """A key from a prompt or from standard input: the arguments of a program are there for all to see."""
    key = getpass.getpass(f"Key of {target}: ") if sys.stdin.isatty() else sys.stdin.readline()
    return read_key(key)


def _target(settings: SettingsStore, name: str) -> str:
    """What routes call the provider or named upstream `name`."""
    try:
        return target_of(settings.current, name)
    except KeyError:
        known = ", ".join(targets(settings.current.upstreams))
        raise UserError(
            "There is no provider or named upstream of this name.", f"There are {known}.", code=Exit.USAGE
        ) from None


def _add(settings: SettingsStore, access: Access, options: argparse.Namespace) -> int:
    own = dict(_own(change) for change in options.set)
    settings.current.with_own(own)
    if options.days is not None and not 0 < options.days <= _MOST_DAYS:
        raise UserError(
            "A key cannot be good for so long.", f"Give --days more than 0 and at most {_MOST_DAYS}.", code=Exit.USAGE
        )
    expires = time.time() + options.days * _DAY if options.days else 0.0
    targets = tuple(dict.fromkeys(_target(settings, name) for name in options.provider))
    key = asyncio.run(access.add(options.label, Scope(targets, options.session, own, expires)))
    print("anonamoose: use it as the API key. It is not shown again.", file=sys.stderr)
    print(key)
    return Exit.OK


def _own(change: str) -> tuple[str, str]:
    name, equals, value = (part.strip() for part in change.partition("="))
    if not equals or not value or name not in OWN:
        raise UserError(
            f"“{change}” is nothing that a local key can have its own way.",
            f"It takes NAME=VALUE with one of {', '.join(OWN)}.",
            code=Exit.USAGE,
        )
    return name, value


def _list(keys: Sequence[LocalKey]) -> None:
    for key in keys:
        scope = key.scope
        said = [", ".join(scope.upstreams) or "any provider"]
        said += [f"session {scope.session}"] if scope.session else []
        said += [f'{name}="{value}"' for name, value in sorted(scope.own.items())]
        if scope.expires:
            said.append(f"{'over since' if key.is_over else 'until'} {_written(scope.expires)}")
        said.append(f"last used {_written(key.used)}" if key.used else "never used")
        print(key.label, "; ".join(said), sep="\t")


def _written(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(moment))
