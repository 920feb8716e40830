"""Secrets without a form of their own: what is assigned to "password", "api_key" and the like.

The word alone proves nothing: in code it names variables, in prose a topic. So a sign of assignment must follow it
(`=`, `:`, `" value="`, "is"), and then something that is no name, no placeholder and no call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from app.pipeline.patterns.secrets import API_KEY, PASSWORD

_KEYS = (
    "access account admin api app application auth client consumer deploy encryption license master private "
    "secret security service session shared signing storage subscription webhook"
)
#: Words that announce a secret, in lower case, and what they announce.
WORDS: dict[str, str] = {
    **dict.fromkeys("password passwd passphrase passcode pwd pass".split(), PASSWORD),
    **dict.fromkeys("secret token credential".split(), API_KEY),
    **{f"{word}{joint}key": API_KEY for word in _KEYS.split() for joint in ("_", "-", " ", "")},
}

#: What else a name may say, so that its value is none: "token_type", "passwordField", "secret name".
_OTHER = frozenset(
    "type types name names field fields length len count size file files path paths dir url urls uri link endpoint "
    "href id ids label labels hint min max limit limits policy regex pattern prefix suffix format expires expiry "
    "expiration ttl timeout lifetime age placeholder text input class style reset manager version rotation env "
    "variable var arn ref reference algorithm algo alg method mode issuer audience required enabled strength rule "
    "rules error message usage budget page next continuation cursor eos bos pad unk cls sep mask stop image public "
    "provider source store scheme kind index offset position title description digest sha commit hash checksum "
    "fingerprint etag integrity".split()
)
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_HEAD = re.compile(r"[A-Za-z0-9_.\-]{1,32}\Z")
# From the word to the value: the rest of the name, a few words ("password for the server"), and the sign.
_SIGN = re.compile(
    r"(?P<name>[\w.\-]{0,32})(?:'s)?(?: [\w'.\-]{1,16}){0,5}?[\"'`\])}*\\]{0,6}[ \t]{0,24}"
    r"(?:(?::[ \t]?[A-Za-z][\w.\[\]|?]{0,24}[ \t]{1,2})?(?:=>|:=|[=!]==?|<-|[:=>|])[*]{0,2}"
    r"(?:\s{0,24}(?=\\{0,3}[\"'`])|[ \t]{0,24})"
    r"|,\s{0,4}(?=\\{0,3}[\"'`])|\((?=\\{0,3}[\"'`])|value=(?=\\{0,3}[\"'])"
    r"|(?P<said>(?:is|was)(?: now| set to)?:?[ \t]{1,2}))"
)
_FLAG = re.compile(r"[a-z\-]{0,16}[ \t]{1,2}(?!-)")
_QUOTED = re.compile(r"[bruf@]{0,2}(?P<quote>\\{0,3}[\"'`])(?P<value>[^\"'`\s\\]{4,4096})(?P=quote)")
_BARE = re.compile(r"[^\s\"'`<>(){}\[\],;|&\\]{4,4096}")
# Behind these a bare word was a name after all.
_CALLED = frozenset("([{<")
_SENTENCE = ".,:?"

_TEMPLATE = re.compile(
    r"\$[{(]|\{\{|#\{|%\(|%[sdv]\Z|\*{3}|\.{3}|…|\A(?:\$\w|<.*>\Z|\{.*\}\Z|\[.*\]\Z|%\w+%\Z|x{4}|X{4})"
)
_PLACEHOLDER = re.compile(
    r"(?i)(?:your|my|the|some|any|enter|insert|replace|change|add|put|paste|use|not|no|new|old)[_\-.a-z]"
    r"|.*(?:placeholder|change_?-?me|redacted|example|dummy|sample|fake|here|todo|xxxx|0000|[_-]?value|[_-]?string)\Z"
    r"|.*(?:0123456789|1234567890|abcdefgh|(.)\1{5})"
)
_WORDS_INSIDE = re.compile(r"[A-Z]?[a-z]{3,}")
_CAPITALS_INSIDE = re.compile(r"[A-Z]{3,}")
# "build-20240101", "oauth2": a name with a number.
_NUMBERED = re.compile(r"[^0-9]+[0-9._\-]*\Z")
_DATE = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")
_CHAIN = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|::|->|\?\.)[A-Za-z_$][\w$]*)+\Z")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*\Z")
_OF_CODE = re.compile(r"(?i)pass|pwd|user|secret|token|auth|login|field|test|key")
_MEASURED = re.compile(r"[ \-](?:bits?|bytes?|char|digit|letter|day|hour|minute|month|word)", re.IGNORECASE)


def is_template(value: str) -> bool:
    """Whether `value` only says where a secret would stand: `${PASSWORD}`, `<password>`, `****`."""
    return _TEMPLATE.search(value) is not None


def find(text: str, words: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Start, end and entity of what follows `words`, which are start, end and what they announce, in order."""
    reached = 0
    for start, end, entity in words:
        if start >= reached and (span := _behind(text, start, end, entity)):
            reached = span[1]
            yield *span, entity


def _behind(text: str, start: int, end: int, entity: str) -> tuple[int, int] | None:
    before = _HEAD.search(text, max(0, start - 32), start)
    head = before.group() if before else ""
    sign = _SIGN.match(text, end)
    said = sign is not None and sign["said"] is not None
    if sign is None:
        sign = _FLAG.match(text, end) if head.endswith("--") else None
        if sign is None:
            return None
        name = ""
    else:
        name = sign["name"]
    if not _is_name(head, text[start:end], name):
        return None
    quoted = _QUOTED.match(text, sign.end())
    if quoted is not None:
        return quoted.span("value") if _is_secret(quoted["value"], entity) else None
    bare = _BARE.match(text, sign.end())
    if bare is None or (text[bare.end() : bare.end() + 1] in _CALLED and text[bare.end() : bare.end() + 2] != "</"):
        return None
    value = bare.group().rstrip(_SENTENCE)
    after = text[sign.end() + len(value) : sign.end() + len(value) + 12]
    if not _is_literal(value, after, entity) or (said and _MEASURED.match(after)):
        return None
    return sign.end(), sign.end() + len(value)


def _is_name(head: str, word: str, rest: str) -> bool:
    """Whether `head + word + rest` names a secret; "pass" and "secret" are parts of other words, too."""
    inside = head[-1:].isalpha() and not (word[0].isupper() and head[-1].islower())
    if inside and (len(word) < 6 or word == "secret"):
        return False
    if rest[:1].isalpha() and rest[0].islower() and rest.lower() not in ("s", "word", "phrase"):
        return False
    return _OTHER.isdisjoint(part.lower() for part in _PART.findall(f"{head} {rest}"))


def _is_secret(value: str, entity: str) -> bool:
    """Whether a string in quotes is a secret, and not a word or a template."""
    if is_template(value) or _CHAIN.match(value) or "://" in value:
        return False
    if entity == API_KEY:
        return _is_random(value, 10)
    if len(value) < 6 or _PLACEHOLDER.match(value):
        return False
    letters, digits = sum(map(str.isalpha, value)), sum(map(str.isdigit, value))
    if _IDENTIFIER.match(value.replace("-", "_")) and _OF_CODE.search(value):
        return False
    special = len(value) - letters - digits - sum(map(value.count, "_-./:"))
    return bool((letters and digits) or (special and (letters or digits)) or (digits == len(value)))


def _is_literal(value: str, after: str, entity: str) -> bool:
    """Whether what stands there without quotes is a secret, and no name."""
    if entity == API_KEY:
        return not is_template(value) and not _CHAIN.match(value) and "://" not in value and _is_random(value, 16)
    return _is_secret(value, entity) and not (_IDENTIFIER.match(value) and after[:1] in (")", "]", "}"))


def _is_random(value: str, least: int) -> bool:
    """Whether chance made `value`, of `least` characters or more: digits among letters, hardly a word."""
    if len(value) < least or len(set(value)) < 7 or _PLACEHOLDER.match(value):
        return False
    digits = sum(map(str.isdigit, value))
    words = _WORDS_INSIDE if any(map(str.islower, value)) else _CAPITALS_INSIDE
    rest = len(words.sub("", value))
    if not digits:
        return len(value) >= 20 and rest * 2 > len(value) and not value.islower() and not value.isupper()
    if not any(map(str.isalpha, value)) or _DATE.match(value) or (rest * 2 <= len(value) and _NUMBERED.match(value)):
        return False
    return rest * 2 > len(value) or rest >= 10 or digits * 6 >= len(value)
