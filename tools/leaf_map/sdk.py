"""What an official client says about its API: its operations, and the types they take and give."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import typing_extensions
from pydantic import BaseModel

from tools.leaf_map.leaf_map import Api, Operation
from tools.leaf_map.shape import Shape, union

_METHODS = {"_post": "POST", "_get": "GET", "_put": "PUT", "_patch": "PATCH", "_delete": "DELETE"}
#: Parts of an API that no endpoint is declared for: all of their strings are read.
_LEFT_OUT = frozenset(
    "admin agents alpha chatkit containers content_provenance_checks deployment_runs deployments dreams environments "
    "evals fine_tuning live memory_stores models organization realtime safety sessions skills tunnels user_profiles "
    "vaults videos webhooks".split()
)


class Sdk:
    """Reads the package `name`, whose paths begin with `prefix`."""

    def __init__(self, name: str, prefix: str) -> None:
        self._name = name
        self._prefix = prefix
        self._members: dict[type, dict[str, Shape]] = {}

    def read(self) -> Api:
        """All operations with JSON in them. Raises ImportError."""
        package = importlib.import_module(self._name)
        resources = importlib.import_module(f"{self._name}.resources")
        api = Api(self._name, package.__version__)
        seen: set[str] = set()
        for found in pkgutil.walk_packages(resources.__path__, resources.__name__ + "."):
            place = found.name.removeprefix(resources.__name__ + ".")
            if not found.ispkg and not _LEFT_OUT & set(place.split(".")):
                for operation in self._operations(importlib.import_module(found.name)):
                    if str(operation) not in seen:
                        seen.add(str(operation))
                        api.operations.append(operation)
        named = _names(self._members)
        api.operations = sorted(
            (_renamed_operation(operation, named) for operation in api.operations), key=lambda o: (o.path, o.method)
        )
        for cls, name in sorted(named.items(), key=lambda pair: pair[1]):
            api.types[name] = {key: _renamed(shape, named) for key, shape in sorted(self._members[cls].items())}
        return api

    def _operations(self, module: types.ModuleType) -> Iterator[Operation]:
        for cls in ast.parse(inspect.getsource(module)).body:
            if not isinstance(cls, ast.ClassDef) or cls.name.startswith("Async") or "With" in cls.name:
                continue
            seen = set()  # a second method for the same is a convenience
            for function in [node for node in cls.body if isinstance(node, ast.FunctionDef)]:
                for call in [node for node in ast.walk(function) if isinstance(node, ast.Call)]:
                    found = self._operation(module, cls.name, function, call)
                    if found is not None and (found.method, found.path) not in seen:
                        seen.add((found.method, found.path))
                        yield found

    def _operation(
        self, module: types.ModuleType, owner: str, function: ast.FunctionDef, call: ast.Call
    ) -> Operation | None:
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in (*_METHODS, "_get_api_list"):
            return None
        given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        path = _path(call.args[0])
        if path is None or "files" in given:
            return None
        method = _METHODS.get(call.func.attr) or ast.literal_eval(given.get("method", ast.Constant("get"))).upper()
        place = f"{module.__name__}.{owner}"
        request = None
        if "body" in given:
            hints = typing_extensions.get_type_hints(
                getattr(getattr(module, owner), function.name), include_extras=True
            )
            members = _members(given["body"], hints) or _members(function, hints)
            if members is None:
                return None  # made from what another method takes
            shapes = {key: shape for key, hint in members.items() if (shape := self._shape(hint)) is not None}
            request = self._made(place, f"{owner}{_camel(function.name)}", shapes)
        names = {**vars(module), **vars(typing)}
        response = self._named(given.get("cast_to") or given.get("model"), names)
        if response is not None and "model" in given:
            page = {"data": Shape("list", "", (response,))}
            response = self._made(place, f"{owner}{_camel(function.name)}Page", page)
        event = self._events(given.get("stream_cls"), names)
        if not (request or response or event):
            return None
        return Operation(method, self._prefix + path, request, response, event)

    def _made(self, place: str, name: str, members: dict[str, Shape]) -> Shape:
        cls = type(name, (), {"__module__": place})
        self._members[cls] = members
        return Shape("type", _key(cls))

    def _named(self, node: ast.expr | None, names: Mapping[str, Any]) -> Shape | None:
        if isinstance(node, ast.Call) and len(node.args) == 2:  # cast(Any, X)
            node = node.args[1]
        if not isinstance(node, ast.Name | ast.Attribute):
            return None
        hint = eval(ast.unparse(node), dict(names))
        is_plain = hint in (str, type(None)) or (isinstance(hint, type) and not _is_object(hint))
        return None if is_plain else self._shape(hint)

    def _events(self, node: ast.expr | None, names: Mapping[str, Any]) -> Shape | None:
        if node is None:
            return None
        hint = eval(ast.unparse(node), dict(names))
        bases = getattr(hint, "__orig_bases__", ())
        arguments = typing.get_args(hint) or (typing.get_args(bases[0]) if bases else ())
        return self._shape(arguments[0]) if arguments else None

    def _shape(self, hint: Any) -> Shape | None:
        """The shape of an annotation; None for what is no JSON."""
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Annotated, typing_extensions.Required, typing_extensions.NotRequired):
            return self._shape(arguments[0])
        if origin is typing.Literal or origin is typing_extensions.Literal:
            return union(map(_constant, arguments))
        if origin in (typing.Union, types.UnionType):
            found = [shape for argument in arguments if (shape := self._shape(argument)) is not None]
            return union(iter(found)) if found else None
        if isinstance(hint, type) and _is_object(hint):
            return self._object(hint)
        if origin is None and isinstance(hint, type):
            return self._plain(hint)
        if origin is not None and isinstance(origin, type):
            if issubclass(origin, Mapping):
                return self._around("map", arguments[1])
            if origin in (list, tuple) or hasattr(origin, "__iter__"):
                return self._around("list", arguments[0])
        return Shape("any", "?") if hint is Any else None

    def _around(self, kind: typing.Literal["list", "map"], hint: Any) -> Shape | None:
        inner = self._shape(hint)
        return Shape(kind, "", (inner,)) if inner is not None else None

    @staticmethod
    def _plain(hint: type) -> Shape | None:
        if hint is bool:
            return Shape("bool")
        if hint in (int, float):
            return Shape("number")
        if hint is str or issubclass(hint, date):
            return Shape("text", "?")
        return Shape("any", "?") if hint is object else None

    def _object(self, cls: type) -> Shape:
        if cls not in self._members:
            members = self._members[cls] = {}
            for name, hint in _hints(cls):
                if (shape := self._shape(hint)) is not None:
                    members[name] = shape
        return Shape("type", _key(cls))


def _members(node: ast.AST, hints: Mapping[str, Any]) -> dict[str, Any] | None:
    """Annotations by key, of the first dictionary in `node` that is made of arguments."""
    for found in ast.walk(node):
        if isinstance(found, ast.Dict) and found.keys:
            keys = [str(ast.literal_eval(key)) if key else "" for key in found.keys]
            names = [ast.unparse(value) for value in found.values]
            if all(name in hints or key in hints for key, name in zip(keys, names, strict=True)):
                return {key: hints[name if name in hints else key] for key, name in zip(keys, names, strict=True)}
    return None


def _is_object(hint: type) -> bool:
    return typing_extensions.is_typeddict(hint) or issubclass(hint, BaseModel)


def _hints(cls: type) -> Iterator[tuple[str, Any]]:
    """Each field's name on the wire and its annotation."""
    if issubclass(cls, BaseModel):
        cls.model_rebuild()
        for name, field in cls.model_fields.items():
            yield field.alias or name, field.annotation
    else:
        for name, hint in typing_extensions.get_type_hints(cls, include_extras=True).items():
            yield _alias(hint) or name, hint


def _constant(value: object) -> Shape:
    if isinstance(value, bool):
        return Shape("bool")
    return Shape("word", value) if isinstance(value, str) else Shape("number")


def _alias(hint: Any) -> str | None:
    """The name on the wire, where an annotation tells it."""
    found = (getattr(extra, "alias", None) for extra in getattr(hint, "__metadata__", ()))
    inner = typing.get_args(hint)[:1] if typing.get_origin(hint) is not None else ()
    return next(filter(None, found), None) or next(filter(None, map(_alias, inner)), None)


def _path(node: ast.expr) -> str | None:
    if isinstance(node, ast.Call) and node.args:
        node = node.args[0]
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return None
    parts = node.value.partition("?")[0].split("/")
    return "/".join("*" if part.startswith("{") else part for part in parts)


def _camel(name: str) -> str:
    return name.title().replace("_", "")


def _key(cls: type) -> str:
    return f"{cls.__module__}:{cls.__qualname__}"


def _names(members: Mapping[type, dict[str, Shape]]) -> dict[type, str]:
    """Short names: types that say the same share one, others of the same name get their module's before it."""
    plain = {cls: cls.__name__.replace("Param", "").removeprefix("Beta") for cls in members}
    groups, count = plain, 0
    while len(set(groups.values())) > count:
        count = len(set(groups.values()))
        named = {_key(cls): group for cls, group in groups.items()}
        said = {cls: f"{plain[cls]} {_content(members[cls], named)}" for cls in members}
        numbers = {text: str(number) for number, text in enumerate(sorted(set(said.values())))}
        groups = {cls: numbers[text] for cls, text in said.items()}
    names: dict[str, str] = {}
    for cls in sorted(members, key=lambda cls: (len(cls.__module__), _key(cls))):
        if groups[cls] not in names:
            parts = cls.__module__.split(".")
            name = plain[cls]
            while name in names.values():
                name = f"{parts.pop()}.{name}"
            names[groups[cls]] = name
    return {cls: names[groups[cls]] for cls in members}


def _content(members: dict[str, Shape], named: dict[str, str]) -> str:
    return " ".join(f"{key}:{_relabelled(shape, named)}" for key, shape in sorted(members.items()))


def _relabelled(shape: Shape, named: Mapping[str, str]) -> Shape:
    name = named.get(shape.name, shape.name) if shape.kind == "type" else shape.name
    parts = (_relabelled(part, named) for part in shape.parts)
    return Shape(shape.kind, name, tuple(sorted(set(parts), key=str) if shape.kind == "union" else parts))


def _renamed(shape: Shape, named: Mapping[type, str]) -> Shape:
    return _relabelled(shape, {_key(cls): name for cls, name in named.items()})


def _renamed_operation(operation: Operation, named: Mapping[type, str]) -> Operation:
    shapes = (operation.request, operation.response, operation.event)
    return Operation(operation.method, operation.path, *(_renamed(shape, named) if shape else None for shape in shapes))
