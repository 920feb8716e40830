"""Bodies with every field of the leaf map in them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from tools.leaf_map.leaf_map import Api
from tools.leaf_map.shape import Shape

#: Keys whose words tell what an object is. What else is one of certain words is an id like any other.
TELLING = ("type", "role")


def dump(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in the strings: `text` where a person or the model speaks, `sealed` in what is signed,
    encrypted or a credential, `named` in ids, enums and binary data.
    """

    text: str
    sealed: str = "seal"
    named: str = "name"


class Builder:
    """Builds values of an API's shapes.

    An array holds every variant of its items. What cannot stand side by side goes into further
    objects, which hold no more than what is new. A type is not built inside itself again. Of the
    words that a string may be, only those that tell a type are kept.
    """

    def __init__(self, api: Api, words: Words) -> None:
        self._types = api.types
        self._words = words
        self._count = itertools.count(1)
        #: The fields built so far, as (type, field).
        self.built: set[tuple[str, str]] = set()

    def values(self, shape: Shape, within: tuple[str, ...] = (), key: str = "") -> list[Any]:
        """Every variant of `shape`."""
        match shape.kind:
            case "word":
                return [shape.name] if key in TELLING else list(self._strings("I", False))
            case "number":
                # Whatever changes before it, the beginning of a text stays where it is.
                return [0 if self._points(within[-1:], key) else next(self._count)]
            case "bool":
                return [True]
            case "text":
                return list(self._strings(shape.name, "image" in f"{within[-1:]}{key}".lower()))
            case "any":
                return [self._anything(shape.name)]
            case "union":
                return [value for part in shape.parts for value in self.values(part, within, key)]
            case "type":
                return [] if shape.name in within else self._objects(shape.name, within)
        inner = [value for part in shape.parts for value in self.values(part, within, key)]
        if shape.kind == "list":
            return [inner] if inner else []
        return [{f"key{at}": value for at, value in enumerate(inner)}] if inner else []

    @staticmethod
    def _points(type_: tuple[str, ...], key: str) -> bool:
        """Whether a number is a place in a text, which moves with the text."""
        if key.lower().replace("_", "") in ("startindex", "endindex", "startcharindex", "endcharindex"):
            return True
        return key == "index" and any(word in name for name in type_ for word in ("Citation", "FilePath"))

    def _objects(self, name: str, within: tuple[str, ...]) -> list[Any]:
        variants: dict[str, list[Any]] = {}
        words: dict[str, str] = {}
        for key, shape in self._types[name].items():
            self.built.add((name, key))
            if shape.kind == "word" and key in TELLING:
                words[key] = shape.name
            elif found := self.values(shape, (*within, name), key):
                variants[key] = found
        rows = itertools.zip_longest(*variants.values(), fillvalue=...) if variants else [()]
        made = [{key: value for key, value in zip(variants, row, strict=True) if value is not ...} for row in rows]
        # The word that tells a type comes first, as it does on the wire.
        return [{**words, **one} for one in made]

    def _strings(self, class_: str, is_image: bool) -> Iterator[str]:
        text, named = self._words.text, self._words.named
        match class_:
            case "J":
                inner = json.dumps({"deep": text}, ensure_ascii=False)
                arguments = {"to": [f"{text}."], "n": 1.5, "in": inner, "id": text}
                yield json.dumps(arguments, ensure_ascii=False).replace("1.5", "1.50")
            case "U":
                yield f"https://example.com/{text}/x?page=1"
                if is_image:
                    yield f"data:application/octet-stream;base64,iVBORw0K-{named}-iVBORw0K"
            case "P":
                yield f"reports/{text}.txt"
            case "B":
                yield f"iVBORw0KGgoAAAAN-{named}-{next(self._count):04}"
            case "I":
                yield f"id-{named}-{next(self._count)}"
            case "O" | "K":
                yield f"sealed {self._words.sealed} {next(self._count)}"
            case _:
                yield f"{text}, {text}: {next(self._count)}."

    def _anything(self, class_: str) -> Any:
        text, named = self._words.text, self._words.named
        if class_ == "S":
            inner: dict[str, Any] = {"type": "string", "description": text, "pattern": named, "format": named}
            inner |= {"default": text, "examples": [text], "enum": [text], "const": text}
            properties = {"type": inner, "description": {"$ref": f"#/$defs/{named}", "title": text}}
            return {"type": "object", "$comment": text, "properties": properties, "required": [named]}
        if class_ in ("F", "J", "T", "C", "U", "P"):
            # Words of the protocol mean nothing here.
            return {"type": text, "id": text, "signature": text, "deep": [{"name": text, "n": 1.50}, text, None]}
        words = replace(self._words, text=named)
        return {"any": next(Builder(Api("", ""), words)._strings(class_, False))}


def differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Paths at which two trees differ."""
    if isinstance(one, dict) and isinstance(other, dict) and list(one) == list(other):
        for key in one:
            kind = f"<{one['type']}>" if isinstance(one.get("type"), str) and key != "type" else ""
            yield from differences(one[key], other[key], f"{path}{kind}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for a, b in zip(one, other, strict=True):
            yield from differences(a, b, f"{path}[]")
    elif one != other:
        yield path.removeprefix(".")
