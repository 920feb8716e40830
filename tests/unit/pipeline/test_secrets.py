"""The secrets layer: every issuer's form, words that announce a secret, and what only looks like one.

Values are made up when the test runs, from a description of their form that is not the rule's own expression: nobody's
scanner finds a key in this file.
"""

from __future__ import annotations

import base64
import json
import random
import re

import pytest

from app.pipeline.detectors.announced import WORDS
from app.pipeline.detectors.patterns import PatternsDetector
from app.pipeline.detectors.secrets import SecretsDetector
from app.pipeline.engine import Engine
from app.pipeline.patterns.secrets import ENTITIES, TOKENS
from app.pipeline.policy import Policy
from app.pipeline.span import resolve

DETECTOR = SecretsDetector()
POLICY = Policy()


def found(text: str) -> list[tuple[str, str]]:
    """Entity and value of each span."""
    spans = resolve(DETECTOR.detect(text, POLICY))
    return [(span.entity, text[span.start : span.end]) for span in spans]


_ALPHABETS = {
    "d": "0123456789",
    "h": "0123456789abcdef",
    "H": "0123456789ABCDEF",
    "u": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "a": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "l": "abcdefghijklmnopqrstuvwxyz0123456789",
    "w": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_",
    "b": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/",
}
_PLACE = re.compile(r"\{([a-zA-Z])([0-9]+)\}")


def made(form: str, seed: int) -> str:
    """A value of `form`, in which "{a36}" stands for 36 letters and digits. The last of each is alphanumeric."""
    chance = random.Random(f"{form}{seed}")

    def some(match: re.Match[str]) -> str:
        alphabet, size = _ALPHABETS[match[1]], int(match[2])
        return "".join(chance.choices(alphabet, k=size - 1)) + chance.choice(alphabet[:6])

    return _PLACE.sub(some, form)


#: Forms that the issuers publish, by what each is.
FORMS = {
    "AWS access key": "AKIA{u16}",
    "AWS temporary key": "ASIA{u16}",
    "AWS Bedrock key": "ABSK{b128}=",
    "GitHub personal": "ghp_{a36}",
    "GitHub OAuth": "gho_{a36}",
    "GitHub user": "ghu_{a36}",
    "GitHub server": "ghs_{a36}",
    "GitHub refresh": "ghr_{a76}",
    "GitHub fine-grained": "github_pat_{a22}_{a59}",
    "GitLab personal": "glpat-{w20}",
    "GitLab routable": "glpat-{w27}.01.{l9}",
    "GitLab runner": "glrt-{w20}",
    "GitLab deploy": "gldt-{w20}",
    "GitLab trigger": "glptt-{h40}",
    "Slack bot": "xoxb-{d12}-{d13}-{a24}",
    "Slack user": "xoxp-{d12}-{d12}-{d13}-{h32}",
    "Slack refresh": "xoxe-1-{a146}",
    "Slack app": "xapp-1-A{H10}-{d13}-{h64}",
    "OpenAI": "sk-{a20}T3BlbkFJ{a20}",
    "OpenAI project": "sk-proj-{w74}T3BlbkFJ{w74}",
    "OpenAI service": "sk-svcacct-{w74}T3BlbkFJ{w74}",
    "OpenAI admin": "sk-admin-{w58}",
    "Anthropic": "sk-ant-api03-{w93}AA",
    "Anthropic OAuth": "sk-ant-oat01-{w93}AA",
    "Anthropic admin": "sk-ant-admin01-{w93}AA",
    "DeepSeek": "sk-{h32}",
    "OpenRouter": "sk-or-v1-{h64}",
    "Groq": "gsk_{a52}",
    "xAI": "xai-{a80}",
    "Perplexity": "pplx-{a48}",
    "Hugging Face": "hf_{a34}",
    "Replicate": "r8_{a37}",
    "NVIDIA": "nvapi-{w64}",
    "LangSmith": "lsv2_pt_{h32}_{h10}",
    "Google API": "AIza{w35}",
    "Google access": "ya29.{w120}",
    "Google client": "GOCSPX-{w28}",
    "Stripe secret": "sk_live_{a24}",
    "Stripe long secret": "sk_live_{a99}",
    "Stripe restricted": "rk_live_{a24}",
    "Stripe test": "sk_test_{a24}",
    "Stripe webhook": "whsec_{a32}",
    "Azure client secret": "{a3}8Q~{w34}",
    "Twilio key": "SK{h32}",
    "SendGrid": "SG.{w22}.{w43}",
    "Mailgun": "key-{h32}",
    "Mailchimp": "{h32}-us12",
    "Brevo": "xkeysib-{h64}-{a16}",
    "npm": "npm_{a36}",
    "PyPI": "pypi-AgEIcHlwaS5vcmc{w140}",
    "RubyGems": "rubygems_{h48}",
    "Docker Hub": "dckr_pat_{w27}",
    "Databricks": "dapi{h32}",
    "DigitalOcean": "dop_v1_{h64}",
    "Heroku": "HRKU-AA{w58}",
    "Cloudflare user": "cfut_{a40}{h8}",
    "Cloudflare account": "cfat_{a40}{h8}",
    "Cloudflare origin": "v1.0-{h24}-{h146}",
    "Atlassian": "ATATT3xFfGF0{w170}={H8}",
    "Bitbucket": "ATBB{a32}",
    "Shopify access": "shpat_{h32}",
    "Shopify secret": "shpss_{h32}",
    "Square access": "sq0atp-{w22}",
    "Square secret": "sq0csp-{w43}",
    "Square token": "EAAA{w60}",
    "Telegram": "{d10}:AA{w33}",
    "Linear": "lin_api_{a40}",
    "Notion": "ntn_{d11}{a35}",
    "Notion old": "secret_{a43}",
    "Postman": "PMAK-{h24}-{h34}",
    "Doppler personal": "dp.pt.{a43}",
    "Doppler service": "dp.st.dev.{a43}",
    "Vault service": "hvs.{w90}",
    "Vault batch": "hvb.{w138}",
    "HCP Terraform": "{a14}.atlasv1.{w67}",
    "Pulumi": "pul-{h40}",
    "Grafana service": "glsa_{a32}_{H8}",
    "Grafana cloud": "glc_{b120}",
    "New Relic user": "NRAK-{u27}",
    "New Relic licence": "{h36}NRAL",
    "Sentry user": "sntryu_{h64}",
    "Sentry organisation": "sntrys_eyJ{b150}_{b43}",
    "Supabase secret": "sb_secret_{w31}",
    "Supabase personal": "sbp_{h40}",
    "PlanetScale": "pscale_tkn_{w43}",
    "Pinecone": "pcsk_{a6}_{a62}",
    "Vercel blob": "vercel_blob_rw_{a16}_{a30}",
    "Vercel": "vcp_{a56}",
    "Netlify": "nfp_{a36}",
    "Fly.io": "fo1_{w43}",
    "Fly.io macaroon": "fm2_{b300}",
    "Tailscale": "tskey-auth-{a17}-{a32}",
    "1Password": "ops_eyJ{b400}",
    "Figma": "figd_{w40}",
    "SonarQube": "squ_{h40}",
    "Buildkite": "bkua_{h40}",
    "CircleCI": "CCIPAT_{a22}_{h40}",
    "Plaid": "access-production-{h8}-{h4}-{h4}-{h4}-{h12}",
    "Braintree": "access_token$production${l16}${h32}",
    "Alibaba": "LTAI{a20}",
}
#: What a token stands in.
AROUND = [
    "{}",
    "KEY={}\n",
    "my key is {}, please check it",
    "use `{}`.",
    '{{"x": "{}"}}',
    "x('{}')",
    "curl -H 'X-Key: {}' https://api.example.com/",
    "https://api.example.com/?k={}&page=2",
    "密钥：{}。",
    '"a\\n{}\\n"',
    "k%3D{}",
]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_is_found_whole_wherever_it_stands(form: str) -> None:
    for seed in range(8):
        value = made(form, seed)
        for around in AROUND:
            assert ("API_KEY", value) in found(around.format(value)), around.format(value)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_form_is_nothing_inside_a_word_or_cut_short(form: str) -> None:
    value = made(form, 0)
    assert found(f"x{value}") == [] or form[0] == "{"
    assert found(value[:14]) == []


#: What a key stands behind; in code, files, commands, headers, tables and sentences.
KEYS = [
    "API_KEY={}",
    'export SECRET_KEY="{}"',
    "api_key: {}",
    '"apiKey": "{}"',
    "const token = '{}';",
    'const token: string = "{}";',
    "https://api.example.com/?access_token={}&page=2",
    "--api-key {}",
    "--token={}",
    "x-api-key: {}",
    "my API key is {}.",
    "Authorization: Bearer {}",
    "<apiKey>{}</apiKey>",
    '<add key="ApiKey" value="{}"/>',
    'os.environ["API_TOKEN"] = "{}"',
    "AWS_SECRET_ACCESS_KEY={}",
    "DefaultEndpointsProtocol=https;AccountName=x;AccountKey={};EndpointSuffix=core.windows.net",
    "| API key | {} |",
    "**API key:** `{}`",
    "'secret' => '{}',",
    'setToken("{}")',
    'define("API_SECRET", "{}");',
    '\\"api_key\\": \\"{}\\"',
]
PASSWORDS = [
    "DB_PASSWORD={}",
    "password: {}",
    '"password": "{}"',
    "password = '{}'",
    'password: str = "{}"',
    "--password {}",
    "my password is {}.",
    "The password for the server is {}",
    "Server=db;User Id=sa;Pwd={};Encrypt=1",
    "<password>{}</password>",
    "user=bob password={} host=db",
    "login: bob / password: {}",
    "| Password | {} |",
    'password => "{}"',
    "postgres://app:{}@db.example.com:5432/main",
    "redis://:{}@cache.example.com",
    "curl -u admin:{} https://api.example.com",
    "curl --user bob@example.com:{} https://api.example.com",
    "mysql -u root -p{} main",
    "sshpass -p '{}' ssh host",
    "redis-cli -h cache -a {} ping",
    "machine example.com login bob password {}",
]


@pytest.mark.parametrize("around", KEYS)
def test_a_key_is_found_by_the_word_before_it(around: str) -> None:
    misses = 0
    for form in ("{a32}", "{h40}", "{l24}", "{a6}-{a20}", "{b39}="):
        for seed in range(20):
            value = made(form, seed)
            misses += ("API_KEY", value) not in found(around.format(value))
    assert misses <= 1, "99 of 100"


@pytest.mark.parametrize("around", PASSWORDS)
@pytest.mark.parametrize("value", ["hunter2", "Summer2024!", "tr0ub4dor&3", "c0rrect-horse-9", "x8#Kq!m2Zp"])
def test_a_password_is_found_by_what_stands_before_it(around: str, value: str) -> None:
    assert found(around.format(value)) == [("PASSWORD", value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("JWT_SECRET=7f3kq9vmzp21xw", "7f3kq9vmzp21xw"),
        ("AUTH_TOKEN=7f3kq9vmzp21xw", "7f3kq9vmzp21xw"),
        ("JWT_SECRET = 'hunter2-correct-horse'", "hunter2-correct-horse"),
        ("APP_SECRET: c0rrect-horse", "c0rrect-horse"),
        ("JWT_SECRET=your-secret-2", ""),
        ("JWT_SECRET=12345678", ""),
        ("JWT_SECRET=correct-horse", ""),
        ("CLIENT_SECRET = client_secret2", ""),
        ("jwt_secret = load2", ""),
        ("AUTH_TOKEN='hunter2-correct-horse'", ""),  # nobody chooses a token
        ("SECRET_VERSION=7f3kq9vmzp21xw", ""),
    ],
)
def test_constants_that_are_called_secret_hold_one(text: str, value: str) -> None:
    assert found(text) == ([("API_KEY", value)] if value else [])


#: What stands between the marks is secret, and nothing else.
EXAMPLES = [
    # As AWS prints them.
    ("aws_access_key_id = «AKIAIOSFODNN7EXAMPLE»", "API_KEY"),
    ("aws_secret_access_key = «wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»", "API_KEY"),
    ('secret_key = "«django-insecure-9x8@k2l$f»"', "API_KEY"),
    ("postgres://user:«pass»@host/db", "PASSWORD"),
    ("mongodb+srv://app:«p%40ss»@c0.example.net/x?retryWrites=true", "PASSWORD"),
    ("Authorization: Basic «dXNlcjpwYXNzd29yZA==»", "PASSWORD"),
    ("https://«9f86d081884c7d659a2feaa0c55ad015»@o1.ingest.sentry.io/42", "API_KEY"),
    ("?sv=2022&sig=«Nx9%2Bq7Jr0Zk1mVb3Ls5Tw8Yc2Df4Gh6Pj%2FaXe0Ro%3D»&se=1", "API_KEY"),
    ("https://hooks.slack.com/services/«T01ABCDEF/B02GHIJKL/a1B2c3D4e5F6g7H8i9J0k1L2»", "API_KEY"),
    ("HEROKU_API_KEY=«8a2f6c1e-93b7-4d0a-b5c4-1f7e2d9a6b38»", "API_KEY"),
    ("heroku auth: «8a2f6c1e-93b7-4d0a-b5c4-1f7e2d9a6b38»", "API_KEY"),
    ("PRIVATE-TOKEN: «q8Zx3mVb7Ls5Tw9Yc2Df»", "API_KEY"),
    ("use the token «9f86d081884c7d659a2f» then", "API_KEY"),
    ("Password: `«hunter2»`", "PASSWORD"),
    ("password:\n  not here\npasswd: «hunter2»", "PASSWORD"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "entity"), EXAMPLES)
def test_the_value_alone_is_hidden(text: str, entity: str) -> None:
    assert found(text.replace("«", "").replace("»", "")) == [(entity, text.partition("«")[2].partition("»")[0])]


#: In the form of a secret, or behind the word for one, and none.
HARMLESS = [
    "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
    "token sha 9f86d081",
    "550e8400-e29b-41d4-a716-446655440000",
    '"integrity": "sha512-9NET910DNaIPngYnLLPeg+Ogzqsi9uM4mSboU5y6p8S5DzMTVEsJZrawi+BoDNUVBa2DhJqQYUFvMDfgU062LQ=="',
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me@example",
    "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUJ1v8Xq3Yb0Zl5n2w7c9Q4k6R8s0wCgYIKoZI\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3q8Xb5n2w7c9Q4k6R8s0\n-----END PUBLIC KEY-----",
    "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    'f"-----BEGIN PRIVATE KEY-----\\n{b64encode(key)}\\n-----END PRIVATE KEY-----"',
    "toolu_01A09q90qw90lq917835lq9 call_abc123def456ghi789jkl012 resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b",
    "msg_013Zva2CMHLNnXjNJJKqJ2EF chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT req_011CSHoEeqs5C35K2UUqR7Fy",
    "sk-test sk-not-a-key sk-your-key-here sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    '<div class="sk-folding-cube sk-three-bounce-with-a-very-long-name-of-a-class"></div>',
    "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx AKIAXXXXXXXXXXXXXXXX npm_config_registry",
    "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
    "eyJhbGciOi is how a JWT begins; eyJub3QiOiJhIGp3dCJ9.eyJhIjoxMjM0fQ.aaaaaaaaaa is none",
    "password = os.environ['DB_PASSWORD']",
    "password=process.env.DB_PASSWORD2",
    "password: ${DB_PASSWORD_2}",
    "password: {{ vault.password1 }}",
    "password = get_password2()",
    "password: <your password 1>",
    "password: ********",
    "password = settings.DATABASES['default']",
    "password: string;",
    "password: Optional[str] = None",
    "const password = req.body.password;",
    "login(user=user1, password=password1)",
    "token = tokens[0]",
    "token = tokenizer.next_token2()",
    'token_type: "bearer2024abc"',
    "max_tokens=4096, token_count: 128000",
    'next_page_token: "CAEQAA2b9f8a7d6c5e4f3a2b1c0d"',
    "secretName: my-secret-2",
    'api_key: "YOUR_API_KEY_HERE_123"',
    "api_key = 'sk-...'",
    'API_KEY="changeme123"',
    "passwordResetUrl: /reset/2024",
    "password_hash_algorithm = 'pbkdf2_sha256'",
    "The password must be 8-20 characters long.",
    "The password is 12 characters long.",
    "My password is wrong. The token is invalid, the secret is out.",
    "This passes: 123456 of 123457. pass: 123456",
    "TWO_PWR_32_DBL = TWO_PWR_16_DBL * 2",
    "compass: bearing270",
    "docker run -u 1000:1000 image; chown -R user:group .",
    "http://localhost:8080/?mail=a@example.com",
    "https://example.com:443/@user/x",
    "Authorization: Bearer <token>, Bearer authentication, Basic authentication",
    "BASIC programming, basic knowledge",
    "bearer of the ring",
    "the key-value store, key-frames, sig=1, -us, msg.",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert found(text) == []


def _jwt(header: dict[str, str], payload: dict[str, str]) -> str:
    parts = [json.dumps(header).encode(), json.dumps(payload).encode(), random.Random(7).randbytes(32)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def test_a_jwt_is_known_by_its_header() -> None:
    token = _jwt({"alg": "HS256", "typ": "JWT"}, {"sub": "42", "name": "Jane Doe"})
    assert found(f"id_token={token}&x=1") == [("JWT", token)]
    assert found(f"Authorization: Bearer {token}")[-1] == ("JWT", token)
    unsigned = token.rpartition(".")[0] + "."
    assert found(f"a {unsigned} b") == [("JWT", unsigned)]
    encrypted = _jwt({"alg": "RSA-OAEP", "enc": "A256GCM"}, {}) + ".c2Vjb25k.dGhpcmQ"
    assert found(encrypted) == [("JWT", encrypted)]
    assert found(_jwt({"kid": "only"}, {"sub": "42"})) == []


def _armour(label: str, lines: int, joint: str = "\n") -> str:
    body = [made("{b64}", number) for number in range(lines)]
    return joint.join([f"-----BEGIN {label}-----", *body, made("{b20}", 0) + "=", f"-----END {label}-----"])


@pytest.mark.parametrize(
    "label",
    ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY",
     "PGP PRIVATE KEY BLOCK"],
)  # fmt: skip
@pytest.mark.parametrize("joint", ["\n", "\r\n", "\\n", "\n    "])
def test_a_private_key_is_hidden_with_its_armour(label: str, joint: str) -> None:
    block = _armour(label, 12, joint)
    assert found(f'key = "{block}"\nfoo') == [("PRIVATE_KEY", block)]


def test_a_private_key_that_was_cut_off_is_hidden_as_far_as_it_goes() -> None:
    lines = _armour("RSA PRIVATE KEY", 6).split("\n")[:5]
    assert found("\n".join([*lines, "", "Why does this not work?"])) == [("PRIVATE_KEY", "\n".join(lines))]
    twice = "\n".join([*lines, _armour("RSA PRIVATE KEY", 3)])
    assert [value for _, value in found(twice)] == ["\n".join(lines), _armour("RSA PRIVATE KEY", 3)]


def test_other_armour_for_private_keys() -> None:
    age = "AGE-SECRET-KEY-1" + made("{u58}", 1).replace("2", "Q")
    assert found(f"# public key: age1xyz\n{age}\n") == [("PRIVATE_KEY", age)]
    lines = "\n".join(made("{b64}", number) for number in range(3))
    putty = f"PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 3\n{lines}\nPrivate-MAC: 00"
    assert found(putty) == [("PRIVATE_KEY", lines)]


def test_the_key_of_a_json_leaf_announces_its_value() -> None:
    engine = Engine({"secrets": DETECTOR}, ENTITIES)
    key = made("{a32}", 3)
    for name, value in [("apiKey", key), ("aws_secret_access_key", key), ("dbPassword", "hunter2"), ("token", key)]:
        leaf = engine.findings_in_leaf(value, name, POLICY)
        assert [(f.start, f.value) for f in leaf] == [(0, value)], name
    assert engine.findings_in_leaf(key, "next_page_token", POLICY) == []
    assert engine.findings_in_leaf(key, "tokenType", POLICY) == []
    assert engine.findings_in_leaf(key, "sha", POLICY) == []
    nested = json.dumps({"config": {"password": "hunter2", "user": "bob"}})
    assert [f.value for f in engine.findings_in_leaf(nested, "arguments", POLICY)] == ["hunter2"]


@pytest.mark.parametrize("password", ["s3cret", "p@ss!word", "p%40ss", "y7" * 20])
def test_a_url_keeps_its_shape(password: str) -> None:
    engine = Engine({"secrets": DETECTOR, "patterns": PatternsDetector()}, ENTITIES)
    found = engine.findings(f"postgres://app:{password}@db.example.com:5432/main", POLICY)
    assert [(f.entity, f.value) for f in found] == [("PASSWORD", password)]


def test_a_row_is_well_formed() -> None:
    for row in TOKENS:
        assert row.literals and all(literal == literal.lower() for literal in row.literals)
        assert row.entity in ENTITIES and WORDS.keys().isdisjoint(row.literals)


STRONG, MADE_UP = "Tr0ub4dor&3", "u58uu6p9obdkpr54q"
SAID = (
    "the password's {}", "login: kbrown / {}", "creds are svc_backup:{}",
    "SSID: HomeNet\nKey: {}", "the wifi key is {}", "Password (8 characters or more): {}", "<p>Password: <b>{}</b></p>",
    "We have reset your password to {}.", "The password for the archive ({}) was sent.", "Mot de passe : {}",
    "{} is the password for the archive", "agent: what password did you enter?\ncustomer: i typed {}",
    "CREATE USER app IDENTIFIED BY '{}';", "zip -P {} out.zip file", "htpasswd -b .htpasswd kbrown {}",
    "auth=('kbrown', '{}')", "host,user,password\na1,kbrown,{}\n",
)  # fmt: skip


@pytest.mark.parametrize("text", SAID)
@pytest.mark.parametrize("value", [STRONG, MADE_UP])
def test_what_can_only_be_a_password_is_found_in_the_sentence_about_it(text: str, value: str) -> None:
    assert ("PASSWORD", value) in found(text.format(value))


@pytest.mark.parametrize(
    "text",
    [
        "Passwords are stored with PBKDF2SHA1 or scrypt.",
        "I forgot the password of my iPhone12Pro again",
        "Failed password for invalid user admin from 192.0.2.7 port 40122 ssh2",
        "the password hash is 5f4dcc3b5aa765d61d8327deb882cf99",
        "password reset in commit 9f86d081884c7d65",
        "password policy: see KB0012345 and ISO27001",
        "login: kbrown / reader",
        "the wifi key is under the mat of flat 12",
    ],
)
def test_what_may_be_something_else_stays(text: str) -> None:
    assert [value for entity, value in found(text) if entity == "PASSWORD"] == []
