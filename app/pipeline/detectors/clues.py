"""How much a word of a line looks like a part of a name, by itself and by what stands around it: a linear guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from zlib import crc32

#: Weights, a byte each; what is asked for is found by a hash.
SIZE = 1 << 16
#: A weight of one is so many in the file.
SCALE = 16
#: A word with more is worth reading, in parts of SCALE: in a sentence, and in a line with signs of code.
SAID, CODED = -48, -24
RUN = re.compile(r"[^\W\d_]+")
#: Words, but for those that would be no names wherever they are found: see `edges.in_code`.
WORD = re.compile(r"(?<![^\W\d])(?<![@#])(?<![\w)\]]\.)[^\W\d_]++(?![_@(=]|\.[a-z0-9_])")
_CODE = re.compile(r"[(){}\[\]=_;<>]")
#: Sums that are worked out once: texts have the same words and marks again and again.
_MOST = 50_000


def traits(line: str, spared: Callable[[str], bool] = lambda _: False) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Each word that may be a name's and is not `spared`: where it starts and ends, and what is to be said of it."""
    starts = {match.start() for match in WORD.finditer(line) if not spared(match.group())}
    if not starts:
        return
    runs = list(RUN.finditer(line))
    words = ["", *(run.group() for run in runs), ""]
    signs = len(_CODE.findall(line))
    busy = "0" if not signs else "1" if signs < 3 else "2"
    for at, run in enumerate(runs, 1):
        start, end = run.span()
        if start not in starts:
            continue
        shape = _shape(words[at])
        left, right = _marks(line[max(0, start - 2) : start]), _marks(line[end : end + 2])
        yield (
            start,
            end,
            (
                "word " + words[at],
                "after " + words[at - 1].lower(),
                "before " + words[at + 1].lower(),
                f"left {shape}{left}",
                f"right {shape}{right}",
                f"marks {shape}{left[-1:]}{right[:1]}{busy}",
                f"shapes {shape} {_shape(words[at - 1])} {_shape(words[at + 1])} {busy}",
            ),
        )


def features(trait: str) -> list[int]:
    """Where the weights of what is said of a word stand."""
    kind, _, word = trait.partition(" ")
    said = [trait]
    if kind == "word":
        low = word.lower()
        said = [f"as {word}", f"low {low}", f"head {low[:3]}", f"stem {low[:4]}", f"tail {low[-3:]}"]
    return [crc32(one.encode("utf-8", "surrogatepass")) % SIZE for one in said]


def _shape(word: str) -> str:
    if word.islower():
        return "a"
    if word.isupper():
        return "A" if len(word) == 1 else "AA"
    return "Aa" if word[:1].isupper() and word[1:].islower() else "aA" if word else ""


def _marks(text: str) -> str:
    return "".join("a" if char.isalpha() else "0" if char.isdigit() else char for char in text)


class Clues:
    """Weights that were learned from labelled texts and from code, by `tools/ner/clues.py`."""

    def __init__(self, path: Path) -> None:
        """Reads them. Raises OSError and ValueError."""
        self._weights = memoryview(path.read_bytes()).cast("b")
        if len(self._weights) != SIZE:
            raise ValueError(f"{SIZE} weights are expected")
        self._sums: dict[str, int] = {}

    def __call__(self, line: str, spared: Callable[[str], bool]) -> bool:
        """Whether a word of `line` that is not `spared` may be a name's. Words of other letters may: few were seen."""
        if not line.isascii() and any(not word.isascii() for word in WORD.findall(line)):
            return True
        enough = SAID if _CODE.search(line) is None else CODED
        return any(sum(map(self._sum, said)) > enough for _, _, said in traits(line, spared))

    def _sum(self, trait: str) -> int:
        known = self._sums.get(trait)
        if known is None:
            if len(self._sums) >= _MOST:
                self._sums.clear()
            known = self._sums[trait] = sum(self._weights[place] for place in features(trait))
        return known
