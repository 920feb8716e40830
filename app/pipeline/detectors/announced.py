"""Secrets without a form of their own: what is assigned to "password", "api_key" and the like.

The word alone proves nothing: in code it names variables, in prose a topic. So a sign of assignment must follow it
(`=`, `:`, `" value="`, "is"), and then something that is no name, no placeholder and no call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from app.pipeline.detectors import below, stated
from app.pipeline.detectors.columns import Columns
from app.pipeline.patterns.secret_values import is_identifier, is_password, is_random, is_strong, is_telling
from app.pipeline.patterns.secrets import API_KEY, PASSWORD

_KEYS = (
    "access account admin api app application auth client consumer deploy encryption license master private "
    "secret security service session shared signing storage subscription webhook"
)
OPENING = ("login", "log in", "creds", "credentials", "wifi", "wi-fi", "ssid")
#: Words that announce a secret, in lower case, and what they announce.
WORDS: dict[str, str] = {
    **dict.fromkeys("password passwd passphrase passcode pwd pass pw pword pswd p/w p_w".split(), PASSWORD),
    # Of those that are no words elsewhere; what protects a network is called a key, too.
    **dict.fromkeys(
        ("passwort", "kennwort", "wachtwoord", "senha", "mot de passe", "contrasena", "kupuhipa"), PASSWORD
    ),
    **dict.fromkeys(("psk", "requirepass", "wifi key", "wi-fi key", "wifi code", "network key", "wpa key"), PASSWORD),
    **dict.fromkeys("secret token credential".split(), API_KEY),
    # Behind these a user's or a network's name comes first.
    **dict.fromkeys(OPENING, PASSWORD),
    **{f"{word}{joint}key": API_KEY for word in _KEYS.split() for joint in ("_", "-", " ", "")},
}

#: What else a name may say, so that its value is none: "token_type", "passwordField", "secret name".
_OTHER = frozenset(
    "type types name names field fields length len count size file files path paths dir url urls uri link endpoint "
    "href id ids label labels hint min max limit limits policy regex pattern prefix suffix format expires expiry "
    "expiration encryption ttl timeout lifetime age placeholder text input class style reset manager version rotation "
    "env variable var arn ref reference algorithm algo alg method mode issuer audience required enabled strength rule "
    "rules error message usage budget page next continuation cursor eos bos pad unk cls sep mask stop image public "
    "provider source store scheme kind index offset position title description digest sha commit hash checksum "
    "fingerprint etag integrity request idempotency startswith endswith contains".split()
)
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
# "tokenizer", "passes", "secretary".
_LONGER = re.compile(r"(?!(?:s|word|phrase)(?![a-z]))[a-z]|(?<=[A-Z])(?!(?:S|WORD|PHRASE)(?![A-Z]))[A-Z]")
_HEAD = re.compile(r"[A-Za-z0-9_.\-]{1,32}\Z")
# From the word to the value: the rest of the name, a few words ("password for the server"), and the sign.
_SIGN = re.compile(
    r"(?P<name>[\w.\-]{0,32})(?:'s)?(?: (?:for|to|of|on|in) [\w'.\- ]{1,40}?| (?P<word>[\w'.\-]{1,16}))?"
    r"[\"'`\])}*\\]{0,6}[ \t]{0,24}"
    r"(?:(?::[ \t]?[A-Za-z][\w.\[\]|?]{0,24}[ \t]{1,2})?(?:=>|:=|[=!]==?|<-|[:=>|])[*]{0,2}"
    r"(?:\s{0,24}(?=\\{0,3}[\"'`])|[ \t]{0,24})"
    r"|(?P<listed>,)\s{0,4}(?=\\{0,3}[\"'`])|\((?=\\{0,3}[\"'`])|value=(?=\\{0,3}[\"'])"
    r"|(?:</label>\s{0,24}<input)?(?: ?[a-z\-]{2,12}=[\"'][^\"'<>\n]{0,40}[\"']){0,6} ?value=(?=[\"'])"
    r"|(?P<said>(?:is|was|should be|used to be|will be|remains|set to)(?: now| set to)?:?[ \t]{1,2})|(?<='s)[ \t]{1,2})"
)
# In a pair of arguments, define("DB_PASSWORD", "…"), not in a list of words.
_ARGUMENT = re.compile(r"\(\s{0,2}\\{0,3}[\"'][\w.\-]{0,32}\Z")
# A place in a list, or the key that anybody may have.
_POINTER = re.compile(r"(?i:next|page|continuation|cursor|sync|public) \Z")
_FLAG = re.compile(r"(?P<name>[a-z\-]{0,16})(?:[ \t]{1,2}|=)(?!-)")
# "use the token 4f9a…": with nothing between, it must be unmistakable.
_NEXT = re.compile(r"(?P<name>) [\"'`]?(?=[\w\-]{20})(?=[a-zA-Z\-_]{0,24}[0-9][a-zA-Z\-_]{0,24}[0-9])")
_QUOTED = re.compile(r"[bruf@]{0,2}(?P<quote>\\{0,3}[\"'`])(?P<value>[^\"'`\s\\]{4,4096})(?P=quote)")
# Keys may be long, so theirs ends where another value could begin: a text full of "token=" stays linear.
_BARE_KEY = re.compile(r"[A-Za-z0-9+/_.~%@!#$^*\-]{4,4096}={0,2}")
_BARE_PASSWORD = re.compile(r"(?:[^\s\"'`<>(){}\[\],;|&\\]|&(?!\w{1,32}=)){4,128}")
# Before these a bare word was a name after all.
_CALLED = re.compile(r"[(\[{]|<(?!/)")
_CLOSING = frozenset(")]}")
# What ends a sentence; a question mark behind "password: " is rather a part of it.
_ENDS, _ENDS_SAID = ".,:", ".,:?"

# What may stand between where it is unmistakable: "password hunter2!", "pw (Tr0ub4dor&3)", "Password....Summer2024!".
_LOOSE = re.compile(
    r"(?i:[ _]?(?:is|was|reads|now|to))?(?:\?{1,3}|[ \t]?\bpls\?)?[ \t]{0,4}[(\[/~;,|\u2013\u2014\-.:_*`\"' \t]{0,40}"
)
# Beside the name of its user: "user guest / pass ereby99n1", "login: guest pass …".
_USER = re.compile(
    r"(?i:(?<![a-z])(?:user(?:name)?|usr|login|uid)(?:[ ]*[:=][ ]*|[ ]))[^\s,;/|]{1,64}(?:[ ]?[/|][ ]?|[ ]|\n)\Z"
)
# "login: guest / Tr0ub4dor&3", "creds are guest:…", "log in with guest and …", "SSID: Home, key: …".
_PAIR = re.compile(
    r"(?: (?:is|are|with|as|details))?[ :=]{1,3}[\w.@+\-]{1,64}(?: ?[/|:,] ?| and | with |\n)"
    r"(?:(?i:key|pass(?:word)?|pwd?|p)(?: ?[:=] ?| ))?"
)
# "pass" is something to do, as well.
_PASSING = re.compile(r"(?i:pass) \Z")
_DIGIT = re.compile("[0-9]")
_JOINED = re.compile(r"[^\s\"'`<>(){}\[\],;|\\~]{6,64}")
_TOKEN = re.compile(rf"(?<![^\s\"'`(\[*_~.>]){_JOINED.pattern}")
_ENDS_BARE = ".,:?*_`"
# How far behind the word a password may stand in its sentence.
_SENTENCE = 100

_MEASURED = re.compile(r"[ \-](?:bits?|bytes?|char|digit|letter|day|hour|minute|month|word)", re.IGNORECASE)


def find(text: str, words: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Start, end and entity of what follows `words`, which are start, end and what they announce, in order."""
    reached = 0
    columns = Columns(text)
    for start, end, entity in words:
        is_word = entity == PASSWORD and _is_word(text, start, end)
        for left, right in columns.under(start, end, 0) if is_word else ():
            if found := _cell(text, left, right):
                yield *found, entity
        if start < reached:
            continue
        if text[start:end].lower() in OPENING:
            pair = _PAIR.match(text, end) if is_word else None
            if pair and (found := _strong(text, pair.end(), _JOINED)):
                yield *found, entity
            continue
        span = _behind(text, start, end, entity) or (_apart(text, start, end) if is_word else None)
        if span is not None:
            reached = max(reached, span[1])
            yield *span, entity


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether what announces a password is a word, and no part of a name in code."""
    before = text[start - 1 : start]
    return not before.isalnum() and before not in ("_", "-", ".") and _LONGER.match(text, end) is None


def _apart(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The password that no sign of assignment announces, but its line, its place, or the sentence."""
    near = _LOOSE.match(text, end)
    if near is not None and (found := _strong(text, near.end())):
        return found
    if text[start:end].lower() != "pass" and (found := _in_sentence(text, end)):
        return found
    if text[end : end + 1] == " " and _USER.search(text, max(0, start - 80), start):
        word = _TOKEN.match(text, end + 1)
        value = word.group().rstrip(_ENDS_BARE) if word else ""
        if _DIGIT.search(value) and len(value) >= 8 and is_password(value) and not value.isdigit():
            return end + 1, end + 1 + len(value)
    for place in below.places(text, start, end):
        word = _TOKEN.match(text, place.start)
        if word is None or not word.start() <= place.digit < word.end():
            continue
        value = word.group().rstrip(_ENDS_BARE)
        stop = word.start() + len(value)
        # "pass", and the next statement: "count+=1".
        if (
            "=" not in value
            and place.holds(text, stop)
            and (is_password(value) if place.alone else is_strong(value) or is_telling(value))
        ):
            return word.start(), stop
    first = max(0, start - stated.WIDEST)
    for word in _TOKEN.finditer(text, first, start) if _DIGIT.search(text, first, start) else ():
        value = word.group().rstrip(_ENDS_BARE)
        stop = word.start() + len(value)
        if (is_strong(value) or is_telling(value)) and stated.gap(text, stop, start, end) in (
            stated.Gap.STATED,
            stated.Gap.ASKED,
        ):
            return word.start(), stop
    return None


def _cell(text: str, left: int, right: int) -> tuple[int, int] | None:
    """The password that is all there is in the cell [left, right) under its heading."""
    cell = text[left:right].strip(" \t\r\"'`*")
    word = _TOKEN.fullmatch(cell)
    if word is None or not (is_strong(cell) or (len(cell) >= 10 and is_random(cell, 10))):
        return None
    begin = text.index(cell, left)
    return begin, begin + len(cell)


def _strong(text: str, at: int, form: re.Pattern[str] = _TOKEN) -> tuple[int, int] | None:
    word = form.match(text, at)
    value = word.group().rstrip(_ENDS_BARE) if word else ""
    is_sure = is_strong(value) or (is_telling(value) and not _PASSING.search(text, max(0, at - 6), at))
    return (at, at + len(value)) if value and is_sure else None


def _in_sentence(text: str, at: int) -> tuple[int, int] | None:
    """The first word behind `at`, on the same line, that can only be a password."""
    stop = text.find("\n", at, at + _SENTENCE)
    stop = min(len(text), at + _SENTENCE) if stop < 0 else stop
    if not _DIGIT.search(text, at, stop):
        return None
    for word in _TOKEN.finditer(text, at, stop):
        value = word.group().rstrip(_ENDS_BARE)
        if is_telling(value) and not text.startswith(("(", "="), word.end()):
            return word.start(), word.start() + len(value)
    return None


def _behind(text: str, start: int, end: int, entity: str) -> tuple[int, int] | None:
    if text[end : end + 1] in "\r\n" or _LONGER.match(text, end):  # the most frequent, and out at once
        return None
    before = _HEAD.search(text, max(0, start - 32), start)
    head = before.group() if before else ""
    sign = (_FLAG.match(text, end) if head.endswith("--") else None) or _SIGN.match(text, end)
    if sign is None and entity == API_KEY:
        sign = _NEXT.match(text, end)
    if sign is None:
        return None
    told = sign.groupdict()
    if told.get("listed") and not _ARGUMENT.search(text, max(0, start - 40), start):
        return None
    word = text[start:end]
    if not _is_name(head, word, f"{told['name']} {told.get('word') or ''}"):
        return None
    if entity == API_KEY and _POINTER.search(text, max(0, start - 16), start):
        return None
    # "JWT_SECRET", in code and in the environment, is hardly anything else.
    is_constant = f"{head}{word}{told['name']}".isupper() and "_" in head
    quoted = _QUOTED.match(text, sign.end())
    if quoted is not None:
        value = quoted["value"]
        fits = is_password(value) if entity == PASSWORD else is_random(value, 10) or is_telling(value)
        return quoted.span("value") if fits or (is_constant and _is_chosen(word, value)) else None
    bare = (_BARE_PASSWORD if entity == PASSWORD else _BARE_KEY).match(text, sign.end())
    if bare is None:
        return None
    value = bare.group().rstrip(_ENDS_SAID if told.get("said") else _ENDS)
    end = bare.start() + len(value)
    after = text[end : end + 12]
    if _CALLED.match(after) or (is_identifier(value) and after[:1] in _CLOSING):
        return None
    if told.get("said") and _MEASURED.match(after):
        return None
    if entity == API_KEY:
        fits = is_random(value, 10 if is_constant else 16) or (is_constant and _is_chosen(word, value))
        return (bare.start(), end) if fits else None
    # "pass: 123456" counts tests.
    return (bare.start(), end) if is_password(value) and not (word.lower() == "pass" and value.isdigit()) else None


def _is_chosen(word: str, value: str) -> bool:
    """Whether somebody has chosen `value` for a secret, as for a password."""
    return word == "SECRET" and _DIGIT.search(value) is not None and not value.isdigit() and is_password(value)


def _is_name(head: str, word: str, rest: str) -> bool:
    """Whether `head + word + rest` names a secret; "pass" and "secret" are parts of other words, too."""
    inside = head[-1:].isalpha() and not (word[0].isupper() and head[-1].islower())
    if inside and (len(word) < 6 or word == "secret"):
        return False
    return _OTHER.isdisjoint(part.lower() for part in _PART.findall(f"{head} {rest}"))
