"""Why the management API does not do what it is asked, and how it says so."""

from __future__ import annotations

from aiohttp import web

from app.proxy.api.schema import Schema, answer, optional, text
from app.proxy.refusal import Refusal


class Problem(Refusal):
    """`field` is what of the request is wrong: `entries[3].term`."""

    def __init__(self, status: int, code: str, title: str, hint: str = "", *, field: str = "") -> None:
        super().__init__(status, code, title, hint)
        self.field = field


def missing(what: str, field: str = "") -> Problem:
    """There is no such thing."""
    return Problem(404, "not_found", f"There is no such {what}.", field=field)


ERROR: Schema = answer(
    {
        "error": answer(
            {
                "message": text("A sentence or two for a person."),
                "type": text("The kind of error, as OpenAI’s API has it."),
                "param": optional(text("The field that is wrong, such as entries[3].term.")),
                "code": text("A word for a program."),
            }
        )
    }
)


def told(problem: Refusal) -> web.Response:
    """The answer that says it."""
    body = {
        "message": problem.message,
        "type": "invalid_request_error" if problem.status < 500 else "api_error",
        "param": getattr(problem, "field", "") or None,
        "code": problem.code,
    }
    headers = {"x-should-retry": "false"} if problem.status < 500 else {}
    if problem.retry_after:
        headers = {"x-should-retry": "true", "Retry-After": str(problem.retry_after)}
    return web.json_response({"error": body}, status=problem.status, headers=headers)
