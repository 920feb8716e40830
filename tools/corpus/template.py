"""Templates: texts with slots, as they stand in `templates/`.

A file holds sections, each a line `== KIND [REGION] [xN]` and a text up to the next. `xN` makes it N times, each with
other values. In a text

* `<<NAME>>` is a value, written in one of its forms; `<<NAME.form>>` in that form, `<<NAME.one|two>>` in one of these;
* `<<NAME.form#2>>` is the same value wherever it says `#2`;
* `<<?ENTITY text>>` is what may be hidden and need not be;
* `<<~name>>` is harmless, `<<label>>`, `<<key>>` and `<<value>>` are those of the identifier a frame is filled with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from app.evaluation.corpus import Label
from tools.corpus.values import HARMLESS, MAKERS, Forms

_HEAD = re.compile(r"^== (?P<kind>[a-z]+)(?: (?P<region>[A-Z]{2}))?(?: x(?P<times>[0-9]+))?$", re.M)
_SLOT = re.compile(r"<<([^<>\n]+)>>")
#: Part of how somebody is called, and nothing that tells who it is: it may be hidden and need not be.
_TITLE = re.compile(r"(Mrs?|Ms|Miss|Dr|Prof) ")
_VALUE = re.compile(r"(?P<name>[A-Z0-9_]+)(?:\.(?P<forms>[a-z0-9|]+))?(?:#(?P<tie>[0-9]+))?")


@dataclass(frozen=True, slots=True)
class Template:
    """A text with slots. `name` tells it from all others of its split."""

    name: str
    kind: str
    region: str
    times: int
    text: str

    @property
    def is_frame(self) -> bool:
        return "<<value" in self.text

    def fill(self, random: Random, split: str, identifier: str = "", label: str = "") -> tuple[str, tuple[Label, ...]]:
        """The text, and what in it is personal. A frame takes an identifier, and what it is called."""
        out: list[str] = []
        labels: list[Label] = []
        length = position = 0
        ties: dict[tuple[str, str], Forms] = {}
        for slot in _SLOT.finditer(self.text):
            before = self.text[position : slot.start()]
            text, entity, optional = self._slot(slot[1], random, split, identifier, label, ties)
            length += len(before)
            if entity:
                title = _TITLE.match(text) if entity == "PERSON" and not optional else None
                if title:
                    labels.append(Label(length, length + title.end(1), entity, True))
                labels.append(Label(length + (title.end() if title else 0), length + len(text), entity, optional))
            out += [before, text]
            length += len(text)
            position = slot.end()
        return "".join([*out, self.text[position:]]), tuple(labels)

    def _slot(
        self, slot: str, random: Random, split: str, identifier: str, label: str, ties: dict[tuple[str, str], Forms]
    ) -> tuple[str, str, bool]:
        """The text of a slot, its entity ("" if it is harmless), and whether it need not be hidden."""
        if slot[0] == "?":
            entity, _, text = slot[1:].partition(" ")
            return text, entity, True
        if slot[0] == "~":
            return HARMLESS[slot[1:]](random), "", False
        if slot == "label":
            return label, "", False
        if slot == "key":
            return re.sub(r"[^a-z0-9]+", "_", label.lower().replace("'", "")).strip("_"), "", False
        if slot.startswith("value"):
            slot = identifier + slot[len("value") :]
        found = _VALUE.fullmatch(slot)
        if not found:
            raise ValueError(f"{self.name} has a slot <<{slot}>>")
        maker = MAKERS[found["name"]]
        forms = ties.get((found["name"], found["tie"])) if found["tie"] else None
        if forms is None:
            forms = maker.make(random, split)
            if found["tie"]:
                ties[found["name"], found["tie"]] = forms
        wanted = [name for name in (found["forms"] or "").split("|") if name in forms] or list(forms)
        return forms[random.choice(wanted)], maker.entity, False


def read(folder: Path) -> Iterator[Template]:
    """The templates of all `.txt` files in `folder`."""
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        heads = list(_HEAD.finditer(text))
        ends = [head.start() for head in heads[1:]] + [len(text)]
        for number, (head, end) in enumerate(zip(heads, ends, strict=True), 1):
            body = text[head.end() + 1 : end].strip("\n")
            name = f"{path.stem}-{number:03}"
            yield Template(name, head["kind"], head["region"] or "", int(head["times"] or 1), body)
