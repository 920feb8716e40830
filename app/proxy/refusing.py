"""Why a request was not sent, in words."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.errors import Unreachable, UserError
from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.json_text import UnreadableJson
from app.pipeline.token_ids import TokenIds
from app.proxy.exchange import Exchange
from app.proxy.multipart import MalformedForm
from app.proxy.refusal import Refusal

#: When a store that is gone may be there again (seconds).
_SOON = 5


@asynccontextmanager
async def refusing(exchange: Exchange) -> AsyncIterator[None]:
    """Whatever goes wrong is said as a Refusal."""
    began = time.perf_counter()
    try:
        yield
    except MalformedForm as error:
        raise Refusal(400, "unreadable_body", f"The body cannot be read: {error}; nothing was sent.") from None
    except TokenIds as error:
        raise Refusal(
            403,
            "token_ids",
            f'"{error.field}" holds token ids instead of text, which cannot be looked through; nothing was sent.',
            "Send text. LangChain: check_embedding_ctx_length=False.",
        ) from None
    except UnreadableJson as error:
        raise Refusal(400, "unreadable_body", f"The body cannot be read: {error}; nothing was sent.") from None
    except UnicodeEncodeError:
        raise Refusal(
            403,
            "charset_too_small",
            "A text in the request is written in a charset that has no letters for its placeholders; nothing was sent.",
            "Send it as UTF-8, or use another style: x-anonamoose-placeholders.",
        ) from None
    except DetectorUnavailable as error:
        raise Refusal(403, "detection_unavailable", f"Detection cannot run, so nothing was sent. {error}") from None
    except UserError as error:
        raise unavailable(error) from None
    finally:
        exchange.detect_ms += (time.perf_counter() - began) * 1000


def unavailable(error: UserError) -> Refusal:
    """What is told of a vault that cannot be used."""
    if isinstance(error, Unreachable):
        return Refusal(503, "vault_unavailable", f"{error.title} Nothing was sent.", error.hint, retry_after=_SOON)
    return Refusal(403, "vault_unavailable", f"{error.title} Nothing was sent.", error.hint)
