"""What the windows say comes from the translation in use, from the source to the screen."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from app.settings import DECLARED
from app.ui.language import FOLDER, counted, tr, use_language
from app.ui.shell import Shell
from tests.ui.gallery import scenes, serving
from tests.ui.said import said, untranslated
from tests.ui.staging import on_loop
from tools.sentences import sentences

TOOL = Path(__file__).parents[2] / "tools" / "translations.py"


#: What nobody can have translated: flags, sentences with something of the case in them, and the gallery's own.
_OF_ITS_OWN = re.compile(r"--[\w-]+|.* at character \d+\.|the file .*|Something is wrong\.|Do this about it\.")


class Pseudo(QTranslator):
    """A language that says everything in brackets; `asked` is what of ours was looked up."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def translate(self, context: str, text: str, about: str | None = None, number: int = -1) -> str:
        if not context:
            self.asked.add(text)
        return f"⟦{text}⟧"

    def isEmpty(self) -> bool:
        return False


@pytest.fixture
def pseudo(qapp: Shell) -> Iterator[Pseudo]:
    translator = Pseudo()
    QCoreApplication.installTranslator(translator)
    yield translator
    QCoreApplication.removeTranslator(translator)


@on_loop
async def test_no_word_of_any_window_escapes(qapp: Shell, tmp_path: Path, pseudo: Pseudo) -> None:
    found: dict[str, set[str]] = {}
    seen = 0
    async with serving(tmp_path, qapp) as desktop:
        async for name, window in scenes(desktop):
            for text in said(window):
                seen += 1
                if rest := untranslated(text):
                    found.setdefault(f"{rest!r} in {text!r}", set()).add(name)
    assert seen > 2000
    assert not found, "\n".join(f"{text} ({', '.join(sorted(names))})" for text, names in sorted(found.items()))
    known = {sentence.text for sentence in sentences()}
    # What is translated already is asked for again where it is an error that was told.
    asked = sorted(text for text in pseudo.asked - known if "⟦" not in text and not _OF_ITS_OWN.fullmatch(text))
    assert not asked, "\n".join(asked)


def test_no_sentence_stands_beside_those_that_are_translated() -> None:
    loose = [f"{path.name}: {text}" for path in sorted(FOLDER.parent.glob("*.py")) for text in _loose(path)]
    assert not loose, "\n".join(loose)


def _loose(path: Path) -> Iterator[str]:
    """Literals of several words that go to no translation, though they do not go to the log or the command line."""
    if path.name in ("display.py", "run.py"):
        return  # why there are no windows: told where there are none
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kept: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            kept.add(node.value)  # a docstring
        elif isinstance(node, ast.Call) and re.match(r"(tr|later|counted|print|log\.\w+)\(", ast.unparse(node)):
            kept.update(ast.walk(node))
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and node not in kept else None
        if isinstance(text, str) and re.search(r"[^\W\d_]{2,} [^\W\d_]", text):
            yield text


def test_what_is_not_translated_is_found(qapp: Shell, pseudo: Pseudo) -> None:
    assert untranslated("Send it") == "Send it"
    assert untranslated(f"{tr('Send it')} at once") == "at once"
    assert not untranslated(tr("Key of {target}:").format(target=f"a tool {tr('that has none')}"))
    assert not untranslated("1,204 · https://example.com/v1") and not untranslated("GET /v1/models")


@pytest.mark.parametrize(
    ("text", "n", "is_said"),
    [
        ("{n} value(s) hidden", 1, "1 value hidden"),
        ("{n} value(s) hidden", 0, "0 values hidden"),
        ("{n} value(s) hidden", 1204, "1,204 values hidden"),
        ("{n} match(es)", 2, "2 matches"),
        ("Reading: {n} entr(y/ies) so far.", 1, "Reading: 1 entry so far."),
        ("Reading: {n} entr(y/ies) so far.", 3, "Reading: 3 entries so far."),
        ("{n} request(s) (waits/wait) for review", 1, "1 request waits for review"),
        ("{n} request(s) (waits/wait) for review", 2, "2 requests wait for review"),
        ("(It/They) may be hidden in requests again.", 2, "They may be hidden in requests again."),
    ],
)
def test_english_has_two_forms(text: str, n: int, is_said: str) -> None:
    assert counted(text, n) == is_said


def test_every_sentence_that_counts_has_two_english_forms() -> None:
    counting = [sentence.text for sentence in sentences() if sentence.counts]
    assert len(counting) > 30
    for text in counting:
        places = {name: "" for _, name, _, _ in Formatter().parse(text) if name and name != "n"}
        assert not {"(", ")", "/"} & {*counted(text, 1, **places), *counted(text, 2, **places)}


def test_places_are_put_in_after_the_form_is_chosen() -> None:
    assert counted("{n} value(s) of {tool}", 2, tool="a (very) long name") == "2 values of a (very) long name"


def test_a_translation_goes_from_the_source_to_the_screen(qapp: Shell, tmp_path: Path) -> None:
    pytest.importorskip("PySide6.scripts")
    command = [sys.executable, str(TOOL), "de", "--out", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    written = tmp_path / "anonamoose_de.ts"
    tree = ElementTree.parse(written)
    messages = {message.findtext("source"): message for message in tree.iter("message")}
    assert len(messages) > 900
    _translate(messages["&Settings…"], "&Einstellungen…")
    _translate(messages["{n} value(s) hidden"], "{n} Wert verborgen", "{n} Werte verborgen")
    _translate(messages[DECLARED["port"].option.help], "Der Port.")
    tree.write(written, encoding="utf-8")
    subprocess.run([*command, "--release"], check=True, capture_output=True)

    assert use_language(QLocale("de_AT"), tmp_path)
    try:
        assert tr("&Settings…") == "&Einstellungen…" and tr("&Inspector…") == "&Inspector…"
        assert counted("{n} value(s) hidden", 1) == "1 Wert verborgen"
        assert counted("{n} value(s) hidden", 2) == "2 Werte verborgen"
        assert counted("{n} match(es)", 2) == "2 matches"
        assert tr(DECLARED["port"].option.help) == "Der Port."
    finally:
        for translator in qapp.findChildren(QTranslator):
            QCoreApplication.removeTranslator(translator)
            translator.deleteLater()


def _translate(message: Element, *texts: str) -> None:
    translation = message.find("translation")
    assert translation is not None
    del translation.attrib["type"]
    if len(texts) == 1:
        translation.text = texts[0]
    for form, text in zip(translation.iter("numerusform"), texts, strict=len(texts) > 1):
        form.text = text


def test_without_a_translation_it_stays_english(qapp: Shell) -> None:
    assert not use_language(QLocale("tlh"), FOLDER) and tr("&Quit") == "&Quit"
