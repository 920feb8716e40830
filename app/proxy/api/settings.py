"""`settings`: what they are, what they can be, and changing them, all or none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.errors import SettingError
from app.option import Declared
from app.proxy.api.operation import DONE, Answered, Call, Operation
from app.proxy.api.problem import Problem, missing
from app.proxy.api.schema import Schema, answer, anything, record, text
from app.settings import DECLARED, Settings
from app.settings_store import SettingsStore

#: What the original product calls some of them. They may be asked for and changed by these names as well.
ALIASES: Mapping[str, str] = {
    "enableDictionary": "dictionary",
    "enableRegex": "patterns",
    "enableNames": "names",
    "enableNER": "ner",
    "nerModel": "ner-model",
    "nerMinConfidence": "ner-threshold",
}
_KINDS = {bool: "boolean", int: "integer", float: "number", str: "string", Path: "string"}


def _schema(row: Declared) -> Schema:
    """What a setting can be. A text may still be refused for what it says."""
    low, high = row.option.low, row.option.high
    words = {"minimum": low, "maximum": high, "enum": list(row.choices) or None}
    default = str(row.default) if row.kind is Path else row.default
    restart = " Needs a restart." if row.option.restart else ""
    return {
        "type": _KINDS[row.kind],
        "description": row.option.help + restart,
        **({"default": default} if row.option.stored else {}),
        **{name: value for name, value in words.items() if value is not None},
    }


_EVERY: Mapping[str, Schema] = {name: _schema(row) for name, row in DECLARED.items()}


def _bare(schema: Schema) -> Schema:
    return {name: value for name, value in schema.items() if name != "default"}


#: What may be changed: without defaults, for what is not named stays as it is.
_CHANGES: Mapping[str, Schema] = {
    **{name: _bare(_EVERY[name]) for name, row in DECLARED.items() if row.option.stored},
    **{alias: {**_bare(_EVERY[name]), "description": f"The same as {name}."} for alias, name in ALIASES.items()},
}
_ALL = answer({name: _bare(schema) for name, schema in _EVERY.items()})
_VALUE: Schema = {"type": ["string", "number", "boolean"], "description": "Its value."}


def _value(settings: Settings, name: str) -> Any:
    value = getattr(settings, DECLARED[name].attribute)
    return str(value) if isinstance(value, Path) else value


def _values(store: SettingsStore) -> dict[str, Any]:
    return {name: _value(store.current, name) for name in DECLARED}


async def _get(call: Call) -> Answered:
    return {"settings": _values(call.parts.settings)}


async def _one(call: Call) -> Answered:
    key = call.places["setting"]
    name = ALIASES.get(key, key)
    if name not in DECLARED:
        raise missing("setting", "setting")
    store = call.parts.settings
    return {"key": key, "value": _value(store.current, name), "origin": store.origin(name)}


async def _put(call: Call) -> Answered:
    store = call.parts.settings
    names = {key: ALIASES.get(key, key) for key in call.body["settings"]}
    if len(set(names.values())) < len(names):
        raise Problem(422, "unusable", "A setting is there under two names.", field="settings")
    try:
        store.update({names[key]: value for key, value in call.body["settings"].items()})
    except SettingError as error:
        key = next((key for key, name in names.items() if name == error.name), error.name)
        if store.is_fixed(error.name):
            raise Problem(409, "fixed", error.title, error.hint, field=f"settings.{key}") from None
        title = f"The setting {error.name} cannot be that."
        raise Problem(422, "unusable", title, error.hint, field=f"settings.{key}") from None
    return {"success": True, "settings": _values(store)}


async def _tell(call: Call) -> Answered:
    store = call.parts.settings
    properties = {
        name: {
            **_EVERY[name],
            "group": row.option.group,
            "unit": row.option.unit,
            "variable": row.variable,
            "restart": row.option.restart,
            "origin": store.origin(name),
            "readOnly": not row.option.stored or store.is_fixed(name),
        }
        for name, row in DECLARED.items()
    }
    return {"schema": {"type": "object", "additionalProperties": False, "properties": properties}}


OPERATIONS = (
    Operation("GET", "/settings", "All settings in force.", _get, answer=answer({"settings": _ALL})),
    Operation(
        "PUT", "/settings", "Changes the settings that are named, all or none.", _put,
        body=record({"settings": record(_CHANGES)}, needs=["settings"]),
        answer=answer({"success": DONE, "settings": _ALL}), statuses=(409, 422),
    ),
    Operation(
        "GET", "/settings/schema", "What each setting is, can be, and comes from, as JSON Schema.", _tell,
        answer=answer({"schema": anything("A JSON Schema.")}),
    ),
    Operation(
        "GET", "/settings/{setting}", "One setting.", _one,
        answer=answer({"key": text("As it was asked for."), "value": _VALUE,
                       "origin": text("A flag or a variable, or stored or default.")}),
    ),
)  # fmt: skip
