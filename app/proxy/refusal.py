"""Why we answer a request ourselves instead of sending it on."""

from __future__ import annotations


class Refusal(Exception):
    """A request that was not sent. The client is told in its own dialect, and not to try again.

    `status` is below 500 where trying again cannot help: clients retry 408, 409, 429 and 5xx.
    `title` and `hint` are sentences for a person; neither quotes the request.
    """

    def __init__(self, status: int, code: str, title: str, hint: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = f"Anonamoose: {title} {hint}".strip()
