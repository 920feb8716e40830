"""`python -m tools.leaf_map`: reads the installed clients again, keeps every class, names the leaves that have none."""

from __future__ import annotations

import sys

from tools.leaf_map.leaf_map import Api, load, save
from tools.leaf_map.sdk import Sdk
from tools.leaf_map.shape import Shape

_SDKS = (Sdk("openai", "/v1"), Sdk("anthropic", ""))


def classified(new: Api, old: Api | None) -> Api:
    """`new` with the classes of `old`: those of the same field of the same type, whichever module it moved to.

    A field that was classified as a whole (`*O`) stays one, whatever types it is made of.
    """
    known: dict[tuple[str, str], Shape] = {}
    for name, members in old.types.items() if old else ():
        for key, shape in members.items():
            known[name, key] = shape
            known.setdefault((name.rpartition(".")[2], key), shape)
    for name, members in new.types.items():
        for key, shape in members.items():
            before = known.get((name, key)) or known.get((name.rpartition(".")[2], key))
            classes = [leaf.name for leaf in before.walk() if leaf.kind in ("text", "any")] if before else []
            is_whole = (
                before is not None
                and all(leaf.kind != "type" for leaf in before.walk())
                and any(leaf.kind == "type" for leaf in shape.walk())
            )
            members[key] = before if before and is_whole else shape.classified(classes[0] if classes else "?")
    new.prune()
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
