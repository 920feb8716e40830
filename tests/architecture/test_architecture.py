"""The shape of the code, which nobody should have to guard in review."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "app").rglob("*.py"))
NAMES = {path: path.relative_to(ROOT).as_posix() for path in MODULES}
EVERY_MODULE = pytest.mark.parametrize("path", MODULES, ids=list(NAMES.values()))

#: Who alone may import a library, directly.
ALLOWED = {
    "PySide6": ("app/ui/",),
    "qasync": ("app/ui/",),
    "aiohttp": ("app/proxy/", "app/example.py"),
    "sqlite3": ("app/store/",),
    "keyring": ("app/credentials.py", "app/keychain.py", "app/keyrings.py"),
    "onnxruntime": ("app/pipeline/",),
    "huggingface_hub": ("app/hub/",),
    "transformers": ("app/pipeline/",),
}
#: The pipeline is pure.
NOT_IN_PIPELINE = {"asyncio", "socket", "sqlite3", "multiprocessing", "concurrent", "aiohttp", "PySide6", "keyring"}


def imports(path: Path) -> set[str]:
    """The top-level names of all modules that are imported anywhere in a file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").split(".")[0])
    return found


def test_there_is_something_to_look_at() -> None:
    assert len(MODULES) > 50 and {"PySide6", "aiohttp", "sqlite3"} <= set().union(*map(imports, MODULES))


@EVERY_MODULE
def test_modules_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@EVERY_MODULE
def test_libraries_stay_where_they_belong(path: Path) -> None:
    for library in imports(path) & ALLOWED.keys():
        assert NAMES[path].startswith(ALLOWED[library]), f"{library} is imported in {NAMES[path]}"


@pytest.mark.parametrize(
    "path", [path for path in MODULES if "/pipeline/" in NAMES[path]], ids=lambda path: NAMES[path]
)
def test_the_pipeline_does_no_input_and_output(path: Path) -> None:
    assert not imports(path) & NOT_IN_PIPELINE


@EVERY_MODULE
def test_nothing_is_left_to_do(path: Path) -> None:
    assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", path.read_text(encoding="utf-8"))


@EVERY_MODULE
def test_no_blanket_except_without_a_reason(path: Path) -> None:
    """`except Exception` and wider re-raises, or says on its line why it must not."""
    source = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = ast.unparse(node.type) if node.type else "BaseException"
        if caught in ("Exception", "BaseException"):
            raises = any(isinstance(inner, ast.Raise) for statement in node.body for inner in ast.walk(statement))
            assert raises or "#" in source.splitlines()[node.lineno - 1], f"line {node.lineno}"


def _is_trivial(node: ast.AST) -> bool:
    """A few statements say it better than a sentence would."""
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and len(node.body) <= 4


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if NAMES[path].split("/")[1] in ("pipeline", "proxy", "store")],
    ids=lambda path: NAMES[path],
)
def test_public_things_say_what_they_are(path: Path) -> None:
    """Modules, classes, and functions of more than four statements; the rest where a name is not enough."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree) or not tree.body, "the module"
    missing = []
    owners: list[ast.Module | ast.ClassDef] = [tree]
    owners += [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name[0] != "_"]
    for owner in owners:
        things = [
            node for node in owner.body if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        public = [node for node in things if node.name[0] != "_"]
        missing += [node.name for node in public if not ast.get_docstring(node) and not _is_trivial(node)]
    assert missing == []


@pytest.mark.parametrize("module", ["app.cli", "app.serve", "app.application", "app.text_command", "app.demo"])
def test_what_runs_without_windows_loads_neither_qt_nor_a_model(module: str) -> None:
    heavy = "PySide6 qasync transformers onnxruntime torch tokenizers numpy".split()
    script = f"import sys, {module}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "[]\n", done.stderr


def test_the_command_line_does_not_load_the_proxy_to_print_its_version() -> None:
    script = "import sys, app.cli; print([n for n in ('aiohttp', 'cryptography', 'keyring') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "[]\n", done.stderr
