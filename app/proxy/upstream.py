"""The way out: one client session to the providers, and which headers pass in which direction."""

from __future__ import annotations

import io
import logging
import ssl
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import aiohttp
import truststore
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from app.credentials import proxy_password
from app.errors import UserError
from app.proxy.refusal import Refusal
from app.upstream_proxy import proxy_of

log = logging.getLogger(__name__)
#: Belong to one connection, not to the message (RFC 9110 §7.6.1).
_HOP_BY_HOP = frozenset(
    "connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer "
    "transfer-encoding upgrade".split()
)
#: Say something of the body's bytes which is no longer so.
_OF_THE_BODY = frozenset(["content-length", "content-encoding", "content-md5", "digest", "content-digest", "etag"])
_NOT_DOWN = _HOP_BY_HOP | _OF_THE_BODY
_NOT_UP = _NOT_DOWN | {"host", "accept-encoding", "expect"}
#: Ours, and those of a WebSocket, which is another one on either side.
_NOT_ON = ("x-anonamoose-", "sec-websocket-")
#: A provider may think for long before it says the first word, but it accepts a connection soon.
_CONNECT_TIMEOUT = 30.0
#: How long the other side of a WebSocket may take to say goodbye.
CLOSE_WAIT = 2.0


class NotSwitched(Exception):
    """The provider answered a WebSocket's handshake as an ordinary request. `body` is hidden from repr."""

    def __init__(self, status: int, reason: str, headers: CIMultiDict[str], body: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body


async def _switched(answer: aiohttp.ClientResponse) -> None:
    """Keeps what aiohttp would drop: the body of an answer that is no handshake."""
    if answer.status != 101:
        raise NotSwitched(answer.status, answer.reason or "", down(answer.headers), await answer.read())


class Socket(aiohttp.ClientWebSocketResponse):
    """A WebSocket to a provider. `headers` are those of its handshake."""

    def __init__(self, reader: Any, writer: Any, protocol: str | None, response: Any, *rest: Any, **more: Any) -> None:
        super().__init__(reader, writer, protocol, response, *rest, **more)
        self.headers: CIMultiDictProxy[str] = response.headers


class Upstream:
    """Sends requests on. No total timeout: an answer may take as long as the client waits."""

    def __init__(self, proxy: Callable[[], str]) -> None:
        """`proxy` tells the setting upstream-proxy."""
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_TIMEOUT),
            # The system's certificates, also where the app brings none of its own.
            connector=aiohttp.TCPConnector(limit=0, ssl=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent", "Accept", "Content-Type"),
            max_line_size=65536,
            max_field_size=65536,
            read_bufsize=2**18,
            ws_response_class=Socket,
            raise_for_status=_switched,  # for sockets; `send` takes any status
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._session is not None
        await self._session.close()

    async def send(
        self, method: str, url: URL, headers: CIMultiDict[str], body: bytes | None
    ) -> aiohttp.ClientResponse:
        """The answer's head; the caller reads the body and releases it. Raises aiohttp.ClientError or Refusal."""
        assert self._session is not None
        return await self._session.request(
            method,
            url,
            headers=headers,
            # aiohttp writes bytes in one go, which holds up the loop where they are many.
            data=None if body is None else io.BytesIO(body),
            allow_redirects=False,
            raise_for_status=False,
            proxy=self._proxy_of(url),
        )

    async def connect(self, url: URL, headers: CIMultiDict[str], protocols: Sequence[str], compress: bool) -> Socket:
        """A WebSocket. Raises aiohttp.ClientError, Refusal, or NotSwitched with what was answered instead."""
        assert self._session is not None
        made = await self._session.ws_connect(
            url,
            headers=headers,
            protocols=protocols,
            proxy=self._proxy_of(url),
            compress=15 if compress else 0,
            max_msg_size=0,  # an answer may be as long as the provider likes
            autoping=False,
            autoclose=False,
            timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_WAIT),
        )
        assert isinstance(made, Socket)
        return made

    def _proxy_of(self, url: URL) -> str | None:
        # aiohttp's own look-up would also read credentials from netrc.
        try:
            return proxy_of(str(url), self._proxy(), proxy_password())
        except (ValueError, UserError) as error:
            raise Refusal(
                502,
                "proxy_unusable",
                f"{error} Nothing was sent.",
                "Mend the setting upstream-proxy.",
            ) from None


def up(headers: Mapping[str, str], streaming: bool) -> CIMultiDict[str]:
    """The client's headers as they go upstream: all of them but the connection's, and ours."""
    dropped = _NOT_UP | {name.strip().lower() for name in headers.get("Connection", "").split(",")}
    kept = CIMultiDict(
        (name, value)
        for name, value in headers.items()
        if (folded := name.lower()) not in dropped and not folded.startswith(_NOT_ON)
    )
    # A compressed stream comes in lumps.
    kept["Accept-Encoding"] = "identity" if streaming else "gzip, deflate"
    return kept


def down(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    """The provider's headers as the client gets them."""
    return CIMultiDict(
        (name, value)
        for name, value in headers.items()
        if (folded := name.lower()) not in _NOT_DOWN and not folded.startswith("sec-websocket-")
    )


def url_of(origin: str, path: str, asked: str) -> URL:
    """`path` at `origin`, with the query of the path that the client has asked for."""
    _, mark, query = asked.partition("?")
    return URL(f"{origin}{path}{mark}{query}", encoded=True)


def unreachable(url: URL, error: BaseException) -> Refusal:
    """The provider did not answer at all."""
    log.warning("%s cannot be reached: %s", url.host, type(error).__name__)
    if isinstance(error, (aiohttp.ClientHttpProxyError, aiohttp.ClientProxyConnectionError)):
        told = f"status {error.status}" if isinstance(error, aiohttp.ClientHttpProxyError) else "it cannot be reached"
        return Refusal(
            502,
            "upstream_unreachable",
            f"The proxy of this network does not let requests through to {url.host} ({told}).",
            "Check the setting upstream-proxy, HTTPS_PROXY and NO_PROXY; 407 means that it wants a password.",
        )
    return Refusal(
        502,
        "upstream_unreachable",
        f"The provider at {url.host} cannot be reached ({type(error).__name__}).",
        "Check the network and the upstream setting.",
    )
