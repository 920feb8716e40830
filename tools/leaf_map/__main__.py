"""`python -m tools.leaf_map`: reads the installed clients again, keeps every class, names the leaves that have none."""

from __future__ import annotations

import sys

from tools.leaf_map.leaf_map import Api, load, save
from tools.leaf_map.sdk import Sdk

_SDKS = (Sdk("openai", "/v1"), Sdk("anthropic", ""))


def classified(new: Api, old: Api | None) -> Api:
    """`new` with the classes of `old`: those of the same field of the same type, whichever module it moved to."""
    known: dict[tuple[str, str], str] = {}
    for name, members in old.types.items() if old else ():
        for key, shape in members.items():
            class_ = next((leaf.name for leaf in shape.walk() if leaf.kind in ("text", "any")), "")
            known[name, key] = class_
            known.setdefault((name.rpartition(".")[2], key), class_)
    for name, members in new.types.items():
        for key, shape in members.items():
            class_ = known.get((name, key)) or known.get((name.rpartition(".")[2], key)) or "?"
            members[key] = shape.classified(class_)
    return new


def main() -> int:
    apis = load()
    for sdk in _SDKS:
        try:
            new = sdk.read()
        except ImportError as error:
            print(f"{error}: what is stored stays.")
        else:
            apis[new.name] = classified(new, apis.get(new.name))
    save(apis)
    unclassified = [f"{api.name} {leaf}" for api in apis.values() for leaf in api.unclassified()]
    print("\n".join([*unclassified, f"{len(unclassified)} leaves have no class."]))
    return bool(unclassified)


if __name__ == "__main__":
    sys.exit(main())
