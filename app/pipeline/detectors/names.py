"""Names from lists: the safety net under the model, quick, and quiet in source code.

Three lists decide. A *first name* that is nothing else ("Siobhan") counts wherever it is capitalised and
not part of code. A name that is also a word, a place or a tool ("Will", "Victoria", "Jenkins") counts only
before a surname or after a title, a salutation or a field label. A *surname* alone never counts. Whatever
is found is extended over initials, particles and the surname, so that a person is one span.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from unicodedata import combining, normalize

from app.pipeline.policy import Policy
from app.pipeline.span import Span

_SCORE = 0.6
_MAX_WORD = 40
_UPPER = "A-ZÀ-ÖØ-ÞĀ-ɏḀ-ỿ"
_LETTER = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ\u0300-\u036f"
#: The class comes first because `re` skips ahead to it quickly; what precedes is checked after. A capital
#: after a letter starts no word, unless that letter is the end of an escaped line break or tab.
_WORD = re.compile(rf"[{_UPPER}](?:(?<!\w.)|(?<=\\[nrt].))[{_LETTER}]*(?:['’-][{_UPPER}][{_LETTER}]*)*")
_PARTICLES = "van|von|der|den|de|da|di|del|della|dos|du|la|le|bin|bint|ibn|al|el|ter|ten|zu|te"
_NEXT = re.compile(
    rf"[ \u00a0]{{1,2}}((?:(?:{_PARTICLES})[ \u00a0-]){{0,3}})"
    rf"([{_UPPER}][{_LETTER}]*(?:['’-][{_UPPER}][{_LETTER}]*)*)(\.?)"
)
_INITIALS = re.compile(rf"(?:\.[ \u00a0]?[{_UPPER}](?![{_LETTER}])){{0,3}}\.(?=[ \u00a0][{_UPPER}])")
_AFTER_TITLE = re.compile(r"\.?(?=[ \u00a0])")
#: Ends of labels whose value is a person, whatever it looks like, and the words before that make them so.
_LABEL = re.compile(
    r"[NnHhKk](?:ame|AME|older|OLDER|in|IN)\\{0,3}[\"'\]]{0,2}[ \t]{0,4}[:=>]>?\s{0,4}\\{0,3}[\"'“]?"
    rf"(?=[{_UPPER}])"
)
_LABEL_START = re.compile(
    r"(?:first|last|given|family|full|middle|maiden|sur|fore|patient|customer|client|employee|contact|applicant"
    r"|student|tenant|spouse|guardian|preferred|legal|person|account|card|policy|next[ _-]?of)[ _-]?\Z",
    re.IGNORECASE,
)
#: What makes an ambiguous name a name when it stands right before it.
_HINT = re.compile(
    r"(?:\b(?:dear|hi|hello|hey|thanks|thank you|cheers|regards|sincerely|wishes|faithfully|i'm|i’m|i am"
    r"|morning|afternoon|evening|name is|named|call me)[,!]?\s{1,3}"
    r"|(?:^|[\n>*|\"',;(-])[ \t]{0,8}(?:attn|attention|name|author|assignee|assigned to|reviewed by|signed(?: by)?"
    r"|from|to|cc|contact|patient|customer|client|employee|manager|supervisor|reporter)\**:\**[ \t]{0,4})\Z",
    re.IGNORECASE,
)
_CAPITAL_PARTICLES = frozenset([*_PARTICLES.split("|"), "mc", "mac", "st", "o"])
_TITLES = frozenset("mr mrs ms mx dr prof professor".split())
#: Words besides: only before a name that is known.
_WEAK_TITLES = frozenset(
    """miss sir dame lady lord madam rev reverend judge justice captain sergeant sgt officer detective nurse
    sister father uncle aunt aunty auntie grandma grandpa senator councillor constable""".split()
)
#: Never part of a name here, even if somebody bears it.
_STOP = frozenset(
    """january february march july september october november december monday tuesday wednesday thursday friday
    saturday sunday mon tue tues wed thu thur thurs fri sat sun feb mar jul sept oct nov dec
    true false none null nan undefined server client meta error warning info debug string str text int
    integer number bool boolean float optional any field column mapped required list dict object array type
    char varchar date self
    gregorian caron emin gelu relu vit hong kong internet api http https url json xml html css sql unicode
    ascii
    claude sonnet opus haiku gemini copilot llama gpt chatgpt openai anthropic mistral grok deepseek qwen
     codex cursor perplexity   cortana bard sora  aider cline kimi ollama
    afghanistan albania algeria andorra angola argentina armenia australia austria azerbaijan bahamas
    bahrain bangladesh barbados belarus belgium belize bhutan bolivia botswana brazil brunei bulgaria
    cambodia cameroon canada chile colombia congo croatia czechia ecuador egypt eritrea estonia ethiopia
    finland gambia germany ghana greece grenada guatemala guyana haiti honduras hungary iceland indonesia
    iran iraq italy jamaica japan kazakhstan kiribati kosovo kuwait laos latvia lebanon lesotho liberia
    libya lithuania luxembourg madagascar malawi malaysia maldives mauritius mexico moldova monaco mongolia
    montenegro morocco mozambique myanmar namibia nauru nepal netherlands nicaragua nigeria oman pakistan
    palau palestine panama paraguay peru philippines poland portugal qatar romania russia rwanda serbia
    singapore slovakia slovenia somalia spain sudan suriname sweden switzerland syria taiwan tajikistan
    tanzania thailand tunisia turkey uganda ukraine uruguay uzbekistan vanuatu venezuela vietnam yemen
    zambia zimbabwe scotland wales zealand arab arabic african american argentine asian australian austrian
    belgian brazilian british bulgarian canadian chilean chinese croatian czech danish dutch egyptian
    english european finnish french georgian german greek hebrew hindi hungarian icelandic indian indonesian
    iranian iraqi irish israeli italian jamaican japanese kenyan korean latin maori mexican nepali norwegian
    pakistani persian polish portuguese romanian russian samoan scottish serbian spanish swahili swedish
    swiss syrian thai tibetan tongan turkish ukrainian vietnamese welsh
    christmas easter street road avenue lane drive court university college school hospital hotel city
    county north south east west inc ltd llc corp""".split()
)
#: Capitalised after a name because a sentence or heading goes on, not as a surname.
_NOT_SURNAMES = frozenset(
    """the a an and or but nor so if then else when while where who whom whose which what why how this that
    these those there here he she it we they you i his her its our their your my is are was were be been
    being has have had do does did can could may might must shall should will would not no yes please thanks
    thank dear hi hello hey regards cheers sincerely also after before since until from to in on at by for
    with without about as of into over under all both each every some many most more other such only just
    still again now today tomorrow yesterday once says said asks asked wrote writes added fixed note notes
    re fwd cc subject email phone address name first last mr mrs ms miss dr prof sir jr sr best kind get got
    let see add new old test team group town river bay island model mode""".split()
)
_STROKES = str.maketrans("øØłŁđĐðþÞı", "oOlLdDdtTi", "'’") | {
    ord("æ"): "ae",
    ord("Æ"): "Ae",
    ord("œ"): "oe",
    ord("Œ"): "Oe",
    ord("ß"): "ss",
}


def key(word: str) -> str:
    """The form in which names are listed: lower case, no accents, no apostrophes."""
    if not word.isascii():
        word = "".join(char for char in normalize("NFKD", word.translate(_STROKES)) if not combining(char))
    return word.replace("'", "").lower()


@dataclass(frozen=True)
class _Lists:
    first: frozenset[str]
    ambiguous: frozenset[str]
    surnames: frozenset[str]
    word_surnames: frozenset[str]  # that are words as well: "Price", "Page"


@cache
def _lists() -> _Lists:
    def lines(name: str) -> list[str]:
        return (files("app.pipeline") / "data" / "names" / name).read_text(encoding="utf-8").splitlines()

    surnames = lines("surnames.txt")
    return _Lists(
        frozenset(lines("first.txt")) - _STOP,
        frozenset(lines("ambiguous.txt")) - _STOP,
        frozenset(line for line in surnames if not line.endswith("*")) - _STOP - _NOT_SURNAMES,
        frozenset(line[:-2] for line in surnames if line.endswith("*")) - _STOP - _NOT_SURNAMES,
    )


class NamesDetector:
    """Finds persons by lists of names. The lists are read at the first call, and once."""

    name = "names"

    def detect(self, text: str, policy: Policy) -> list[Span]:
        """Disjoint spans of type PERSON, score 0.6, in order."""
        ends: dict[int, int] = {}
        for label in _LABEL.finditer(text):
            if _LABEL_START.search(text, max(0, label.start() - 14), label.start()):
                end = _field_end(text, label.end())
                if end:
                    ends[label.end()] = end
        spans: list[Span] = []
        done = 0
        lists = _lists()
        for word in _WORD.finditer(text):
            start = word.start()
            if start < done:
                continue
            if start in ends:
                end = ends[start]
            else:
                start, end = _person(text, start, word.group(), done, lists)
            if end:
                spans.append(Span(start, end, "PERSON", _SCORE, self.name))
                done = end
        return spans


_CODE_BEFORE = frozenset("_.$@#/\\:<>{}&%+=*")
_CODE_AFTER = re.compile(r"[_(\[=\d]|\.\w|::")
#: Signs of code that are markup when they stand on both sides: **Siobhan**, <b>Siobhan</b>.
_MARKUP = frozenset({"**", "><"})
_PLACE = re.compile(r"\b(?:San|Santa|Saint|St\.?|Port|Fort|Lake|Mount|Mt\.?|Cape) \Z")
_INNER_CAPITAL = re.compile(
    rf"(?!(?:Mc|Mac|Fitz|De|Di|Du|La|Le|Van|Von)[{_UPPER}])[{_LETTER}]*(?:[a-z][{_UPPER}]|[{_UPPER}]{{2}}[a-z])"
)
_SURNAME_BEFORE = re.compile(rf"(?<!\w)([{_UPPER}][{_LETTER}'’-]{{1,30}}), \Z")


def _is_code(text: str, start: int, end: int) -> bool:
    """Whether what touches text[start:end] makes it an identifier rather than a name."""
    before = text[start - 1 : start]
    if before in _CODE_BEFORE and before:
        return before + text[end : end + 2].lstrip(",.:")[:1] not in _MARKUP
    return _CODE_AFTER.match(text, end) is not None


def _is_plausible(word: str) -> bool:
    """Whether a capitalised word that no list has may be a name: not "JavaScript", not a function word."""
    listed = key(word) if len(word) <= _MAX_WORD else "the"
    return listed not in _STOP and listed not in _NOT_SURNAMES and not _INNER_CAPITAL.match(word)


def _person(text: str, start: int, word: str, done: int, lists: _Lists) -> tuple[int, int]:
    """The person named by or after the capitalised `word` at `start`; the end is 0 when there is none.

    Nothing before `done` belongs to it.
    """
    if len(word) > _MAX_WORD:
        return start, 0
    end = start + len(word)
    listed = key(word)
    if listed in _TITLES or listed in _WEAK_TITLES:
        person = _after_title(text, end, lists, weak=listed in _WEAK_TITLES or word.isupper())
        if person is not None and not _is_code(text, start, start):
            return person
    if len(word) == 1:
        return start, _after_initials(text, start, end, lists)
    if _INNER_CAPITAL.match(word):
        return start, 0
    is_first = listed in lists.first or ("-" in word and key(word.partition("-")[0]) in lists.first)
    if not is_first and listed not in lists.ambiguous:
        return start, 0
    follow = _NEXT.match(text, end)
    has_surname = follow is not None and (
        bool(follow[1]) or (key(follow[2]) in lists.surnames and word.isupper() == follow[2].isupper())
    )
    if _PLACE.search(text, max(0, start - 8), start):
        return start, 0
    if is_first and (has_surname or not word.isupper()):
        stop = _extend(text, end, lists, unknown=True)
        if _is_code(text, start, stop):
            return start, 0
        reverse = _SURNAME_BEFORE.search(text, max(done, start - 34), start) if stop == end else None
        if reverse and key(reverse[1]) in lists.surnames and not _is_code(text, reverse.start(), start):
            start = reverse.start()
        return start, stop
    if (has_surname and not word.isupper()) or _HINT.search(text, max(0, start - 48), start):
        stop = _extend(text, end, lists, unknown=False)
        # A label ends in a colon, which elsewhere is a sign of code.
        return start, 0 if _is_code(text, start, stop) else stop
    return start, 0


def _after_title(text: str, end: int, lists: _Lists, *, weak: bool) -> tuple[int, int] | None:
    """The person whose title ends at `end`."""
    gap = _AFTER_TITLE.match(text, end)
    follow = _NEXT.match(text, gap.end()) if gap else None
    if gap is None or follow is None or not _is_plausible(follow[2]):
        return None
    if weak and not any(key(follow[2]) in names for names in (lists.first, lists.ambiguous, lists.surnames)):
        return None
    stop = _extend(text, gap.end(), lists, unknown=True)
    start = follow.start(1)
    return None if stop <= start or _is_code(text, start, stop) else (start, stop)


def _after_initials(text: str, start: int, end: int, lists: _Lists) -> int:
    """End of "J. R. R. Tolkien" from its first letter, 0 when no known surname follows."""
    initials = _INITIALS.match(text, end)
    follow = _NEXT.match(text, initials.end()) if initials else None
    if initials is None or follow is None or key(follow[2]) not in lists.surnames or follow[2].isupper():
        return 0
    stop = _extend(text, initials.end(), lists, unknown=False)
    return 0 if _is_code(text, start, stop) else stop


def _field_end(text: str, start: int) -> int:
    """End of the name that is the value of a field, 0 when the value at `start` is something else."""
    word = _WORD.match(text, start)
    if word is None or not _is_plausible(word.group()):
        return 0
    stop = _extend(text, word.end(), _lists(), unknown=True)
    return 0 if _CODE_AFTER.match(text, stop) else stop


def _extend(text: str, at: int, lists: _Lists, *, unknown: bool) -> int:
    """End of the name that goes on after `at`: initials, further names, particles and the surname.

    `unknown` also accepts one capitalised word that is in no list.
    """
    has_surname = False
    for _ in range(5):
        follow = _NEXT.match(text, at)
        if follow is None:
            break
        particles, word, dot = follow.groups()
        if len(word) == 1:
            if has_surname or (not dot and word in "AI"):
                break
            at = follow.end()
            continue
        listed = key(word) if len(word) <= _MAX_WORD else ""
        if not _is_plausible(word) or _CODE_AFTER.match(text, follow.end(2)):
            break
        is_given = not has_surname and any(
            listed in words for words in (lists.first, lists.ambiguous, _CAPITAL_PARTICLES)
        )
        is_surname = listed in lists.surnames or (not has_surname and listed in lists.word_surnames)
        is_surname = is_surname or (not has_surname and (bool(particles) or (unknown and not word.isupper())))
        if not (is_given or is_surname or ("-" in word and key(word.partition("-")[0]) in lists.surnames)):
            break
        at = follow.end(2)
        has_surname = has_surname or not is_given
    return at
