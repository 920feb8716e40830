"""The language of the windows: what they say goes through `tr`, which looks it up in the translation in use."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

#: Where translations lie, as `anonamoose_de.qm`.
FOLDER = Path(__file__).with_name("languages")
#: How a sentence that counts writes both English forms: `value(s)`, `match(es)`, `entr(y/ies)`, `(is/are)`.
_FORMS = re.compile(r"\((?:(\w*)/)?(\w+)\)")


def tr(text: str) -> str:
    """`text` in the language of the user; as it is where nobody has translated it.

    A literal, or what `later` has marked, or a sentence of the core that tools/translations.py gathers.
    """
    return QCoreApplication.translate("", text) if text else ""


def later(text: str, *, counts: bool = False) -> str:
    """`text`, a literal that is there before the language is known.

    `tr` translates it where it is shown, or `counted` where it `counts`.
    """
    return text


def counted(text: str, n: int, **places: object) -> str:
    """`text`, a literal such as "{n} value(s) hidden", in the form for `n` of what it counts; `places` are put in."""
    found = QCoreApplication.translate("", text, "", n)
    if found == text:
        found = _FORMS.sub(lambda form: (form[1] or "") if n == 1 else form[2], text)
    return found.format(n=f"{n:,}", **places)


def use_language(locale: QLocale, folder: Path = FOLDER) -> bool:
    """Uses the translation for `locale` from now on, for windows that are made then; whether there is one."""
    app = QCoreApplication.instance()
    translator = QTranslator(app)
    found = app is not None and translator.load(locale, "anonamoose", "_", str(folder))
    return found and QCoreApplication.installTranslator(translator)
