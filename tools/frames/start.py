"""From the start of the program to its icon."""


def measure(rounds: int) -> None: ...
