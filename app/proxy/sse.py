"""Server-sent events: a decoder that is fed bytes as they come, and events that keep their bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.pipeline.memo import Edits

_LINE_END = re.compile(rb"\r\n|\n|\r")
#: The end of a line and the blank one behind it; of a line end, the middle is none.
_BLANK = re.compile(rb"(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r)")
#: An event as most are: one line of data, and a blank one.
_PLAIN = re.compile(rb"data: ([^\r\n]*)\n\n")
#: Characters that end a line and a blank one, all but the last.
_LONGEST = 3
_BOM = b"\xef\xbb\xbf"


# Not frozen: that would cost more than all else that most events go through.
@dataclass(slots=True)
class Event:
    """One event, a value. `raw` is how it came, its closing blank line included; `data` None if it had none."""

    raw: bytes = field(repr=False)
    data: str | None = field(repr=False)
    name: str = ""
    #: Of strings in the data, by where they begin, what is to be hidden in them.
    hidden: Mapping[int, Edits] | None = field(default=None, repr=False, kw_only=True)

    def with_data(self, data: str) -> Event:
        """This event with other data; every other line stays as it came."""
        lines: list[bytes] = []
        at: int | None = None
        for line in self.raw.splitlines(keepends=True):
            if line.partition(b":")[0].rstrip(b"\r\n") == b"data":
                at = len(lines) if at is None else at
            else:
                lines.append(line)
        ending = _LINE_END.search(self.raw)
        end = ending.group() if ending else b"\n"
        written = [b"data: " + part + end for part in data.encode("utf-8").split(b"\n")]
        lines[at or 0 : at or 0] = written
        return Event(b"".join(lines), data, self.name)


def make(data: str, name: str = "") -> Event:
    """A new event."""
    head = f"event: {name}\n" if name else ""
    body = "".join(f"data: {line}\n" for line in data.split("\n"))
    return Event(f"{head}{body}\n".encode(), data, name)


class Decoder:
    """Bytes in, events out, however the bytes were cut. Follows the WHATWG rules."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._scanned = 0  # before it, no blank line ends

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that are complete now."""
        self._buffer += chunk
        return self._take(final=False)

    def flush(self) -> list[Event]:
        """What is left at the end of the stream. A browser drops it; here it goes on to the client."""
        events = self._take(final=True)
        if self._buffer:
            events.append(self._event(bytes(self._buffer)))
            self._buffer.clear()
            self._scanned = 0
        return events

    def _take(self, final: bool) -> list[Event]:
        events: list[Event] = []
        buffer, start = self._buffer, 0
        end = len(buffer) - (not final and buffer.endswith(b"\r"))  # a "\n" may follow
        scanned = self._scanned
        while True:
            # What was looked through before is not looked through again, however long the event is.
            if start >= scanned and (plain := _PLAIN.match(buffer, start, end)):
                events.append(Event(plain.group(), plain[1].decode("utf-8", "replace")))
                start = plain.end()
            elif match := _LINE_END.match(buffer, start, end) or _BLANK.search(buffer, max(start, scanned), end):
                events.append(self._event(bytes(buffer[start : match.end()])))
                start = match.end()
            else:
                break
        del buffer[:start]
        self._scanned = max(0, end - start - _LONGEST)
        return events

    @staticmethod
    def _event(raw: bytes) -> Event:
        data: list[str] = []
        name = ""
        text = raw[len(_BOM) :] if raw.startswith(_BOM) else raw
        for line in text.splitlines():
            key, _, value = line.partition(b":")
            if key == b"data":
                data.append(value.removeprefix(b" ").decode("utf-8", "replace"))
            elif key == b"event":
                name = value.removeprefix(b" ").decode("utf-8", "replace")
        return Event(raw, "\n".join(data) if data else None, name)
