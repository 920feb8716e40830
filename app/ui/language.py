"""The language of the windows: what they say goes through `tr`, which looks it up in the translation in use."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

#: Where translations lie, as `anonamoose_de.qm`.
FOLDER = Path(__file__).with_name("languages")


def tr(text: str) -> str:
    """`text`, a literal, in the language of the user; as it is where nobody has translated it."""
    return QCoreApplication.translate("", text)


def use_language(locale: QLocale, folder: Path = FOLDER) -> bool:
    """Uses the translation for `locale` from now on, for windows that are made then; whether there is one."""
    app = QCoreApplication.instance()
    translator = QTranslator(app)
    found = app is not None and translator.load(locale, "anonamoose", "_", str(folder))
    return found and QCoreApplication.installTranslator(translator)
