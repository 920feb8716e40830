"""Names, places and numbers that belong to nobody: where surrogates are taken from."""

from __future__ import annotations

import re

#: None of them is a word of its own in English.
FIRST = tuple(
    """Adela Alaric Anouk Ansel Anselm Aurel Beatrix Bettina Bogdan Branwen Casimir Cedric Celeste Cosima Cyrus Dagmar
    Darius Delphine Dorian Edda Edmund Elian Elowen Emeric Enzo Eudora Fabian Fenella Florian Gideon Greta
    Gwendolyn Hadrian Hester Imogen Ingrid Isolde Ivo Jolanda Juno Kaspar Katinka Konrad Lambert Leander Leonie
    Linnea Ludmila Lysander Magnus Malwina Marcella Matilda Maximus Milos Mirabel Nadia Nestor Odette Olga Orson Ottilie
    Pascal Petra Phoebe Quentin Ramona Reinhold Roderick Rosalind Rufus Sabina Seraphina Sibyl Silvan Sixtus Tamsin
    Thaddeus Theodora Tiberius Ulrika Valentin Verena Viggo Wanda Wendel Winifred Xaver Yolanda Yorick Zelda
    Zoltan""".split()
)
_STEMS = tuple(
    """Alder Bar Birken Brack Cald Carn Dorn Draven Eller Elm Esker Farn Fel Gar Gris Hald Harl Hex Ingle Jarn Kel Kest
    Lang Lind Lor Mal Mar Nor Ock Oster Pell Quar Ran Rook Sel Sker Stav Tarn Thel Ul Vald Ver Wald Wex Yar
    Zell""".split()
)
_ENDS = "berg brook combe dorf feld gart gren hurst lock low mere mont quist rick sen thwaite wick worth".split()
LAST = tuple(stem + end for end in _ENDS for stem in _STEMS)
PLACES = tuple(stem + end for end in "borough bury ford ham haven mouth port stead ton vale".split() for stem in _STEMS)
TRADES = tuple("Group Partners Holdings Industries Systems Works Services Associates".split())
#: Kept, for they say what kind of name it is, not whose.
KEPT = frozenset(
    """ag bv co company corp corporation dr gmbh inc kg limited llc llp ltd mr mrs ms mx nv plc prof pty sa sarl sir
    de da der del di du la le mac of the van von y zu and""".split()
)
#: Reserved for documentation (RFC 5737, RFC 3849, RFC 7042, RFC 2606).
NETS = ("192.0.2", "198.51.100", "203.0.113")
NET6 = "2001:db8"
MAC_PREFIX = "00005E0053"
DOMAINS = ("example.com", "example.org", "example.net")


#: Numbers kept for drama: who looks like it, and the national digits, "X" for any. The first that fits is taken; North
#: America's stand for everybody else.
PHONES = (
    (
        re.compile(r"(?:\+|00)?61[2-8]\d{8}|0[23478]\d{8}"),
        "61",
        ("255501XXX", "255502XXX", "370101XXX", "355503XXX", "870104XXX", "755505XXX"),
    ),
    (re.compile(r"(?:\+|00)?447\d{9}|07\d{9}"), "44", ("7700900XXX",)),
    (
        re.compile(r"(?:\+|00)?44\d{9,10}|0[12]\d{9}"),
        "44",
        ("1632960XXX", "2079460XXX", "1914980XXX", "1184960XXX"),
    ),
    (
        re.compile(r".*"),
        "1",
        tuple(f"{area}55501XX" for area in (201, 206, 212, 303, 312, 404, 415, 503, 512, 602, 617, 702, 808, 907)),
    ),
)
