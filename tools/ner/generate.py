"""Write the synthetic set: texts as people send them, with what is in them labelled, and texts with nothing in them.

usage: generate.py OUT.jsonl [--texts 22000] [--code FOLDER ...]

One `{"text": str, "spans": [[start, end, label], ...]}` a line, as in `train.py`. --code takes folders of
source trees under licences that allow it (see the model card): pieces of them are texts without entities,
where lines that may name somebody are left out. The same arguments give the same file.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from random import Random

from values import Values

TEMPLATES = Path(__file__).with_name("templates.txt")
_CHOICE = re.compile(r"\[\[(.*?)\]\]")
_SLOT = re.compile(r"<([A-Z]{1,2}|n)>")
#: Where people are named in source trees.
_NAMES_SOMEBODY = re.compile(
    r"@\w+\.|authors?\b|copyright|written by|contribut|maintain|thanks|\bby [A-Z]|[A-Z][a-z]+ [A-Z][a-z]+", re.I
)
_CAPITALISED = re.compile(r"\b[A-Z][a-z]+ [A-Z]\.? ?[a-z]+|\bby [A-Z]")
_SOURCES = {".py", ".js", ".ts", ".json", ".java", ".go", ".rs", ".css", ".sh", ".yml", ".yaml", ".toml", ".md"}
Row = dict[str, object]


def fill(template: str, values: Values, random: Random) -> Row:
    """One text from a template, and where its entities are."""
    text, spans, done = "", [], 0
    template = (
        _CHOICE.sub(lambda match: random.choice(match[1].split("|")), template)
        .replace("\\n", "\n")
        .replace("\\t", "\t")
    )
    for match in _SLOT.finditer(template):
        if match[1] not in values.slots:
            continue
        text += template[done : match.start()]
        done = match.end()
        make, label = values.slots[match[1]]
        value = make()
        if label:
            spans.append([len(text), len(text) + len(value), label])
        text += value
    return {"text": text + template[done:], "spans": spans}


def mistyped(row: Row, random: Random) -> Row:
    """The same with a few slips of the keyboard outside its entities, which keep their places."""
    text, spans = list(str(row["text"])), row["spans"]
    assert isinstance(spans, list)
    inside = {index for start, end, _ in spans for index in range(start, end)}
    for index in range(1, len(text) - 1):
        if (
            random.random() < 0.02
            and text[index].isalpha()
            and text[index + 1].isalpha()
            and not {index, index + 1} & inside
        ):
            text[index], text[index + 1] = text[index + 1], text[index]
    return {"text": "".join(text), "spans": spans}


def code(folder: Path, most: int, random: Random) -> list[Row]:
    """Pieces of source files without the lines that may name somebody."""
    paths = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in _SOURCES and path.is_file() and path.stat().st_size < 400_000
    )
    random.shuffle(paths)
    rows: list[Row] = []
    for path in paths:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        strict = path.suffix == ".md"
        lines = [
            line.rstrip()[:200] for line in lines if not (_NAMES_SOMEBODY if not strict else _CAPITALISED).search(line)
        ]
        for start in range(0, min(len(lines), 400), 60):
            text = "\n".join(lines[start : start + random.choice([3, 8, 14, 22])]).strip()[:900]
            if len(text) > 60:
                rows.append({"text": text, "spans": []})
        if len(rows) >= most:
            break
    return rows[:most]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--texts", type=int, default=22_000)
    parser.add_argument("--code", type=Path, action="append", default=[])
    parser.add_argument("--code-texts", type=int, default=1500, help="at most so many of each folder")
    parser.add_argument("--seed", type=int, default=11)
    args = parser.parse_args()
    random = Random(args.seed)
    values = Values(random)
    lines = [line for line in TEMPLATES.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    empty = [line.removeprefix("! ") for line in lines if line.startswith("! ")]
    lines = [line for line in lines if not line.startswith("! ")]
    rows = []
    for _ in range(args.texts):
        row = fill(random.choice(empty if random.random() < 0.2 else lines), values, random)
        rows.append(mistyped(row, random) if random.random() < 0.15 else row)
    for folder in args.code:
        rows += code(folder, args.code_texts, random)
    random.shuffle(rows)
    with args.out.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    print(f"{len(rows)} texts, {sum(len(str(row['text'])) for row in rows)} characters")


if __name__ == "__main__":
    main()
