"""The lists that names are looked up in, and the words that are never part of one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from unicodedata import combining, normalize

TITLES = frozenset("mr mrs ms mx dr prof professor".split())
#: Words besides: only before a name that is known.
WEAK_TITLES = frozenset(
    """miss sir dame lady lord madam rev reverend judge justice captain sergeant sgt officer detective nurse
    sister father uncle aunt aunty auntie grandma grandpa senator councillor constable""".split()
)
#: Countries, and what belongs to them.
NATIONS = frozenset(
    """afghanistan albania algeria andorra angola argentina armenia australia austria azerbaijan bahamas
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
    swiss syrian thai tibetan tongan turkish ukrainian vietnamese welsh""".split()
)
#: Never part of a name here, even if somebody bears it.
STOP = frozenset(
    """january february march july september october november december monday tuesday wednesday thursday friday
    saturday sunday mon tue tues wed thu thur thurs fri sat sun feb mar jul sept oct nov dec
    true false none null nan undefined server client meta error warning info debug string str text int
    integer number bool boolean float optional any field column mapped required list dict object array type
    char varchar date self
    gregorian caron emin gelu relu vit hong kong internet api http https url json xml html css sql unicode
    ascii
    claude sonnet opus haiku gemini copilot llama gpt chatgpt openai anthropic mistral grok deepseek qwen
    codex cursor perplexity cortana bard sora aider cline kimi ollama
    amazon aws google microsoft azure oracle apple facebook nvidia intel linux github gitlab jupyter foo bar baz qux
    cherokee navajo lanka
    christmas easter street road avenue lane drive court university college school hospital hotel city
    county north south east west inc ltd llc corp""".split()
).union(NATIONS)
#: Capitalised after a name because a sentence or heading goes on, not as a surname.
NOT_SURNAMES = frozenset(
    """the a an and or but nor so if then else when while where who whom whose which what why how this that
    these those there here he she it we they you i his her its our their your my is are was were be been
    being has have had do does did can could may might must shall should will would not no yes please thanks
    thank dear hi hello hey regards cheers sincerely also after before since until from to in on at by for
    with without about as of into over under all both each every some many most more other such only just
    still again now today tomorrow yesterday once says said asks asked wrote writes added fixed note notes
    re fwd cc subject email phone address name first last mr mrs ms miss dr prof sir jr sr best kind get got
    let see add new old test team group town river bay island model mode max min""".split()
)
#: Where the family's name comes first: "Nguyen Van An", "Zhang Wei", "Park Ji-woo".
FAMILIES = frozenset(
    """zhang wang liu chen yang huang zhao zhou xu zhu guo lin gao luo zheng liang xie tang deng cao peng zeng xiao cai
    jiang cheng lu ding shen zhong cui tan liao jin wei jia fang zou xiong meng qin qiu hou yin xue yan lei duan hao
    qian cheung chan wong leung lau kwok tse tsang nguyen tran pham huynh phan vo dang bui ngo duong ly dinh trinh
    truong hoang
    luong kim lee park choi jeong jung kang yoon jang lim seo shin kwon hwang ahn ryu jeon yoo baek heo""".split()
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
class Lists:
    """Keys of names: such as are nothing else, first names that are words as well, and surnames."""

    first: frozenset[str]
    ambiguous: frozenset[str]
    surnames: frozenset[str]
    word_surnames: frozenset[str]  # that are words as well: "Price", "Page"
    openings: frozenset[str]  # what is no first name that a person can begin with: titles, families, and `ambiguous`


@cache
def lists() -> Lists:
    def read(name: str) -> list[str]:
        return (files("app.pipeline") / "data" / "names" / name).read_text(encoding="utf-8").splitlines()

    surnames = read("surnames.txt")
    ambiguous = frozenset(read("ambiguous.txt")) - STOP
    return Lists(
        frozenset(read("first.txt")) - STOP,
        ambiguous,
        frozenset(line for line in surnames if not line.endswith("*")) - STOP - NOT_SURNAMES,
        frozenset(line[:-2] for line in surnames if line.endswith("*")) - STOP - NOT_SURNAMES,
        ambiguous | TITLES | WEAK_TITLES | FAMILIES,
    )
