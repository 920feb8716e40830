"""What a value must be like, as JSON Schema made of data: it checks requests, and is a part of the documentation.

Only the words of JSON Schema that `check` knows are used. A `pattern` is always anchored at both ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]

_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "string": str, "boolean": bool, "array": list, "object": dict, "null": type(None)
}  # fmt: skip
_SAID = {
    "string": "a text", "boolean": "true or false", "array": "a list", "object": "an object", "null": "null",
    "integer": "a whole number", "number": "a number",
}  # fmt: skip
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_LONGEST_NAME = 100


class Invalid(ValueError):
    """A value that does not fit. `field` says where it stands (`entries[3].term`), the message why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


def text(
    says: str = "", *, choices: Sequence[str] = (), shortest: int = 0, longest: int | None = None, pattern: str = "",
    format: str = "", default: str | None = None,
) -> Schema:  # fmt: skip
    """A string."""
    return _made(
        "string", says, enum=list(choices) or None, minLength=shortest or None, maxLength=longest,
        pattern=pattern or None, format=format or None, default=default,
    )  # fmt: skip


def whole(says: str = "", *, low: int | None = None, high: int | None = None, default: int | None = None) -> Schema:
    """A whole number."""
    return _made("integer", says, minimum=low, maximum=high, default=default)


def number(says: str = "", *, low: float | None = None, high: float | None = None) -> Schema:
    """A number."""
    return _made("number", says, minimum=low, maximum=high)


def flag(says: str = "", *, default: bool | None = None) -> Schema:
    """True or false."""
    return _made("boolean", says, default=default)


def array(of: Schema, says: str = "", *, least: int = 0, most: int | None = None) -> Schema:
    """A list of such values."""
    return _made("array", says, items=of, minItems=least or None, maxItems=most)


def record(fields: Mapping[str, Schema], says: str = "", *, needs: Iterable[str] = ()) -> Schema:
    """An object with these fields and no others."""
    return _made(
        "object", says, properties=dict(fields), required=sorted(needs) or None, additionalProperties=False
    )  # fmt: skip


def answer(fields: Mapping[str, Schema], says: str = "", *, may: Iterable[str] = ()) -> Schema:
    """An object that has all these fields, but for those it `may` have."""
    return record(fields, says, needs=fields.keys() - set(may))


def by_name(of: Schema, says: str = "", *, pattern: str = "", least: int = 0, most: int | None = None) -> Schema:
    """An object of such values, under names that fit `pattern`."""
    names = {"pattern": pattern} if pattern else None
    return _made(
        "object", says, additionalProperties=of, propertyNames=names, minProperties=least or None, maxProperties=most
    )


def anything(says: str = "") -> Schema:
    """An object of whatever."""
    return _made("object", says, additionalProperties=True)


def optional(schema: Schema) -> Schema:
    """The same, or null."""
    both = {**schema, "type": [schema["type"], "null"]}
    return {**both, "enum": [*schema["enum"], None]} if "enum" in schema else both


def _made(type: str, says: str, **more: Any) -> Schema:
    words = {name: value for name, value in more.items() if value is not None}
    return {"type": type, **({"description": says} if says else {}), **words}


def check(schema: Schema, value: Any, field: str = "") -> Any:
    """`value`, with the defaults of fields that are not there. Raises Invalid for the first thing that does not fit."""
    named = schema["type"]
    kinds = [named] if isinstance(named, str) else named
    kind = next((kind for kind in kinds if _is_a(value, kind)), None)
    if kind is None:
        raise Invalid(field, f"It must be {' or '.join(_SAID[kind] for kind in kinds)}.")
    if "enum" in schema and value not in schema["enum"]:
        said = ", ".join("null" if choice is None else choice for choice in schema["enum"])
        raise Invalid(field, f"It must be one of {said}.")
    if kind == "string":
        _check_text(schema, value, field)
    elif kind in ("integer", "number"):
        _check_number(schema, value, field)
        return int(value) if kind == "integer" else value
    elif kind == "array":
        _check_size(schema, "Items", len(value), "entries", field)
        return [check(schema["items"], item, f"{field}[{number}]") for number, item in enumerate(value)]
    elif kind == "object":
        _check_size(schema, "Properties", len(value), "fields", field)
        return _fields(schema, value, field)
    return value


def _is_a(value: Any, kind: str) -> bool:
    if kind in _KINDS:
        return isinstance(value, _KINDS[kind])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return kind == "number" or isinstance(value, int) or value.is_integer()


def _check_text(schema: Schema, value: str, field: str) -> None:
    _check_size(schema, "Length", len(value), "characters", field)
    if "pattern" in schema and not re.fullmatch(schema["pattern"][1:-1], value):
        raise Invalid(field, f"It must match {schema['pattern']}.")


def _check_number(schema: Schema, value: float, field: str) -> None:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and value < low:
        raise Invalid(field, f"It must be at least {low}.")
    if high is not None and value > high:
        raise Invalid(field, f"It must be at most {high}.")


def _check_size(schema: Schema, what: str, size: int, of: str, field: str) -> None:
    if size < schema.get(f"min{what}", 0):
        raise Invalid(field, f"It must have at least {schema[f'min{what}']} {of}.")
    if size > schema.get(f"max{what}", size):
        raise Invalid(field, f"It can have at most {schema[f'max{what}']} {of}.")


def _fields(schema: Schema, value: Mapping[str, Any], field: str) -> dict[str, Any]:
    known: Mapping[str, Schema] = schema.get("properties", {})
    others = schema["additionalProperties"]
    out = {name: part["default"] for name, part in known.items() if "default" in part}
    for name in schema.get("required", ()):
        if name not in value:
            raise Invalid(_at(field, name), "It is missing.")
    for name, given in value.items():
        if name in known:
            out[name] = check(known[name], given, _at(field, name))
        elif others is False:
            raise Invalid(_at(field, name), f"There is no such field; there are {', '.join(known) or 'none'}.")
        else:
            if "propertyNames" in schema:
                _check_text(schema["propertyNames"], name, _at(field, name))
            out[name] = given if others is True else check(others, given, _at(field, name))
    return out


def _at(field: str, name: str) -> str:
    shown = "".join(char if char.isprintable() else "?" for char in name[:_LONGEST_NAME])
    return f"{field}.{shown}" if field else shown


def read_query(schema: Schema, given: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The fields of a record out of a query's pairs. Raises Invalid."""
    value: dict[str, Any] = {}
    for name, said in given:
        if name in value:
            raise Invalid(_at("", name), "It is there twice.")
        value[name] = _read(schema["properties"].get(name, {"type": "string"}), said)
    out: dict[str, Any] = check(schema, value)
    return out


def _read(schema: Schema, said: str) -> Any:
    """What a text in a query stands for; the text itself where it is nothing of the kind, which `check` then tells."""
    if schema["type"] == "integer" and _INTEGER.fullmatch(said):
        return int(said)
    if schema["type"] == "boolean" and said in ("true", "false"):
        return said == "true"
    return said
