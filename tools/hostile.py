"""`python -m tools.hostile`: how long every layer needs for texts made to hold it up, and how that grows.

Time proves little on one machine, growth much: four times the text may cost four times the time, not sixteen. Each
layer gets a text of a quarter of a million characters and one of a million, and the ratio of the CPU time is printed.
Exits with 1 where a layer grows faster than its text, or needs more than `LIMIT` seconds for a megabyte.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial

from app.pipeline.detectors import Detector
from app.pipeline.detectors.dictionary import DictionaryDetector
from app.pipeline.detectors.names import NamesDetector
from app.pipeline.detectors.patterns import PatternsDetector
from app.pipeline.detectors.secrets import SecretsDetector
from app.pipeline.engine import Engine
from app.pipeline.patterns import ALL
from app.pipeline.patterns.secrets import ENTITIES
from app.pipeline.policy import SWITCHABLE, Policy
from app.pipeline.terms import Term

SIZES = (250_000, 1_000_000)
#: Seconds of CPU for a megabyte, and the growth from one size to the next that is linear on a busy machine.
LIMIT, GROWTH = 10.0, 9.0
#: Less time than this says nothing about growth.
_NOISE = 0.05
_WORTH_TELLING = 0.5

#: What such texts repeat, by what it is meant to hold up.
PIECES = {
    "leaders behind words": "TFN ........ ",
    "words and small numbers": "TFN (1) 2. ",
    "passwords without one": "password a1b2c3 ",
    "headings of names": "surname, ",
    "digits": "1",
    "digits and blanks": "1 ",
    "digits and dashes": "12-34-",
    "letters": "a",
    "capitals": "A",
    "capitalised words": "Will Mark ",
    "capitalised words with initials": "J. R. ",
    "letters and digits": "A1b2",
    "hexadecimal": "9f86d081",
    "base64": "iVBORw0KGgoAAAANSUhEUgAA/+",
    "at": "@",
    "addresses without an end": "a@a@",
    "addresses without a dot": "jane@example ",
    "dots": "a.",
    "segments of HL7": " PID|1||7^",
    "segments of HL7 in lines": "PID|1||7^^^H~8||Doe^Jane&X|\n",
    "headers of HL7": "MSH|^~\\&|",
    "headers of HL7 in quotes": 'MSH|^~\\&|PID|1^"\'',
    "members of FHIR": '"resourceType":"Patient","given":["a","',
    "components of HL7": "^~&|",
    "postcodes of New Zealand": "postcode 6011, NZ ",
    "IPv4": "1.1.1.1.",
    "IPv6": "fe80::1:",
    "colons": ":",
    "colons and hexadecimal": ":af",
    "brackets": "(",
    "square brackets": "[",
    "calls": "+1 +1 +1 ",
    "telephone numbers": "0491 570 006 ",
    "blanks": " ",
    "line breaks": "\n",
    "tabs and line breaks": "\t\n",
    "combining marks": "\u0301",
    "letters with marks": "e\u0301\u0327",
    "zero-width": "\u200b",
    "characters outside the basic plane": "\U0001f600",
    "lone surrogates": "\ud800",
    "placeholders": "[PERSON_",
    "placeholders with numbers": "[PERSON_1234",
    "labels": "PERSON_",
    "private use": "\ue000",
    "armour": "-----BEGIN PRIVATE KEY-----",
    "armour with lines": "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq0Zl5n2w7c9Q4k6R8s0\n",
    "armour of dashes": "-----",
    "words for secrets": "token=token=",
    "words for secrets, quoted": "token='",
    "words for secrets with colons": "password: ",
    "words for secrets, long values": "token='aB1defg" + "." * 4000 + "9a' ",
    "words for secrets in a row": "password for the ",
    "words for secrets and blanks": "secret" + " " * 24,
    "JWT": "eyJ",
    "JWT and dashes": "eyJ-",
    "tokens with dots": "ya29.",
    "tokens with dashes": "sk-proj-",
    "tokens with slashes": "fm2_/",
    "JWT with dots": "eyJhbGciOiJIUzI1NiJ9.",
    "URLs": "://",
    "URLs with users": "://a:b",
    "URLs with passwords": "http://a:b@",
    "webhooks": "hooks.slack.com/services/T0/",
    "commands": "mysql -u ",
    "bearers": "Bearer a1 ",
    "discord": "discord ",
    "keywords": "TFN TFN ",
    "keywords and digits": "TFN 1 ",
    "passports": "passport a",
    "births": "dob 1/",
    "cards": "4111 ",
    "IBAN": "GB82 ",
    "street types": "St ",
    "streets": "12 High St ",
    "postcodes": "NSW 2000 ",
    "titles": "Dr Mr ",
    "salutations": "Dear ",
    "escapes": "\\u0041",
    "backslashes": "\\",
    "percent": "%41",
    "entities": "&amp;",
    "quotes": "\"'",
    "JSON": '{"a":',
    "terms": "acme corp ",
    "halves of terms": "acme ",
}  # fmt: skip
TERMS = (
    Term(text="Acme Corp", entity="ORGANIZATION"),
    Term(text="acme", entity="ORGANIZATION", whole_word=True),
    Term(text="a" * 50, entity="CUSTOM"),
    Term(text="e\u0301", entity="CUSTOM"),
)


def layers() -> dict[str, Callable[[str], object]]:
    """What looks through a text, by layer: each alone, and all but the model's together."""
    policy = Policy(layers=frozenset(SWITCHABLE) - {"ner"})
    detectors: dict[str, Detector] = {
        "dictionary": DictionaryDetector(TERMS),
        "secrets": SecretsDetector(),
        "patterns": PatternsDetector(),
        "names": NamesDetector(),
    }
    entities = [row.entity for row in ALL] + ["PERSON", "ORGANIZATION", "CUSTOM", *ENTITIES]
    alone = {name: partial(_look, detector, policy) for name, detector in detectors.items()}
    literal, together = Engine({}, entities), Engine(detectors, entities)
    return {
        **alone,
        "literal": partial(_look_for_all, literal, policy),
        "all": partial(_look_for_all, together, policy),
    }


def _look(detector: Detector, policy: Policy, text: str) -> object:
    return list(detector.detect(text, policy))


def _look_for_all(engine: Engine, policy: Policy, text: str) -> object:
    return engine.findings_in_leaf(text, "content", policy)


def text_of(piece: str, size: int) -> str:
    """`size` characters of `piece`."""
    return (piece * (size // len(piece) + 1))[:size]


def survive(size: int, seconds: int) -> None:
    """Leads all layers together through every text of `size` characters; dies in one that takes `seconds` of CPU."""
    import resource  # which Windows does not have

    look = layers()["all"]
    for name, piece in PIECES.items():
        print(name, flush=True)
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds + 1, resource.RLIM_INFINITY))
        look(text_of(piece, size))


def _seconds(work: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    work(text)
    return time.process_time() - began


def main(arguments: list[str] | None = None) -> int:
    """Measures and prints what took longest."""
    looking = layers()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layer", choices=looking, action="append", help="only this layer; may be repeated")
    parser.add_argument("--piece", choices=PIECES, action="append", help="only this text; may be repeated")
    asked = parser.parse_args(arguments)
    failed = False
    print(f"{'layer':<12}{'text':<36}{'1/4 MB':>9}{'1 MB':>9}{'growth':>9}")
    for layer in asked.layer or looking:
        looking[layer]("Nothing is loaded twice.")
        for name in asked.piece or PIECES:
            short, long = (_seconds(looking[layer], text_of(PIECES[name], size)) for size in SIZES)
            growth = long / max(short, _NOISE)
            bad = growth > GROWTH or long > LIMIT
            failed |= bad
            if bad or long > _WORTH_TELLING or asked.piece:
                mark = "  <--" if bad else ""
                print(f"{layer:<12}{name:<36}{short:>8.2f}s{long:>8.2f}s{growth:>8.1f}x{mark}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
