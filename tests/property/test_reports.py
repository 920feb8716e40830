"""The promise about crashes: whatever a fault holds, its report holds none of it."""

from __future__ import annotations

import faulthandler
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import fatal
from app.faults import Faults, described, faults
from app.reports import LONGEST, MOST, Reports

CANARY = "canary-jane@example.com"
IDENTIFIER = "canary_jane"


def _raised(error: BaseException, cause: BaseException | None, *, is_context: bool) -> BaseException:
    """`error` as it is caught, from below functions whose locals hold the value."""
    value = CANARY

    def innermost(argument: str) -> None:
        if cause is None:
            raise error
        if not is_context:
            raise error from cause
        try:
            raise cause
        finally:
            raise error

    try:
        innermost(value)
    except BaseException as caught:
        return caught
    raise AssertionError


def _generated() -> BaseException:
    """Raised by a function that was called after the value, in a file called after it."""
    scope: dict[str, Any] = {"__name__": __name__}
    exec(compile(f"def {IDENTIFIER}():\n    raise ValueError('{CANARY}')", f"/home/{CANARY}/x.py", "exec"), scope)
    try:
        scope[IDENTIFIER]()
    except ValueError as error:
        return error
    raise AssertionError


def _looked_up() -> BaseException:
    try:
        {}[CANARY]  # type: ignore[index]
    except KeyError as error:
        return error
    raise AssertionError


def _made() -> BaseException:
    made: type[ValueError] = type(IDENTIFIER, (ValueError,), {"__module__": "builtins"})
    return made(CANARY)


def _disguised() -> BaseException:
    made: type[ValueError] = type(IDENTIFIER, (ValueError,), {"__module__": f"app.{IDENTIFIER}"})
    return made(CANARY)


def _decoding() -> BaseException:
    return UnicodeDecodeError("utf-8", CANARY.encode(), 0, 3, CANARY)


def _parsing() -> BaseException:
    try:
        json.loads(f'{{"{CANARY}"')
    except ValueError as error:
        return error
    raise AssertionError


def _noted() -> BaseException:
    error = OSError(5, CANARY, f"/home/{CANARY}/file")
    error.add_note(CANARY)
    return error


_ROOTS = st.sampled_from([_generated, _looked_up, _made, _disguised, _decoding, _parsing, _noted]).map(
    lambda make: make()
)
_ERRORS = st.recursive(
    _ROOTS,
    lambda inner: st.one_of(
        st.builds(_raised, inner, inner | st.none(), is_context=st.booleans()),
        st.lists(inner, min_size=1, max_size=3).map(lambda errors: BaseExceptionGroup(CANARY, errors)),
    ),
    max_leaves=8,
)


@given(_ERRORS)
def test_no_report_of_an_error_holds_anything_of_it(error: BaseException) -> None:
    with tempfile.TemporaryDirectory(prefix="canary") as folder:
        kept = Faults()
        kept.keep(Path(folder))
        path = kept.note(error, "a test")
        assert path is not None
        text = path.read_text(encoding="ascii")
    assert "canary" not in text
    assert "/" not in text.replace("://", "")
    assert text.startswith("An unexpected error in a test\n\nAnonamoose ")


def test_it_says_where_and_what_led_to_it() -> None:
    error = _raised(_raised(ValueError(CANARY), None, is_context=False), KeyError(CANARY), is_context=False)
    lines = list(described(error))
    assert lines[0] == "ValueError"
    assert re.fullmatch(rf"  {re.escape(__name__)}, _raised\.<locals>\.innermost, line \d+", lines[2])
    assert "caused by KeyError" in lines
    assert next(described(_made())) == "an error whose type was made at run time"
    assert "  code that was made at run time" in described(_generated())


def test_a_chain_that_bites_its_tail_and_a_recursion_come_to_an_end() -> None:
    def down() -> None:
        down()

    one, other = ValueError(), KeyError()
    one.__cause__, other.__cause__ = other, one
    assert list(described(one)) == ["ValueError", "caused by KeyError"]
    with pytest.raises(RecursionError) as deep:
        down()
    assert len(list(described(deep.value))) < 50


def test_they_are_few_small_and_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    for number in range(3):
        kept = Faults()  # a start of the program each
        kept.keep(folder)
        for line in range(2 * MOST):
            try:
                exec(f"{chr(10) * line}raise ValueError", {"__name__": "x"})
            except ValueError as error:
                kept.note(error, "a test")
                kept.note(_raised(ValueError(str(line)), None, is_context=False), f"a test {number}")
    reports = Reports(folder)
    for number in range(2 * MOST):
        assert reports.write(f"error{number:02}", "x" * 10 * LONGEST, is_told=False) is not None
    assert len(reports.all()) == MOST
    assert max(path.stat().st_size for path in reports.all()) == LONGEST
    if os.name == "posix":
        assert {path.stat().st_mode & 0o777 for path in reports.all()} == {0o600}
        assert folder.stat().st_mode & 0o777 == 0o700


def test_the_same_fault_is_reported_once(tmp_path: Path) -> None:
    kept = Faults()
    kept.keep(tmp_path)
    paths = [kept.note(_looked_up(), "a test") for _ in range(5)]
    assert [path is not None for path in paths] == [True, False, False, False, False]


def test_where_nothing_can_be_written_it_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = Faults()
    kept.keep(tmp_path / "file")
    assert kept.note(_looked_up(), "a test") is None
    fatal.Trace(Reports(tmp_path / "file")).close()


def test_one_is_new_until_somebody_was_told(tmp_path: Path) -> None:
    reports = Reports(tmp_path)
    first = reports.write("error", "x", is_told=False)
    reports.write("crash", "x", is_told=True)
    assert reports.new() == [first]
    (told,) = reports.told()
    assert told.suffix == ".txt" and not reports.told() and len(reports.all()) == 2
    reports.delete(told)
    assert len(reports.all()) == 1


_DIES = """
import ctypes, os, sys
from pathlib import Path
from app.fatal import Trace
from app.reports import Reports
Trace(Reports(Path(sys.argv[1])))
def canary_jane(value):
    ctypes.string_at(0) if sys.argv[2] == "access" else os.abort()
canary_jane("canary-jane@example.com")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there an abort leaves no trace")
@pytest.mark.parametrize(("how", "kind"), [("access", "Segmentation fault"), ("abort", "Aborted")])
def test_a_process_that_dies_leaves_where_and_nothing_else(tmp_path: Path, how: str, kind: str) -> None:
    program = tmp_path / "canary-jane" / "program.py"
    program.parent.mkdir()
    program.write_text(_DIES)
    reports = Reports(tmp_path / "reports")
    root = str(Path(fatal.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, program, reports.folder, how], env={**os.environ, "PYTHONPATH": root}, check=False
    )
    assert done.returncode < 0
    (trace,) = reports.folder.iterdir()
    assert trace.stat().st_mode & 0o777 == 0o600
    (path,) = fatal.collect(reports)
    text = path.read_text()
    assert text.startswith(f"A fatal error ({kind}) in the program\n")
    assert "  other code\n" in text and "canary" not in text and str(tmp_path) not in text
    if how == "access":
        assert re.search(r"  ctypes(\.__init__)?, string_at, line \d+\n", text)
    assert not trace.exists() and reports.new() == [path]


def test_a_process_that_ends_leaves_no_trace(tmp_path: Path) -> None:
    was = faulthandler.is_enabled()
    reports = Reports(tmp_path)
    trace = fatal.Trace(reports)
    assert trace.path.exists() and fatal.collect(reports) == []  # its own it leaves alone
    trace.close()
    trace.close()
    assert not list(tmp_path.iterdir()) and faulthandler.is_enabled() == was
    (tmp_path / "1.trace").write_text("")  # it was killed: there is nothing to tell
    assert fatal.collect(reports) == [] and not list(tmp_path.iterdir())


@given(st.text(), st.text())
def test_of_a_trace_only_what_it_knows_is_taken_over(path: str, words: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        reports = Reports(Path(folder))
        lines = [f"Fatal Python error: {CANARY}{words}", f'  File "/home/{CANARY}{path}.py", line 3 in {words}']
        lines += [f'  File "{json.__file__}", line 3 in {CANARY}', f'  File "{json.__file__}", line 3 in loads']
        (reports.folder / "1.trace").write_text("\n".join(lines), encoding="utf-8", errors="replace")
        (report,) = fatal.collect(reports)
        text = report.read_text()
    assert "canary" not in text and "  json.__init__, loads, line 3\n" in text


def test_the_programs_own_faults_go_nowhere_in_tests() -> None:
    assert faults.reports is None
