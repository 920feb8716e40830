"""What announces a value, in the ways people write: questions, headings, forms, abbreviations, the value first.

Every frame is tried with an identifier of each kind, and every name of an identifier in a few frames. As many sentences
have the same words and no identifier.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.pipeline.detectors.patterns import PatternsDetector
from app.pipeline.detectors.secrets import SecretsDetector
from app.pipeline.engine import Engine
from app.pipeline.policy import Policy

ENGINE = Engine({"patterns": PatternsDetector(), "secrets": SecretsDetector()}, ["PERSON"])
POLICY = Policy(layers=frozenset({"patterns", "secrets"}))

# fmt: off
_LINES = (Path(__file__).parents[2] / "data" / "identifier_names.txt").read_text("utf-8").splitlines()[1:]
#: By entity: a value, and what people call it.
NAMES = {entity: (value, names.split("; ")) for entity, value, names in (line.split(" | ") for line in _LINES)}
#: Where name and value stand.
FRAMES = [
    "Agent: what's your {L}?\nCustomer: sure, it's {V}",
    'Agent: Could you confirm your {L} please?\nMember: yep, {V}',
    '[10:02] agent: can I get your {L}?\n[10:03] sam: {V}',
    "Sam (10:42 AM): what's the {L}?\n\nJo (10:43 AM): {V}",
    "[12/03/2024, 10:42:11] Jo: what's the {L}\n[12/03/2024, 10:42:50] Sam: {V}",
    '12/03/2024, 10:42 - Jo: {L}?\n12/03/2024, 10:43 - Sam: {V}',
    '{{"messages": [{{"role": "assistant", "content": "What is your {L}?"}}, {{"role": "user", "content": "{V}"}}]}}',
    '[{{"from": "bot", "text": "Thanks. Please give me the {L}"}}, {{"from": "visitor", "text": "it is {V}"}}]',
    "jo  10:42 AM\nwhat's your {L}?\nsam  10:43 AM\n{V}",
    "what's your {L} and your date of birth?\n{V} and 12/03/1980",
    'Q: {L}?\nA: {V}',
    '> What is your {L}?\n\n{V}',
    'bot: Please enter your {L}\nuser: ok one sec\nuser: {V}',
    "Agent: And the {L}?\nCaller: Sorry, let me find it.\nAgent: No worries.\nCaller: OK it's {V}.",
    'can u send me ur {L}\n{V}\nthx',
    "user: {V}\nuser: that's my {L}",
    'hey its sam, {L} is {V} lol',
    '**Support:** Thanks! And your {L}?\n\n**Customer:** {V}',
    "Support\nCould I have your {L}?\n\nCustomer\nYes of course, that's {V}",
    '<Support> what is the {L}\n<sam> {V}',
    'Human: My {L} changed. The new one is {V}.',
    'Which {L} should we use? Use {V} please.',
    'whats ur {L}?? {V}',
    '{L} pls? ... {V}',
    '## {L}\n{V}',
    '## {L}\n\n`{V}`',
    '**{L}**\n{V}',
    '- **{L}:** {V}',
    '- **{L}** — {V}',
    '- [x] {L}: `{V}`',
    '* {L}\n    * {V}',
    '> **{L}**\n> {V}',
    '> **{L}**\n>\n> {V}',
    '### {L}\n\n```\n{V}\n```',
    '| {L} |\n|---|\n| {V} |',
    '| Field | Value |\n|---|---|\n| {L} | {V} |',
    '1. {L}\n   {V}',
    '_{L}_: {V}',
    '{L}\n: {V}',
    '<details><summary>{L}</summary>\n\n{V}\n\n</details>',
    '***{L}***\n\n> {V}',
    '| Name | {L} | City |\n|:--|:-:|--:|\n| Jo Smith | `{V}` | Perth |',
    '## {L}\n\n_As shown on your card_\n\n{V}',
    '**{L}**  \n**{V}**',
    '#### Your {L}\n\n- {V}\n',
    '* **{L}**: ~~old~~ **{V}**',
    '- [ ] verify {L} (`{V}`)',
    '1) **{L}** -> {V}',
    '## Details\n\n**{L}**\n\n{V}\n\n**Notes**\n\nnone',
    '```yaml\n{L}: {V}\n```',
    '```\n{L}\n{V}\n```',
    '{L}\n---\n\n{V}',
    '| **{L}** |\n| {V} |',
    '> {L}: **{V}**',
    '| {L} | Notes |\n|---|---|\n| {V} | see 3 below |',
    '### 4. {L}\n\n{V}',
    '- {L}\n- {V}',
    '{L}\n{V}',
    '{L}\n\n{V}',
    '{L} (as shown on card)\n{V}',
    '{L}\n[ {V} ]',
    '{L}\n________________\n{V}',
    '{L}...........{V}',
    '{L}\n|{V}|',
    '{L}    Date of birth\n{V}    12/03/1980',
    '{L}\nExpiry\n{V}\n12/2027',
    '12. {L}\n{V}',
    '3a {L} {V}',
    '{L} (if any)\nPlease print clearly\n{V}',
    'Surname\n{L}\nSmith\n{V}',
    '{L} :\n\n    {V}',
    'SECTION B\n{L}:\t{V}',
    '{L} * required\n{V}',
    '{L} ____{V}____',
    '{L} [{V}]',
    'Name: Jo Smith   {L}: {V}',
    '{V}\n------------\n{L}',
    '{V}\n{L}',
    'Full name\nJo Smith\n{L}\n{V}\nSignature\n',
    '{V} is the {L}',
    "{V} – that's the {L}",
    "{V}, that's my {L}",
    '{V} <- {L}',
    '{V} ({L})',
    '{V} is what I have for {L}',
    'please use {V} as the {L}',
    '{V} = {L}',
    '{V}: {L}',
    '{V} // {L}',
    '{V}  # {L}',
    'is {V} the right {L}?',
    'is {V} your {L}?',
    'he gave {V} for the {L}',
    '{V} (my {L})',
    "{V} (that's the {L})",
    '{V} was listed as {L}',
    '{V} - {L}',
    '{V} should be your {L}',
    "I've got {V} here as the customer's {L}.",
    '{V} was the {L} he gave',
    '{V}... that is my {L}',
    '{V} matches the {L} on file',
    '{L}: {V}',
    '{L} {V}',
    '{L} is {V}',
    '{L}={V}',
    'my {L} is now {V}, ok?',
    '{L} - {V}',
    '{L},{V}',
    'the {L} we have on file for this person ends up being {V}',
    'name,{L},city\nJo,{V},Perth',
    '"{L}": "{V}"',
    '{L}; {V}',
    '{L} ~ {V}',
    '{L} reads {V}',
    '{L} ({V})',
    'New {L} from Monday: {V}',
    '{L}\t{V}',
    '{L} / {V}',
    'Re: {L} – {V}',
    '| {V} | {L} |',
    '| Value | Field |\n|---|---|\n| {V} | {L} |',
    '{V},{L}',
    '### {L}\n\nThe value on file is `{V}`.',
    '## {L}\n\nCurrently set to {V}.',
    '~~{V}~~ (old {L})',
    '[{L}](https://example.com/a1b2): {V}',
    '{L}[^1]: {V}\n\n[^1]: on file',
    'Name | {L}\n--- | ---\nJo | {V}',
    '> | Name | {L} |\n> |---|---|\n> | Jo | {V} |',
    '## {L}: {V}',
    '## {V} ({L})',
    '- Bank\n  - {L}\n    - {V}',
    '- `{V}` – {L}',
    '- `{V}`: {L}',
    '- **{V}** — {L} of Jo',
    '**{V}**\n*{L}*',
    '| Field | Old | New |\n|---|---|---|\n| {L} | | {V} |',
    '### Jo Smith\n\n{L} | {V}',
    '**{L}:**\n\n```text\n{V}\n```',
    '{L}:\n\n    {V}\n',
    '#### {L} (2024)\n\n{V}',
    '<dt>{L}</dt>\n<dd>{V}</dd>',
    '<b>{L}</b><br/>\n{V}',
    '1. Go to 2nd floor\n2. Quote {L} `{V}`',
    '# Notes 2024-01-05\n\n* {L} confirmed:\n\n  `{V}`',
    '- [ ] {L}\n  - [x] {V}',
    '__{L}__\\\n{V}',
    '| # | {L} |\n|--:|---|\n| 1 | {V} |',
    "`{V}` is Jo's {L}",
    '<!-- {L} -->\n{V}',
    '![{L}](scan1.png)\n{V}',
    '**{L}**: see below\n\n- {V}',
    '{L} → `{V}`',
    '`{L}` `{V}`',
    '- {L}\n\n  {V}\n- Other\n\n  1',
    '?{L}={V}&x=1',
    '{L}%3A%20{V}',
    'level=info msg="{L} changed" value={V}',
    'WARN {L} mismatch (expected {V})',
    '{{"type": "{L}", "value": "{V}"}}',
    '{{"type": "{L}", "id": 7, "number": "{V}"}}',
    '{{"{L}": {{"value": "{V}", "verified": true}}}}',
    '{{"{L}": ["{V}"]}}',
    "const x = '{V}'; // {L}",
    "x = '{V}'  # customer's {L}",
    "# {L}\nx = '{V}'",
    '// {L}\nconst X = "{V}";',
    '<td>{V}</td><td>{L}</td>',
    '<tr><th>{L}</th></tr><tr><td>{V}</td></tr>',
    '<p>{L}</p>\n<p>{V}</p>',
    "<div class='label'>{L}</div><div class='c1'>{V}</div>",
    'field,value\n{L},{V}',
    'value,field\n{V},{L}',
    '"{V}";"{L}"',
    '{L}\t\t{V}',
    '<li><strong>{L}</strong> <span>{V}</span></li>',
    "<option data-n='3' title='{L}'>{V}</option>",
    "assert person.{L} == '{V}'",
    "person['{L}'] = '{V}'",
    '{L}: !!str {V}',
    '[{L}]\nvalue = {V}',
    '{L}:\n  value: {V}',
    '{{"{L}": {{"type": "string", "example": "{V}"}}}}',
    "curl -d '{L}={V}' x",
    '--{L} {V}',
    '{{"q": "{L}?", "a": "{V}"}}',
    '{{"code": "{L}", "display": "{V}"}}',
    '{{"system": "https://x.example/{L}", "value": "{V}"}}',
]
#: The same words, and nobody's number.
HARMLESS = [
    'Agent: What is your order number?\nCustomer: 12345678',
    "What's the ticket number?\n10023456",
    'Which port is the account service on?\nPort 8080',
    'user: what version is the account page?\nbot: version 12.34.56',
    "what's the sort order?\n12-34-56 was the score",
    'Can you check my account?\nThe invoice 10023456 is overdue.',
    'How do I reset my password?\nGo to Settings2024 and click Reset.',
    'What is a TFN?\nIt has 9 digits.',
    'do you need my passport?\nno, room 123456789 has no lock',
    "what's your rego label?\nA4 size, 210 x 297",
    'When was the account opened?\nOn 2024-01-05.',
    'is the plate hot?\n180 degrees',
    'Which licence is it?\nApache 2.0',
    'What licence do you use?\nMIT, since 2019',
    "what's the patient count?\n1500 patients",
    '[10:02] agent: can I close the account?\n[10:03] sam: at 10:30',
    'user: my password does not work\nbot: error 40123 again',
    "what's your passport country?\n2 letters, like AU",
    'Should I enter my BSB?\n1. Yes\n2. No',
    'what is the routing protocol?\nOSPFv2 on area 0.0.0.1',
    'Do you take visa?\nYes, 24 hours a day',
    'did you get the policy?\npage 12 of 340',
    'can we talk about my claim?\ntomorrow 10:30',
    '## Account\n\n12 new messages',
    '## Licence\n\nCopyright 2024 Example Ltd',
    '**Password**\n\nAt least 12 characters',
    '### Registration\n\n2024-01-05 to 2024-03-01',
    '## Passport\n\n1. Open the form\n2. Fill it in',
    '# Serial number\n\nSee page 123456 of the manual',
    'Password\n--------\nYou set it in step2.',
    '| Plate | Size |\n|---|---|\n| large | 300 mm |',
    '- account\n- 100 items',
    '> **Policy**\n> 30 days',
    'Account\n\n2024-05-06',
    '## Customer number\n\nThe number has 8 digits.',
    '## Medicare\n\nSince 1984 there is Medicare.',
    'Name\nAccount\nTotal\n1,234.50',
    'Account\nBalance\n$12,345,678.90',
    '### 4. Serial number\n\nIt stands on page 12.',
    'Policy\n\nv2.10.3',
    'Password:\n\n    export FOO=bar1',
    '**Licence:** MIT\n\n2019-2024 Example',
    '## Routing\n\n192.0.2.x is routed',
    'Password\nForgot password?\nLog in',
    '## Token\n\n4096 tokens at most',
    '```\npassword\nuser_name2\n```',
    '1000000 is the number of accounts',
    '12345678 rows in the account table',
    '100000 for accounts in arrears',
    'version 12.34.56 of the account page',
    '10023456 bytes, account by account',
    'port 8080 is for the account service',
    '2024-01-05 was when the account was opened',
    'line 123456: account not found',
    '12345678, and my account is closed',
    'the year 2024 is the licence year',
    'call 12345 about the policy',
    '100 is the plate number limit',
    'PR 12345 - registration flow',
    'ISSUE-12345: registration',
    'commit 1234567 - password reset',
    'error 10023456 (account)',
    '10023456 != account',
    'it took 12345678 ns, the password was slow',
    'build 20240105 is the registration build',
    'scored 12-34-56, sort of',
    'In 1984, Medicare began',
    'sha1 is the password hash',
    'base64 was the password encoding',
    'AES256 - password encryption',
    'utf8 is the password charset',
    'reg R12, R13',
    'mov eax, reg 0x12345678',
    'tag v1.2.3',
    'password must have 8 characters',
    'password (optional, 8+ characters)',
    'password, user2, host',
    'the password for user1 is required',
    'pass: 123 fail: 4',
    'passport.js 0.4.1',
    'chi-squared (3) = 12.3',
    'group no 1 of 3',
    'unit no 4',
    'cc: team7@',
    'CC 4 people',
    'tin can of 100000 litres',
    'savings of 100000 dollars',
    'checking 100000 files',
    'ss # 1',
    'fund no 3 grew by 12.5 %',
    'doa at 12.5 mm',
    'born in 1984',
    'last seen 3 days ago',
    'the gold card costs $12345',
    'white card in week 12',
    '10023456,order',
    '| 10023456 | order |',
    '12345678,the account is closed',
    'x = 12345678  # accounts',
    '| 2024 | account | open |',
    '12345678; account += 1',
    'const PORT = 12345678; // order',
    '{"account": {"type": "string", "value": "closed"}}',
    '{"type": "order", "value": "12345678"}',
    '{"order": {"value": "12345678"}}',
]
# fmt: on


def hidden(text: str) -> list[str]:
    return [finding.value for finding in ENGINE.findings_in_leaf(text, "", POLICY)]


def is_hidden(text: str, value: str) -> bool:
    """Whether `value` is hidden, whole or by the groups it consists of."""
    found = hidden(text)
    return any(value in one for one in found) or all(any(part in one for one in found) for part in value.split())


@pytest.mark.parametrize("frame", FRAMES)
def test_a_value_is_found_wherever_its_name_stands(frame: str) -> None:
    said = {entity: (frame.format(L=names[0], V=value), value) for entity, (value, names) in NAMES.items()}
    del said["PASSWORD"]  # has rules of its own
    assert [text for text, value in said.values() if not is_hidden(text, value)] == []


@pytest.mark.parametrize("entity", NAMES)
def test_a_value_is_found_by_any_name(entity: str) -> None:
    value, names = NAMES[entity]
    frames = ("{L}: {V}", "my {L} is {V}", "{L}\n{V}")
    texts = [frame.format(L=name, V=value) for name in names for frame in frames]
    assert [text for text in texts if not is_hidden(text, value)] == []


@pytest.mark.parametrize(
    "frame",
    [
        "what's your {L}?\n{V}", "## {L}\n\n`{V}`", "**{L}**\n{V}", "{V} is the {L}", "{L} ({V})", "{L} {V}",
        "{L}\n\n> {V}", "| user | {L} |\n|---|---|\n| jo | `{V}` |",
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", ["Tr0ub4dor&3", "hunter2!", "Summer2024!"])
def test_a_password_that_is_unmistakable_needs_no_sign(frame: str, value: str) -> None:
    assert hidden(frame.format(L="password", V=value)) == [value]


@pytest.mark.parametrize("text", HARMLESS)
def test_the_same_words_announce_nothing_else(text: str) -> None:
    assert hidden(text) == []


@pytest.mark.parametrize(
    ("turns", "values"),
    [
        ([("assistant", "What is your TFN?"), ("user", "123456782")], ["123456782"]),
        ([("assistant", "What is your TFN? I need it for the form."), ("user", "sure, 123456782")], ["123456782"]),
        ([("assistant", "Sort code?"), ("user", "one moment"), ("user", "12-34-56")], ["12-34-56"]),
        ([("user", "What is your TFN?"), ("assistant", "123456782")], []),
        ([("assistant", "What is the order number?"), ("user", "123456782")], []),
        ([("assistant", "What is your TFN?"), ("user", "order 123456782")], []),
        ([("assistant", "I have noted your TFN."), ("user", "123456782")], []),
    ],
)
def test_a_turn_is_read_with_the_question_before_it(turns: list[tuple[str, str]], values: list[str]) -> None:
    assert hidden(json.dumps([{"role": role, "content": content} for role, content in turns])) == values


# fmt: off
#: An abbreviation with its letters apart, as a tool makes a key of it, and a value.
APART = [
    ("A.C.N.", "a_c_n", "004085616"), ("N.H.S. number", "n_h_s_number", "9434765910"),
    ("D.O.B.", "d_o_b", "31/01/1980"), ("C.H.I. number", "c_h_i_number", "0101806000"), ("S/C", "s_c", "12-34-56"),
    ("A/C no", "a_c_no", "12345678"),
    ("S/N", "s_n", "C02XG0FDJG5J"), ("SS#", "ss", "123456789"), ("D.L. number", "d_l_number", "D123-4567-8901"),
    ("U.R. no.", "u_r_no", "0123456"), ("B.S.B.", "b_s_b", "062-000"), ("P/W", "p_w", "Tr0ub4dor&3"),
]
#: Where it stands; {S} is the key.
APART_FRAMES = [
    '{{"id": 3, "{L}": "{V}", "ok": true}}', '{{"id": 3, "{S}": "{V}", "ok": true}}',
    '{{"field": "{L}", "content": "{V}"}}', '{{"label": "{L}", "value": "{V}"}}', '{{"name": "{S}", "value": "{V}"}}',
    "name,{L},city\nJo,{V},Perth", "id,{S},city\n7,{V},Perth", "| Name | {L} |\n|---|---|\n| Jo | {V} |",
    '<label for="f7">{L}</label><input type="text" id="f7" class="col-6" value="{V}" disabled>',
    '<label for=f7>{L}</label>\n  <input id="f7" value="{V}">', '<input name="{L}" value="{V}">',
    '<input name="{S}" id="f7" class="c" value="{V}" readonly>', "INFO update id=7 {S}='{V}' ok=1", "update {L}='{V}'",
]
FIELDS = [
    '<input placeholder="patient ID" type="text" id="x3" value="0123456">',
    '<input name="passport" id="f7" maxlength="9" value="123456789">',
    '<input value="D1234567" type="text" name="dl_number">',
    '<input aria-label="British passport" value="123456789">',
    '<textarea name="patient ID" rows="3">0123456</textarea>',
    '<select name="passport"><option value="123456789">on file</option></select>',
    '<option label="British passport">123456789</option>',
    '<label for="f1">DL number <span>*</span></label><div class="col-6"><input id="f1" value="D123-4567-8901"></div>',
]
ANSWERS = [
    ("the thing asks for a U.S. passport??\n[09:15] me: its A03619414 right?", ["A03619414"]),
    ("[09:14] me: the form wants a U.S. passport\n[09:15] me: it's A03619414 right?", ["A03619414"]),
    ("asks for a US passport?\n[09:15] me: thats A03619414 yes?", ["A03619414"]),
    ("TFN\n123456780, right?", ["123456780"]),
    ("the thing asks for a U.S. passport??\n[09:15] me: its in drawer 12, right?", []),
    ("temp login: user guest / pass ereby99n1bz3z354q", ["ereby99n1bz3z354q"]),
    ("login: guest pass ereby99n1bz3z354q", ["ereby99n1bz3z354q"]),
    ("for the user admin, pass token123 to it", []),
    ("users pass ereby99n1bz3z354q around", []),
    ("each user 1 / pass 10023456", []),
    ("login as guest / pass through", []),
    ("Deposit: `080-404` / `400003` (BSB / account)", ["080-404", "400003"]),
    ("Pay to 080-404, 12345678 (BSB, account no)", ["080-404", "12345678"]),
    ("080-404/12345678 (BSB/account)", ["080-404", "12345678"]),
    ("12-34-56 / 12345678 (sort code / a/c)", ["12-34-56", "12345678"]),
    ("123456782 and 31/01/1980 (TFN and DOB)", ["123456782", "31/01/1980"]),
    ("12 / 14 (port / account)", []),
    ("took 10023456 / 20034567 (account lookups / seconds)", []),
    ("reg. number: AB12 CDE", ["AB12 CDE"]), ("Reg. no. ABC12D", ["ABC12D"]), ('{"reg_no": "BZA12"}', ["BZA12"]),
    ("reg. number of pages: many", []), ("reg no more than 3", []),
]
#: Letters apart, or few, that are no abbreviation of an identifier.
NOT_APART = [
    "x_s_c = 123456", "s_code = 123456", "s_c_max = 123456", "fs_n: 100234567", "t_s_n = C02XG0FDJG5J",
    "options a b n 51824753556", "points a, c, n: 004085616", "class s_c 123456 of the score", '{"ss": "10:30:59"}',
    "ss 123456789 sockets", '{"ss": "987654321"}', '{"class": "123456789"}', "hh:mm:ss 123456789",
    '{"a_b_c": "004085616"}',
    '<input id="f7" value="12345678">', '<label for="f7">Order</label><input id="f7" value="12345678">',
    '<option value="1">Account</option><option value="2">Order</option>', '<input name="account" value="step2">',
]
# fmt: on


@pytest.mark.parametrize("frame", APART_FRAMES)
def test_letters_apart_are_an_abbreviation(frame: str) -> None:
    said = [(frame.format(L=name, S=key, V=value), value) for name, key, value in APART]
    assert [text for text, value in said if not is_hidden(text, value)] == []


@pytest.mark.parametrize("text", FIELDS)
def test_a_field_of_a_page_is_read_with_its_label(text: str) -> None:
    assert len(hidden(text)) == 1


@pytest.mark.parametrize(("text", "values"), ANSWERS)
def test_what_is_asked_paired_or_beside_a_user_is_found(text: str, values: list[str]) -> None:
    assert hidden(text) == values


@pytest.mark.parametrize("text", NOT_APART)
def test_other_letters_apart_announce_nothing(text: str) -> None:
    assert hidden(text) == []
