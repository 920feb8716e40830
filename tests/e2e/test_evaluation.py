"""`anonamoose eval` and `anonamoose bench --layers` as a user runs them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from app.errors import Exit
from app.evaluation.corpus import Item, Label
from app.pipeline.models import DEFAULT, REGISTRY
from tests.e2e.test_command_line import run

_TFN = "My TFN is 123 456 782, thanks"
_CORPUS = (
    Item("one", _TFN, "prose", "AU", "tune", (Label(10, 21, "AU_TFN"),)),
    Item("two", '{"tfn": "123456782"}', "json", "AU", "tune", (Label(9, 18, "AU_TFN"),)),
    Item("three", "NHS number 943 476 5919", "clinical", "UK", "held-out", (Label(11, 23, "UK_NHS"),)),
    Item("four", "my cat <is> called XK-77", "chat", "", "tune", (Label(19, 24, "AU_PASSPORT"),)),
    Item("five", "write to nobody@example.com", "log", "", "held-out"),
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.jsonl"
    path.write_text("".join(item.line() + "\n" for item in _CORPUS), encoding="utf-8")
    return path


def test_the_figures_of_a_corpus(corpus: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = run("eval", corpus, "--layers", "patterns", "--json", "--html", page)
    assert (done.returncode, done.stderr) == (Exit.OK, b"")
    data = json.loads(done.stdout)
    assert data["corpus"]["items"] == 5 and data["policy"]["layers"] == ["patterns"]
    total = data["total"]
    assert (total["labels"], total["exact"], total["missed"], total["false"]) == (4, 3, 1, 1)
    assert data["groups"]["entity"]["AU_TFN"]["recall"] == 1  # in prose, and behind its key in JSON
    assert [miss["context"] for miss in data["misses"]] == [["my cat <is> called ", "XK-77", ""]]
    assert data["false_by_kind"] == {"log": {"EMAIL_ADDRESS": 1}}
    assert "my cat &lt;is&gt; called <mark>XK-77</mark>" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("choice", "count"),
    [
        (["--split", "tune"], 3),
        (["--split", "held-out", "--kind", "log"], 1),
        (["--kind", "json", "--kind", "chat"], 2),
        (["--limit", "2"], 2),
    ],
)
def test_a_part_of_a_corpus(corpus: Path, choice: list[str], count: int) -> None:
    done = run("eval", corpus, "--layers", "patterns", "--json", *choice)
    assert json.loads(done.stdout)["corpus"]["items"] == count


def test_a_region_alone_and_what_that_changes(corpus: Path, tmp_path: Path) -> None:
    before = tmp_path / "before.json"
    before.write_bytes(run("eval", corpus, "--layers", "patterns", "--json").stdout)
    done = run("eval", corpus, "--layers", "patterns", "--locale", "AU", "--against", before)
    assert done.returncode == Exit.OK
    lines = [line.split() for line in done.stdout.decode().splitlines()]
    assert "UK_NHS 100.0% → 0.0% 100.0% → – 0 0".split() in lines
    assert lines[-1] == "TOTAL 75.0% → 50.0% 75.0% → 66.7% 0 1".split()


def test_any_file_is_read_for_false_alarms(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_text("ok\n" * 50 + "peer 192.0.2.7 left\n", encoding="utf-8")
    done = run("eval", path, "--layers", "patterns")
    text = done.stdout.decode()
    assert "1 of 1 harmless texts touched" in text and "peer ⟦192.0.2.7⟧ left" in text and "recall" not in text


@pytest.mark.parametrize(
    ("content", "arguments", "code", "words"),
    [
        ('{"id": 1}\n', [], Exit.DATA, "Line 1 of "),
        ("", [], Exit.DATA, "There is no text to read."),
        (None, [], Exit.NO_INPUT, "cannot be read"),
        (_CORPUS[0].line(), ["--layers", "letters"], Exit.USAGE, "“letters” is not a layer."),
        (_CORPUS[0].line(), ["--locale", "FR"], Exit.CONFIG, "is not a region"),
        (_CORPUS[0].line(), ["--split", "all"], Exit.USAGE, "invalid choice"),
        (_CORPUS[0].line(), ["--limit", "0"], Exit.USAGE, "it takes 1 or more"),
        (_CORPUS[0].line(), ["--against", "nowhere.json"], Exit.NO_INPUT, "nowhere.json cannot be read"),
        (_CORPUS[0].line(), ["--against", __file__], Exit.DATA, "holds no figures of an earlier run"),
        (_CORPUS[0].line(), ["--layers", "ner", "--ner-model", "nobody"], Exit.UNAVAILABLE, "Detection cannot run."),
        (_CORPUS[0].line(), ["--layers", "patterns", "--html", "no/where.html"], Exit.CANNOT_CREATE, "be written"),
    ],
)
def test_what_cannot_be_done_is_said(
    tmp_path: Path, content: str | None, arguments: list[str], code: Exit, words: str
) -> None:
    path = tmp_path / "x.jsonl"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    done = run("eval", path, *arguments)
    assert (done.returncode, done.stdout) == (code, b"")
    assert words in done.stderr.decode()


def test_figures_depend_on_nothing_that_is_set(corpus: Path) -> None:
    environ = {"ANONAMOOSE_LOCALE": "US", "ANONAMOOSE_PATTERNS": "off"}
    done = run("eval", corpus, "--layers", "patterns", "--json", environ=environ)
    assert json.loads(done.stdout)["total"]["exact"] == 3


def test_the_benchmark_of_layers(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("from 2019 to 2024, 12 rows. " * 100, encoding="utf-8")
    done = run("bench", "--layers", "--no-ner", "--rounds", 1, "--text", path, "--json")
    assert (done.returncode, done.stderr) == (Exit.OK, b"")
    rows = json.loads(done.stdout)[str(path)]
    assert {"no layer", "dictionary", "patterns", "names", "all but ner"} < rows.keys() and "ner" not in rows
    assert all(row["ratio"] > 0 and row["megabytes_per_second"] > 0 for row in rows.values())
    table = run("bench", "--layers", "--no-ner", "--rounds", 1, "--text", path).stdout.decode()
    assert "text.txt" in table and "patterns" in table


def test_the_benchmark_of_layers_needs_a_text(tmp_path: Path) -> None:
    done = run("bench", "--layers", "--text", tmp_path / "none.txt")
    assert (done.returncode, done.stdout) == (Exit.NO_INPUT, b"")


def test_models_are_measured_side_by_side(tmp_path: Path) -> None:
    row = {"text": "Ask Alice Johnson about it.", "spans": [[4, 17, "PERSON"]]}
    (tmp_path / "chat.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    (tmp_path / "code.py").write_text("def total(rows):\n    return sum(rows)\n", encoding="utf-8")
    done = run("eval", tmp_path, "--ner", "minilm", "minilm", "--json")
    assert (done.returncode, done.stderr) == (Exit.OK, b"")
    results = json.loads(done.stdout)
    assert [one["model"] for one in results] == ["minilm", "minilm"]
    for one in results:
        assert one["sets"]["chat"]["types"]["PERSON"]["recall"] == 1
        assert one["sets"]["code"]["types"]["all"]["found"] == 0
        assert one["load_seconds"] > 0 and one["kchar_per_second"] > 0
    table = run("eval", tmp_path, "--ner").stdout.decode()
    assert "spans per MB" in table and "minilm" in table and "strict F1" in table


def test_a_fetched_model_is_measured_by_its_name_beside_a_folder(tmp_path: Path) -> None:
    fetched, folder = tmp_path / "data" / "models" / "someone--names", tmp_path / "own"
    shutil.copytree(REGISTRY[DEFAULT].folder, fetched)
    shutil.copytree(REGISTRY[DEFAULT].folder, folder)
    text = tmp_path / "text.jsonl"
    text.write_text(json.dumps({"text": "Ask Alice Johnson.", "spans": [[4, 17, "PERSON"]]}), encoding="utf-8")
    done = run("eval", text, "--json", "--data-dir", tmp_path / "data", "--ner", "someone/names", folder)
    assert (done.returncode, done.stderr) == (Exit.OK, b"")
    results = json.loads(done.stdout)
    assert [one["model"] for one in results] == ["someone/names", str(folder)]
    assert all(one["sets"]["text"]["types"]["PERSON"]["recall"] == 1 for one in results)


def test_a_model_that_is_not_there_is_told_of(corpus: Path) -> None:
    done = run("eval", corpus, "--ner", "nowhere")
    assert (done.returncode, done.stdout) == (Exit.UNAVAILABLE, b"")
    assert "nowhere" in done.stderr.decode()
