"""By which proxy of the network requests go to providers: the system's, one that the user names, or none."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from urllib import request
from urllib.parse import quote, urlsplit
from urllib.request import getproxies, proxy_bypass

SYSTEM, NONE = "system", "none"


def check_upstream_proxy(text: str) -> None:
    """Raises ValueError, with a sentence for the user, unless `text` is `system`, `none` or a proxy's URL."""
    if text in (SYSTEM, NONE):
        return
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("It must be system, none, or a URL such as http://proxy.example.com:3128.")
    if parts.password is not None:
        raise ValueError("It must not hold a password: give that in ANONAMOOSE_UPSTREAM_PROXY_PASSWORD.")


def proxy_of(url: str, setting: str, password: str) -> str | None:
    """The proxy, with name and password, by which a request goes to `url`; None where it goes straight there.

    NO_PROXY, or the system's own list, holds whoever names the proxy. Raises ValueError, with a sentence for the user,
    where the system names one that is none of ours.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if setting == NONE or host in ("localhost", "127.0.0.1", "::1"):
        return None
    place = f"{f'[{host}]' if ':' in host else host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
    known = getproxies()
    if _in_network(host, known.get("no", "")):
        return None
    if setting != SYSTEM:
        is_excepted = request.proxy_bypass_environment(place, known)  # type: ignore[attr-defined]
        return None if is_excepted else _with(setting, password)
    found = None if proxy_bypass(place) else known.get(parts.scheme)
    if not found:
        return None
    found = found if "://" in found else f"http://{found}"
    if not found.startswith(("http://", "https://")):
        raise ValueError(f"The system's proxy is of a kind that cannot be used ({found.partition(':')[0]}).")
    return found


def _with(url: str, password: str) -> str:
    parts = urlsplit(url)
    if not password:
        return url
    place = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{quote(parts.username or '', safe='%')}:{quote(password, safe='')}@{place}"


def _in_network(host: str, listed: str) -> bool:
    """Whether an address is in one of the networks that are listed, as 10.0.0.0/8."""
    for part in listed.split(",") if "/" in listed else ():
        try:
            if ip_address(host) in ip_network(part.strip(), strict=False):
                return True
        except ValueError:
            continue
    return False
