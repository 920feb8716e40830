"""Dictionary."""

from app.ui.shell import Shell


async def measure(shell: Shell, terms: int) -> None: ...
