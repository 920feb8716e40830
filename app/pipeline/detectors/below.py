"""Values on a later line than the words that announce them: below a label, in the answer to a question.

A form prints a label over its box, Markdown a heading over its paragraph, a chat a question over the answer. What
stands between (rules, fences, times, who speaks, a hint, a turn that says nothing) is skipped, line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

#: How far behind a word its value may begin, and how many lines that say something may stand between.
REACH, _REST, _LINES = 400, 100, 4
#: The longest line that asks, and the longest that is a label.
_LINE, _LABEL = 160, 48
#: The most that stands before a value's first digit: "SEPTEMBER ".
_LETTERS = 10

# A hint or a tag behind a label, which may have digits; and what no line has that is a label or asks.
_HINT = re.compile(r"\([^()\n]{0,40}\)|</?[a-z][a-z0-9]{0,10}>")
_NO_REST = re.compile("[0-9=;{}]")
# Behind a label only this: what makes it the name of a number, marks, a hint, an instruction.
_LABEL_REST = re.compile(
    r"(?i:[ _\-.]{0,2}(?:s|no|nos|num|number|numbers|nr|id|code|card|details|value|ref|reference)(?![a-z]))?"
    r"(?:[^\w\n]{0,24}(?i:required|optional)?[^\w\n]{0,8}|(?: [a-z]{1,16}){1,3}:[^\w\n]{0,4}"
    r"|[^\w\n]{0,8}(?i:see|as) (?i:below|follows|attached)[^\w\n]{0,8}"
    r"|[^\w\n]{1,8}(?i:please|enter|write|use|see|as|if|you|you'll|do not|don't|without|must|no|in|from|found|shown"
    r"|give|leave|type|include|only|we|this|it|the) [^\n]{1,100})"
)
_MARKS = r"[ \t>|*_#`~+\u2022\u00b7\u2013\u2014\-=\[\]()\"'\u201c\u201d\u2018\u2019:.,!]"
# "1.", "b)", "[x]", a tag; a fence's language stands alone on its line and is skipped as one that says nothing.
_FURNITURE = re.compile(
    rf"(?:{_MARKS}|[QA]?[0-9]{{1,2}}[.):](?=[ \t])|[a-zA-Z]\)(?=[ \t])|(?i:a|ans|answer)[.:](?=[ \t])|[xX]\]"
    r"|</?[A-Za-z][a-z0-9]{0,10}(?: [^<>\n]{0,60})?>){0,40}+"
)
_TIME = (
    r"(?:(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-](?:[0-9]{4}|[0-9]{2})),?[ T]?[ ]?)?"
    r"[0-9]{1,2}[:.h][0-9]{2}(?:[:.][0-9]{2})?(?:Z|[ \u202f]?[AaPp]\.?[Mm]\.?)?"
)
# "[10:03] sam:", "Jo (10:43 AM):", "**Customer:**", "<sam>", "12/03/2024, 10:42 - Jo:".
_NAME = r"[^\W\d_][\w.'’ \-/]{0,30}"
_SPEAKER = re.compile(
    rf"{_MARKS}{{0,6}}(?:[(\[]?{_TIME}[)\]]?[ \t\-\u2013|,]{{0,4}})?[*_]{{0,3}}"
    rf"(?:<[ @+]?{_NAME}>|{_NAME}(?: ?[(\[](?:{_TIME}|[a-z ]{{1,20}})[)\]])?[*_]{{0,3}}[ \t]?:)[*_]{{0,3}}[ \t]{{0,8}}"
)
_STAMP = re.compile(
    rf"(?:{_MARKS}{{0,6}}{_TIME}[)\]]?(?=[ \t\-\u2013|,])|{_MARKS}{{1,6}}{_TIME}[)\]])[ \t\-\u2013|,]{{0,4}}(?=\S)"
)
# A line that tells who speaks now, and when.
_TURN = re.compile(rf"{_MARKS}{{0,6}}(?:{_NAME}[ \t(\[,\u00b7\u2022|\-]{{1,8}})?{_TIME}[ \t)\]*_:]{{0,6}}")
_ASKS = re.compile(
    r"(?i:(?<![a-z])(?:what|whats|what's|which|whose|please|pls|plz|kindly|can|could|may|would|will|need|needs|require"
    r"|wants?|asks|asking|give|provide|enter|confirm|verify|send|tell|share|supply|state|type|quote|have|got|know)(?![a-z]))"
)
# What an answer begins with, before the value; anything else names another thing.
_LEAD = frozenset(
    """sure yes yep yeah yup ya ok okay k right certainly absolutely course of hi hello hey thanks thank you um umm uh
    er hmm so well oh ah let me see i i'm im we we're he she they it it's its is was that that's thats this these are
    the my his her our their mine ours hers new old current correct full number no num code one here here's heres you're
    go
    got get have has had on file card says reads said should would could be think believe guess use used try just please
    pls and then now from as for with in at found problem worries a an do does i've ive looks like sorry good great fine
    cool done there happy to help still same actually maybe probably about answer value currently set
    recorded typed entered put tried wrote given listed shown stored registered""".split()
)
_LEADING = re.compile(
    r"[ \t,.:;!?\u2013\u2014\-\"\u201c\u201d(*_`]*([A-Za-z]+(?:['\u2019][a-z]{1,2})?)(?![A-Za-z0-9_\-])[^A-Za-z0-9\n]*"
)
_TAG = re.compile(r"</?[a-z][a-z0-9]{0,10}>")
_SENTENCE = re.compile(r"(?:(?<!\.[A-Z])\.|[!?;]) +")
# What is asked with these is no value.
_EXPLAINS = re.compile(r"(?i:(?<![a-z])(?:how|why|when|where|who|which way)(?![a-z]))")
_DIGIT = re.compile("[0-9]")
# What may stand behind a value that has its line to itself.
_TAIL = re.compile(r"[^\w\n]{0,40}(?:\n|\Z)|,? (?i:right|yes|yeah|correct|ok|okay)\?|[ ]?\(|[ ]{2}|\t|[ ]?[|<]")


class Place(NamedTuple):
    """Where on a line a value may begin, where the line's first digit is, and whether the value fills the line."""

    start: int
    digit: int
    alone: bool

    @property
    def is_near(self) -> bool:
        """Whether the digit may belong to a number that begins here."""
        return self.digit - self.start <= _LETTERS

    def holds(self, text: str, end: int) -> bool:
        """Whether a value here may end at `end`."""
        return not self.alone or is_alone(text, end)


def places(text: str, start: int, end: int) -> Iterator[Place]:
    """Where the value of the word at [start, end) may stand below its line, the nearest first."""
    stop = text.find("\n", end, end + _REST)
    if stop < 0:
        return
    rest = text[end:stop]
    plain = _HINT.sub("", rest)
    if _NO_REST.search(plain):
        return
    begin = text.rfind("\n", max(0, start - _LINE), start) + 1
    if begin == 0 and start > _LINE:
        return
    speaker = _SPEAKER.match(text, begin, start)
    head = text[speaker.end() if speaker else begin : start]
    head = head[max((match.end() for match in _SENTENCE.finditer(head)), default=0) :]
    asked = "?" in rest or _ASKS.search(head) is not None
    alone = not asked
    if asked and _EXPLAINS.search(head):
        return
    if alone and (_LABEL_REST.fullmatch(plain) is None or not _is_label(head)):
        return
    lines = 0
    position = stop + 1
    last = min(len(text), end + REACH)
    while position < last and lines <= _LINES:
        stop = text.find("\n", position)
        stop = len(text) if stop < 0 else stop
        if not _TURN.fullmatch(text, position, stop):
            said = _said(text, position, min(stop, position + _LINE), speaker is not None)
            if digit := _DIGIT.search(text, said, min(stop, said + _LINE)):
                yield Place(_behind_lead(text, said, digit.start()), digit.start(), alone)
                lines += 1
            elif said < stop:
                lines += 1
        position = stop + 1


def is_alone(text: str, end: int) -> bool:
    """Whether nothing that says something stands behind a value that ends at `end`, on its line or in its cell."""
    return _TAIL.match(text, end) is not None


def is_stamped(text: str, end: int, last: int) -> bool:
    """Whether a line begins between the two, with the time of a message: no value."""
    begin = text.rfind("\n", end, last) + 1
    return begin > 0 and _STAMP.match(text, begin) is not None


def _is_label(head: str) -> bool:
    """Whether what stands before a word on its line lets the line be a label."""
    plain = _TAG.sub(" ", head).strip(" \t>|*_#`~+-[]()!\"'.:0123456789")
    return len(plain) <= _LABEL and not re.search(r"[.!?:;={}<>|,/]", plain) and len(plain.split()) <= 4


def _said(text: str, position: int, stop: int, spoken: bool) -> int:
    """Where what a line says begins, behind its marks, its time and its speaker."""
    if stamp := _STAMP.match(text, position, stop):
        position = stamp.end()
    if spoken and (speaker := _SPEAKER.match(text, position, stop)):
        position = speaker.end()
    furniture = _FURNITURE.match(text, position, stop)
    return furniture.end() if furniture else position


def _behind_lead(text: str, said: int, digit: int) -> int:
    """Where an answer goes on behind what it may begin with; the letter that a number begins with is no word."""
    while (word := _LEADING.match(text, said, digit + 1)) and word[1].lower().replace("\u2019", "'") in _LEAD:
        said = word.end()
    return said
