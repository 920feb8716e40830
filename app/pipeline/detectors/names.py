"""Names from lists: the safety net under the model, quick, and quiet in source code.

Three lists decide. A *first name* that is nothing else ("Siobhan") counts wherever it is capitalised and
not part of code. A name that is also a word, a place or a tool ("Will", "Victoria", "Jenkins") counts only
before a surname or after a title, a salutation or a field label. A *surname* alone never counts. Whatever
is found is extended over initials, particles and the surname, so that a person is one span.
"""

from __future__ import annotations

import re

from app.pipeline.detectors import name_columns
from app.pipeline.detectors.lower_names import lower_case
from app.pipeline.detectors.name_lists import FAMILIES, NOT_SURNAMES, STOP, TITLES, WEAK_TITLES, Lists, key, lists
from app.pipeline.policy import Policy
from app.pipeline.span import Span, resolve

_SCORE = 0.6
_MAX_WORD = 40
# Quick to look for, as it is few ranges: in those beyond Latin-1, small letters stand between the capitals.
_UPPER = "A-ZÀ-ÖØ-ÞĀ-ɏḀ-ỿ"
_CAPITAL = "A-Z" + "".join(filter(str.isupper, map(chr, (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)))))
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
    r"[NnHhKk](?:ame|AME|older|OLDER|in|IN)\\{0,3}[\"'\]]{0,2}"
    r"(?:[ \t]{0,4}[:=>]>?\s{0,4}|[ .\u2026_\t]{2,80}| (?:[a-z]{2,8}=[\"'][\w \-]{0,24}[\"'] ){0,4}value=)"
    rf"\\{{0,3}}[\"'“]?(?=[{_UPPER}])"
)
_LABEL_START = re.compile(
    r"(?<!service)(?<!product)(?<!package)(?:first|last|given|family|full|middle|maiden|sur|fore|patient|customer|client|employee|contact|applicant"
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
#: Between the names of a family and a person in Vietnam.
_MIDDLE = frozenset({"van", "thi", "dinh", "huu", "duc"})
_CAPITAL_PARTICLES = frozenset([*_PARTICLES.split("|"), "mc", "mac", "st", "o"])


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
        known = lists()
        for word in _WORD.finditer(text):
            start, surface = word.start(), word.group()
            if start in ends:
                if start < done:
                    continue
                end = ends[start]
            else:
                listed = key(surface)
                if (  # most words
                    listed not in known.first
                    and listed not in known.openings
                    and len(surface) > 1
                    and "-" not in surface
                    and not text.startswith(", ", word.end())
                ) or start < done:
                    continue
                start, end = _person(text, start, surface, done, known)
            if end:
                spans.append(Span(start, end, "PERSON", _SCORE, self.name))
                done = end
        for more in (lower_case(text), name_columns.find(text)):
            spans += (Span(start, end, "PERSON", _SCORE, self.name) for start, end in more)
        return resolve(spans)


_CODE_BEFORE = frozenset("_.$@#/\\:<>{}&%+=*")
_CODE_AFTER = re.compile(r"[_(\[=\d]|\.\w|::")
#: Signs of code that are markup when they stand on both sides: **Siobhan**, <b>Siobhan</b>.
_MARKUP = frozenset({"**", "><"})
# Somebody who speaks or is spoken to: "<Siobhan> hello", "@Siobhan hello".
_SPOKEN = re.compile(rf"<[{_LETTER} ]+> |(?<![\w@])@[{_LETTER}]+[ ,]")
_PLACE = re.compile(r"\b(?:San|Santa|Saint|St\.?|Port|Fort|Lake|Mount|Mt\.?|Cape) \Z")
_INNER_CAPITAL = re.compile(
    rf"(?!(?:Mc|Mac|Fitz|De|Di|Du|La|Le|Van|Von)[{_CAPITAL}])[{_LETTER}]*(?:[a-z][{_CAPITAL}]|[{_CAPITAL}]{{2}}[a-z])"
)
#: What is called after somebody without being about them: "the Jacobi polynomial".
_NAMESAKE = re.compile(
    r" (?i:algorithm|attack|axiom|basis|calculus|cipher|code|coefficient|condition|conjecture|constant|criterion|curve"
    r"|decomposition|density|determinant|diagram|distance|distribution|effect|embedding|equation|expansion|field"
    r"|filter|form|formula|function|graph|identity|index|inequality|integral|kernel|lemma|machine|manifold|matri(?:x|ce)"
    r"|measure|metric|norm|number|operator|polynomial|problem|process|product|reduction|sequence|series|space|spectrogram"
    r"|symbol|test|theorem|transform|triangle|tree)(?:s|es)?\b"
)
_BEFORE = re.compile(rf"(?<!\w)([{_UPPER}][{_LETTER}'’-]{{1,30}})(,?) \Z")
#: The rest of "Kelly, Grace", where nothing goes on: "Thanks Kelly, Will you …" is about two.
# The same where a sentence or a cell begins: "Kelly, Grace was absent".
_OPENS = re.compile(r"(?:\A|[\n>|;\"(\t]|[.!?] )[ ]?\Z")
_GOES_ON = re.compile(rf", ([{_UPPER}][{_LETTER}]+)(?= [a-z]|[|;<\t])")
_GIVEN = re.compile(rf", ([{_UPPER}][{_LETTER}]+(?:-[{_UPPER}][{_LETTER}]+)?)(?: [{_UPPER}]\.?(?!\w))?(?! ?[\w'’])")
#: The second half of "Min-jun".
_SYLLABLE = re.compile(r"-([a-z]{2,7})(?![\w-])")


def _is_code(text: str, start: int, end: int) -> bool:
    """Whether what touches text[start:end] makes it an identifier rather than a name."""
    before = text[start - 1 : start]
    if before in _CODE_BEFORE and before:
        if before == "=" and " " in text[start:end]:
            return False
        if _SPOKEN.match(text, start - 1, end + 2):
            return False
        return before + text[end : end + 2].lstrip(",.:")[:1] not in _MARKUP
    return _CODE_AFTER.match(text, end) is not None


def _is_plausible(word: str) -> bool:
    """Whether a capitalised word that no list has may be a name: not "JavaScript", not a function word."""
    listed = key(word) if len(word) <= _MAX_WORD else "the"
    return listed not in STOP and listed not in NOT_SURNAMES and not _INNER_CAPITAL.match(word)


def _person(text: str, start: int, word: str, done: int, known: Lists) -> tuple[int, int]:
    """The person named by or after the capitalised `word` at `start`; the end is 0 when there is none.

    Nothing before `done` belongs to it.
    """
    if len(word) > _MAX_WORD or word[0].islower():
        return start, 0
    end = start + len(word)
    listed = key(word)
    if listed in TITLES or listed in WEAK_TITLES:
        person = _after_title(text, end, known, weak=listed in WEAK_TITLES or word.isupper())
        if person is not None and not _is_code(text, start, start):
            return person
    if len(word) == 1:
        return start, _after_initials(text, start, end, known)
    if listed in FAMILIES and (stop := _after_family(text, end, known)) and not _is_code(text, start, stop):
        return start, stop
    if text.startswith(", ", end) and listed in known.surnames:
        given = _GIVEN.match(text, end) or (
            _GOES_ON.match(text, end) if _OPENS.search(text, max(0, start - 4), start) else None
        )
        is_known = given and (key(given[1]) in known.first or (key(given[1]) in known.ambiguous and given.re is _GIVEN))
        if given and is_known and not _is_code(text, start, given.end()):
            return start, given.end()
    is_first, is_name = listed in known.first, listed in known.ambiguous
    if "-" in word and not is_first:
        halves = [key(half) for half in word.split("-")]
        is_first, is_name = halves[0] in known.first, all(half in known.ambiguous for half in halves)
    if not (is_first or is_name) or _INNER_CAPITAL.match(word):
        return start, 0
    if _PLACE.search(text, max(0, start - 8), start):
        return start, 0
    end = _after_syllable(text, end, known)
    has_surname = _surname_follows(text, end, word.isupper(), known)
    if is_first and (has_surname or not word.isupper()):
        stop, is_whole = _extend(text, end, known, unknown=True)
        if _is_code(text, start, stop) or (not is_whole and _NAMESAKE.match(text, stop)):
            return start, 0
        return (start, stop) if is_whole else (_surname_before(text, start, done, known), stop)
    if has_surname or _HINT.search(text, max(0, start - 48), start):
        stop, _ = _extend(text, end, known, unknown=False)
        # A label ends in a colon, which elsewhere is a sign of code.
        return start, 0 if _is_code(text, start, stop) else stop
    return start, 0


def _surname_follows(text: str, end: int, is_upper: bool, known: Lists) -> bool:
    """Whether a surname comes next, perhaps behind one more given name."""
    for _ in range(2):
        follow = _NEXT.match(text, end)
        if follow is None or follow[2].isupper() != is_upper:
            return follow is not None and bool(follow[1])
        listed = key(follow[2])
        if follow[1] or listed in known.surnames:
            return True
        if listed not in known.first and listed not in known.ambiguous:
            return False
        end = follow.end(2)
    return False


def _surname_before(text: str, start: int, done: int, known: Lists) -> int:
    """Where a person begins whose given names begin at `start`: "Smith, John", "Nguyen Minh"."""
    before = _BEFORE.search(text, max(done, start - 34), start)
    if before and key(before[1]) in (known.surnames if before[2] else FAMILIES) and _is_plausible(before[1]):
        return start if _is_code(text, before.start(), start) else before.start()
    return start


def _after_family(text: str, end: int, known: Lists) -> int:
    """End of the given names behind the name of a family, 0 when there are none."""
    stop = 0
    for _ in range(3):
        follow = _NEXT.match(text, end)
        if follow is None or follow[1] or len(follow[2]) < 2:
            break
        end = _after_syllable(text, follow.end(2), known)
        halves = [key(half) for half in text[follow.start(2) : end].split("-")]
        if not all(half in known.first or half in known.ambiguous for half in halves):
            if halves[0] not in _MIDDLE:
                break
            continue
        stop = end
    # In Hong Kong the given names may stand first as well, so that any of the three is that of the family.
    follow = _NEXT.match(text, stop) if stop else None
    return follow.end(2) if follow and key(follow[2]) in FAMILIES else stop


def _after_syllable(text: str, end: int, known: Lists) -> int:
    """End of a given name with all of its syllables: "Min" ends behind "Min-jun"."""
    rest = _SYLLABLE.match(text, end)
    return rest.end() if rest and (rest[1] in known.first or rest[1] in known.ambiguous) else end


def _after_title(text: str, end: int, known: Lists, *, weak: bool) -> tuple[int, int] | None:
    """The person whose title ends at `end`."""
    gap = _AFTER_TITLE.match(text, end)
    follow = _NEXT.match(text, gap.end()) if gap else None
    if gap is None or follow is None or not _is_plausible(follow[2]):
        return None
    if weak and not any(key(follow[2]) in names for names in (known.first, known.ambiguous, known.surnames)):
        return None
    stop, _ = _extend(text, gap.end(), known, unknown=True)
    start = follow.start(1)
    return None if stop <= start or _is_code(text, start, stop) else (start, stop)


def _after_initials(text: str, start: int, end: int, known: Lists) -> int:
    """End of "J. R. R. Tolkien" from its first letter, 0 when no known surname follows."""
    initials = _INITIALS.match(text, end)
    follow = _NEXT.match(text, initials.end()) if initials else None
    if initials is None or follow is None or key(follow[2]) not in known.surnames or follow[2].isupper():
        return 0
    stop, _ = _extend(text, initials.end(), known, unknown=False)
    return 0 if _is_code(text, start, stop) else stop


def _field_end(text: str, start: int) -> int:
    """End of the name that is the value of a field, 0 when the value at `start` is something else."""
    word = _WORD.match(text, start)
    if word is None or not _is_plausible(word.group()):
        return 0
    stop, _ = _extend(text, word.end(), lists(), unknown=True)
    return 0 if _CODE_AFTER.match(text, stop) else stop


def _extend(text: str, at: int, known: Lists, *, unknown: bool) -> tuple[int, bool]:
    """End of the name that goes on after `at`: initials, further names, particles, the surname; and if that is there.

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
        if not _is_plausible(word) or _CODE_AFTER.match(text, follow.end(2)) or _NAMESAKE.match(text, follow.start()):
            break
        is_given = not has_surname and any(
            listed in words for words in (known.first, known.ambiguous, _CAPITAL_PARTICLES)
        )
        is_surname = listed in known.surnames or (not has_surname and listed in known.word_surnames)
        is_surname = is_surname or (not has_surname and (bool(particles) or (unknown and not word.isupper())))
        if not (is_given or is_surname or ("-" in word and key(word.partition("-")[0]) in known.surnames)):
            break
        at = _after_syllable(text, follow.end(2), known)
        has_surname = has_surname or not is_given
    return at, has_surname
