"""What may stand between a word and the value that it announces.

Little counts what leads the eye (a row of dots), what a machine reads (tags, links), and what explains the word (a
hint, its place in the form). No expression here can fail, so that none tries a text in more than one way.
"""

from __future__ import annotations

import re

from app.pipeline.patterns.pattern import REACH

# As one count leaders, a hint in brackets, a tag up to the value in it, another attribute, an index, a footnote's mark,
# a link's target.
_UNIT = (
    r"[ .\u00b7\u2024-\u2026_\-\u2500=~\t]{4,160}+"
    r"|<(?i:input)[^<>\n]{0,200}?value="
    r"|<(?i:option)[^<>\n]{0,80}?value=(?=[\"'][A-Z]{0,3}[0-9][0-9A-Z \-./]{3,40}[\"'])|<[A-Za-z/!][^<>\n]{0,200}>"
    r"|[ ](?:maxlength|minlength|rows|cols|size|tabindex)=[\"'][0-9]{1,4}[\"']"
    r"|[ ](?:id|class|type)=[\"'][a-z][a-z0-9 _\-]{0,31}[\"']"
    r"|\([^()\n0-9]{8,120}\)|\[\^?[0-9]{1,3}\]|\]\([^()\s]{0,200}\)|[^0-9\n]"
)
_DAY = (
    r"(?:19|20)[0-9]{2}[\-/.][0-9]{1,2}[\-/.][0-9]{1,2}(?![0-9])"
    r"|[0-9]{1,2}(?:[/.\-][0-9]{1,2}[/.\-]|(?:st|nd|rd|th)?[ \-][A-Z][a-z]{2,8},?[ \-])(?:19|20)[0-9]{2}(?![0-9])"
)
_SMALL = r"[0-9]{1,2}(?:st|nd|rd|th|[a-z])?(?![0-9A-Za-z]|[ .,:/\-][0-9])"
# How many of something, which of several, a place in a form: what follows is named anew, in few words, or the value.
_PLACE = (
    rf"{_SMALL}(?=[^\w\n]{{0,8}}(?:[A-Za-z]{{1,16}}(?: [A-Za-z]{{1,16}})?[^\w\n]{{0,4}}[:=\-\u2013|>\n]|[0-9A-Z\n]))"
)
_HINT = rf"[(\[](?:[^()\[\]\n0-9]|{_DAY}|{_SMALL}){{1,80}}[)\]]"
_NO_VALUE = rf"{_HINT}|(?<![0-9A-Za-z])(?:{_DAY}|{_PLACE})"


def _lines(unit: str) -> re.Pattern[str]:
    """As many units as a word reaches over, on its own line and on the next."""
    return re.compile(rf"(?:{unit}){{0,{REACH}}}(?:\n[ \t]{{0,64}}(?:{unit}){{0,{REACH}}})?")


#: Up to the next digit.
NEAR = _lines(_UNIT)
#: Beyond digits that are no value.
FURTHER = _lines(rf"{_NO_VALUE}|{_UNIT}")
# Names of what comes next that say no more than the word before did.
_SAME = (
    r"(?i:no|num|number|nr|if (?:yes|so)|yes|please|answer|ans|value|details?|content|entry|entered"
    r"|it is|is|new|current)\b"
)
# Another label in between: the word announced something else ("passport: none\nnotes: …"), or nothing. So did one that
# is added to ("acc += 10").
OTHER = re.compile(
    rf"[,;]\s{{0,64}}[\"'`]?(?!{_SAME})[A-Za-z_][\w\-]{{0,30}}(?: [\w\-]{{1,30}}){{0,2}}[\"'`]?[ ]?[:=]"
    rf"|[:=][ \t]*\w[^\n]{{0,40}}\n[ \t]*[\"'`]?(?!{_SAME}|(?i:ref(?:erence)?)\b)"
    r"[A-Za-z_][\w \-]{0,30}[\"'`]?[ ]?[:=]"
    r"|[+*/%|&^\-]="
)
#: Farther than that only what the sentence says the word to be: "the TFN we have on file for this person is …".
FAR = re.compile(r"[^0-9\n.;=?!{}]{32,100}?(?:(?<= )(?:is|was|being|be|as|to|reads|says)|:)[ \"'`*]{1,4}(?=[A-Z0-9])")
