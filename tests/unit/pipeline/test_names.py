"""Names from lists: hits, near misses, and quiet in code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.detectors.name_lists import key
from app.pipeline.detectors.names import NamesDetector
from app.pipeline.policy import Policy

DETECTOR = NamesDetector()
POLICY = Policy()


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in DETECTOR.detect(text, POLICY)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        # Names that are nothing else, alone and extended.
        ("Ask Siobhan about it", ["Siobhan"]),
        ("Ask Siobhan O'Connor about it", ["Siobhan O'Connor"]),
        ("Siobhan O’Connor's car", ["Siobhan O’Connor"]),
        ("Mary J. Smith and Wiremu Ngata", ["Mary J. Smith", "Wiremu Ngata"]),
        ("Mary Elizabeth Smith", ["Mary Elizabeth Smith"]),
        ("Anne-Marie Duval", ["Anne-Marie Duval"]),
        ("Anna van der Berg came", ["Anna van der Berg"]),
        ("Kiri Te Kanawa sang", ["Kiri Te Kanawa"]),
        ("Mohammed al-Rashid", ["Mohammed al-Rashid"]),
        ("Ronan McDonald", ["Ronan McDonald"]),
        ("Priya Zyxwvutnam", ["Priya Zyxwvutnam"]),
        ("José García", ["José García"]),
        ("Jose\u0301 Garci\u0301a", ["Jose\u0301 Garci\u0301a"]),
        ("Łukasz Nowak", ["Łukasz Nowak"]),
        ("JOHN SMITH", ["JOHN SMITH"]),
        ("Smith, John", ["Smith, John"]),
        ("Alice Johnson, Mary Smith", ["Alice Johnson", "Mary Smith"]),
        ("(c) J. Reynolds", ["J. Reynolds"]),
        ("John Please call", ["John"]),
        ("John Wednesday", ["John"]),
        # Markup around, line breaks that came escaped.
        ("**Siobhan Kelly:** hi", ["Siobhan Kelly"]),
        ("Smith,\nJohn", ["John"]),
        ("<td>Siobhan Kelly</td>", ["Siobhan Kelly"]),
        ("done\\nSiobhan Kelly\\n", ["Siobhan Kelly"]),
        # Names that are words, places or tools.
        ("Will Johnson", ["Will Johnson"]),
        ("Alexa Nguyen", ["Alexa Nguyen"]),
        ("Mark van Dyke", ["Mark van Dyke"]),
        ("Victoria Nguyen", ["Victoria Nguyen"]),
        ("April Jones", ["April Jones"]),
        ("Dear Will,", ["Will"]),
        ("Hi Mark, hello", ["Mark"]),
        ("Thanks, Mark", ["Mark"]),
        ("Best regards,\nGrace", ["Grace"]),
        ("My name is May", ["May"]),
        ("Name: Will", ["Will"]),
        ("Assigned to: Grace", ["Grace"]),
        # Titles: the title stays outside.
        ("Dr Zyxwv called", ["Zyxwv"]),
        ("Mrs. O'Hara-Quist said", ["O'Hara-Quist"]),
        ("Ms Ngata", ["Ngata"]),
        ("Prof. J. K. Tanaka", ["J. K. Tanaka"]),
        ("DR SMITH", ["SMITH"]),
        ("Uncle Rose", ["Rose"]),
        # Letters beyond Latin-1, in names of Poland, Turkey, Vietnam and the Māori.
        ("Katarzyna Wiśniewska called", ["Katarzyna Wiśniewska"]),
        ("Małgorzata i Ayşe", ["Małgorzata", "Ayşe"]),
        ("Mehmet Yılmaz", ["Mehmet Yılmaz"]),
        ("Tāne Mahuta", ["Tāne Mahuta"]),
        ("Sione Tupou and Semisi Taufa", ["Sione Tupou", "Semisi Taufa"]),
        ("Gurpreet Singh, Vikram Chaudhary", ["Gurpreet Singh", "Vikram Chaudhary"]),
        ("Chinedu Okafor met Thabo Mokoena", ["Chinedu Okafor", "Thabo Mokoena"]),
        # The family's name first.
        ("Zhang Wei and Wang Fang", ["Zhang Wei", "Wang Fang"]),
        ("Nguyen Van An", ["Nguyen Van An"]),
        ("Phạm Văn Đồng", ["Phạm Văn Đồng"]),
        ("Nguyễn Thị Minh", ["Nguyễn Thị Minh"]),
        ("Kim Min-jun, Park Ji-woo", ["Kim Min-jun", "Park Ji-woo"]),
        ("Kwok Wai Cheung", ["Kwok Wai Cheung"]),
        ("Mei-Ling Wong and Min-jun Kim", ["Mei-Ling Wong", "Min-jun Kim"]),
        ("Smith, Mary J.", ["Smith, Mary J."]),
        ("Kelly, Grace\nWang, Li\nSmith, Will (manager)", ["Kelly, Grace", "Wang, Li", "Smith, Will"]),
        ("Thanks Kelly, Will you come?", ["Kelly"]),
        ("WILL JOHNSON", ["WILL JOHNSON"]),
        # In lower case, where both words are names and nothing else.
        ("jane doe wants a refund", ["jane doe"]),
        ("ask siobhan kelly, please", ["siobhan kelly"]),
        ("(siobhan o'connor)", ["siobhan o'connor"]),
        ("josé garcía", ["josé garcía"]),
        ("JANE DOE, JOHN O’BRIEN", ["JANE DOE", "JOHN O’BRIEN"]),
        # Fields.
        ("First name: Zyx", ["Zyx"]),
        ('{"last_name": "Nguyen"}', ["Nguyen"]),
        ('{\\"lastName\\": \\"Zyxwv\\"}', ["Zyxwv"]),
        ("Patient name: Xqwz Vbnm", ["Xqwz Vbnm"]),
        ("Surname: SMITH", ["SMITH"]),
        ("Full name: Wei Zhang\nAddress: 1 High St", ["Wei Zhang"]),
        ("<lastName>Zyxwv</lastName>", ["Zyxwv"]),
        ("Account holder: Zyx Wvu", ["Zyx Wvu"]),
    ],
)
def test_hit(text: str, names: list[str]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "siobhan",
        "will smith, mark page",
        "siobhan_kelly siobhan.kelly siobhan/kelly",
        "siobhan kelly_id, siobhan kelly()",
        "déjà vu, son of a gun, the van den",
        "the Jacobi polynomials, a Laurent series, an Alice theorem",
        "a Roberta Embedding",
        "Amazon Lex and Kendra",
        "<fullname>Amazon Simple Email Service</fullname>",
        '{"serviceFullName": "Lake Formation"}',
        "Sri Lanka, Sierra Leone",
        "Park Lane",
        "Max, Min",
        "Smith, April 2020",
        "Jupyter, GitLab and Julia",
        "Will you mark May 3?",
        "Victoria is a state",
        "The Jenkins build failed",
        "Ruby on Rails",
        "Travis CI, Cassandra and Crystal",
        "San Diego and San Antonio",
        "Oman, Georgia, Jordan and Chad",
        "the Georgian and Irish teams",
        "January, June, Monday",
        "True, False, None, Server, Meta",
        "Claude Sonnet, Opus, Haiku, Gemini, Copilot, Llama",
        "Dr Claude",
        "Alexa, Devin and Gemma",
        "Dr The",
        "MS Compiler",
        "Cache Miss Rate",
        "Max Length, Page Count, Case Study, Grant Type",
        "Don't do it",
        "JOHN",
        "Smith",
        "RoBERTa ReLU ViT CAs",
        "McSiobhanX",
        # Code.
        "Siobhan(1)",
        "Siobhan.call()",
        "Siobhan[0]",
        "Siobhan=1",
        "Siobhan::new",
        "Siobhan2",
        "Siobhan_id",
        "_Siobhan_",
        "user.Siobhan",
        "$Siobhan",
        "@Siobhan",
        "#Siobhan",
        "/Siobhan/x",
        "C:\\Siobhan",
        "List<Siobhan>",
        "x:Siobhan",
        "last_name: Optional[str]",
        "last_name: String",
        "firstName: Joi.string()",
        "first_name = CharField(max_length=30)",
        "file name: Zyxwv",
        "class name: Zyxwv",
    ],
)
def test_near_miss(text: str) -> None:
    assert found(text) == []


def test_spans_are_persons_of_a_middling_score() -> None:
    (span,) = DETECTOR.detect("Siobhan", POLICY)
    assert (span.entity, span.score, span.source, DETECTOR.name) == ("PERSON", 0.6, "names", "names")


@pytest.mark.parametrize(
    ("word", "listed"),
    [("O’Connor", "oconnor"), ("José", "jose"), ("Jose\u0301", "jose"), ("SØREN", "soren"), ("Đặng", "dang")],
)
def test_names_are_listed_without_accents(word: str, listed: str) -> None:
    assert key(word) == listed


@given(st.text())
def test_any_text(text: str) -> None:
    ends = [0]
    for span in DETECTOR.detect(text, POLICY):
        assert ends[-1] <= span.start < span.end <= len(text)
        ends.append(span.end)


@given(st.text(st.characters(codec=None), max_size=20))
def test_half_characters_are_text(text: str) -> None:
    assert "Siobhan" in found(f"{text}\n. Siobhan .\n{text}")


@pytest.mark.parametrize(
    "unit",
    [
        "A",
        "Ab ",
        "A-",
        "A. ",
        "Mr ",
        "van ",
        "Dear Will ",
        "first name: ",
        "name=",
        "\\",
        "A\u0301\u0323",
        "\u0301\u0323",
        " ",
        "Smith, ",
    ],
)
def test_half_a_megabyte_of_anything_is_scanned(unit: str) -> None:
    text = unit * (500_000 // len(unit)) + "\nSiobhan\n"
    assert found(text)[-1] == "Siobhan"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("id,first_name,last_name\n1,Ana,Zyxwvut\n2,Mele,Qwrtz-Vbn\n", ["Ana", "Zyxwvut", "Mele", "Qwrtz-Vbn"]),
        ("surname;given\nZyxwvut;Ana\n", ["Zyxwvut", "Ana"]),
        ("| Family name | Ward |\n|---|---|\n| Zyxwvut | 4 |\n", ["Zyxwvut"]),
        ("<table><tr><th>Surname</th><th>Ward</th></tr><tr><td>Zyxwvut</td><td>North</td></tr></table>", ["Zyxwvut"]),
        ("INSERT INTO people (last_name, ward) VALUES ('Zyxwvut', 'North');", ["Zyxwvut"]),
        ("Last name    Zyxwvut\nWard    North", ["Zyxwvut"]),
        ("Family name ....... Zyxwvut", ["Zyxwvut"]),
        ('<input name="surname" value="Zyxwvut">', ["Zyxwvut"]),
        ("<li>Smith, Siobhan</li>", ["Smith, Siobhan"]),
        ("Smith, Siobhan was absent.", ["Smith, Siobhan"]),
        ("<Siobhan> are you there?", ["Siobhan"]),
        ("hey @Siobhan can you look", ["Siobhan"]),
        ("user=Siobhan Smith action=login", ["Siobhan Smith"]),
    ],
)
def test_a_place_makes_a_name(text: str, names: list[str]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "id,first_name,last_name\n1,string,varchar\n",
        "first_name,last_name\nString,Integer\n",
        "name,version\nLeftpad,1.0\n",
        "def call(first_name, last_name):\n    return Wrapped, Thing\n",
        "<Siobhan>text</Siobhan>",
        "@Siobhan\nclass Thing: pass",
        "user=Siobhan(1)",
    ],
)
def test_no_place_makes_a_name_of_code(text: str) -> None:
    assert found(text) == []
