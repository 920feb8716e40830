"""Credentials whose issuer gave them a form of their own, row by row.

Each row was written from what the issuer publishes: the prefix, the alphabet and the length. Lengths are taken
generously, as issuers reserve the right to change them and the prefix tells enough.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from app.pipeline.patterns.secret_values import is_password, is_random

API_KEY, JWT, PASSWORD, PRIVATE_KEY = "API_KEY", "JWT", "PASSWORD", "PRIVATE_KEY"
#: Everything the layer finds is one of these.
ENTITIES = (API_KEY, JWT, PASSWORD, PRIVATE_KEY)


@dataclass(frozen=True, slots=True)
class Secret:
    """A credential found from one of its `literals` (in lower case), by `regex` from there on.

    `regex` takes case into account where the issuer does; its group `value`, if it has one, is what is secret.
    With `before`, the literal stands inside the value, and that matches what leads up to it. A value begins at the
    start of a word unless it has a group of its own. All repeats are bounded, so a row costs no more than its reach;
    where that is far, no other value may begin within one.
    """

    entity: str
    literals: tuple[str, ...]
    regex: re.Pattern[str]
    validator: Callable[[str], bool] | None = None
    before: re.Pattern[str] | None = None

    @property
    def is_surrounded(self) -> bool:
        """Whether the value is only a part of what `regex` matches."""
        return "value" in self.regex.groupindex


_END = r"(?![A-Za-z0-9_])"


def _key(literals: str, regex: str, validator: Callable[[str], bool] | None = None, before: str = "") -> Secret:
    leading = re.compile(before + r"\Z") if before else None
    return Secret(API_KEY, tuple(literals.split()), re.compile(regex + _END), validator, leading)


def _decoded(text: str) -> bytes:
    """Base64 of either alphabet, padded or not; empty if it is none."""
    text = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return b""


def _is_jwt(value: str) -> bool:
    """Whether the header is one: JSON that names an algorithm (RFC 7515, 7516)."""
    try:
        header = json.loads(_decoded(value.partition(".")[0]))
    except (ValueError, RecursionError):
        return False
    return isinstance(header, dict) and "alg" in header


def _is_user_and_password(value: str) -> bool:
    """Basic credentials (RFC 7617): base64 of a user, a colon and a password."""
    user, colon, password = _decoded(value).partition(b":")
    return bool(colon and password) and (user + password).isascii() and (user + password).decode().isprintable()


def _has_digit(value: str) -> bool:
    return any("0" <= char <= "9" for char in value)


def _is_random(value: str) -> bool:
    return is_random(value, 16)


def _is_no_group(value: str) -> bool:
    """`docker run -u 1000:1000` names a group."""
    return not (value.isdigit() and len(value) < 6)


_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

TOKENS: tuple[Secret, ...] = (
    # Clouds ---------------------------------------------------------------------------------------------------------
    # AWS, "IAM identifiers: unique ID prefixes": AKIA is a long-lived key, ASIA a temporary one.
    _key("akia asia abia acca", "A(?:KI|SI|BI|CC)A[A-Z0-9]{16}"),
    _key("absk", r"ABSK[A-Za-z0-9+/]{100,280}={0,2}"),  # Bedrock
    # Google Cloud: API keys, OAuth access and refresh tokens, client secrets.
    _key("aiza", r"AIza[\w-]{35}(?!-)"),
    _key("ya29.", r"(?<![.-])ya29\.[\w.-]{20,2048}(?<![.-])"),
    _key("1//0", r"(?<![.-])1//0[\w-]{40,512}", _is_random),
    _key("gocspx-", r"GOCSPX-[\w-]{24,32}"),
    # Azure: storage and service bus keys in connection strings, SAS signatures, Entra client secrets.
    _key("accountkey= accesskey=", r"(?i:A[a-z]{5,6}Key=)(?P<value>[A-Za-z0-9+/]{40,100}={0,2})"),
    _key("sig=", r"(?<=[?&;]).{4}(?P<value>[A-Za-z0-9%+/]{40,160}={0,2})", _has_digit),
    _key("q~", r"Q~[A-Za-z0-9_~.-]{31,34}(?<![.-])", before=r"[A-Za-z0-9_~.][A-Za-z0-9_~.-]{2}[0-9]"),
    _key("dop_v1_ doo_v1_ dor_v1_", "do[opr]_v1_[0-9a-f]{64}"),  # DigitalOcean
    _key("cfk_ cfut_ cfat_", r"cf(?:k|ut|at)_[A-Za-z0-9_-]{40,80}"),  # Cloudflare, "Token formats"
    _key("v1.0-", r"v1\.0-[0-9a-f]{24}-[0-9a-f]{100,200}"),  # Cloudflare origin CA
    _key("hrku-", r"HRKU-[\w-]{36,80}"),  # Heroku
    _key("heroku", rf"(?i:heroku)[\w \"':=.-]{{1,40}}?(?<![\w-])(?P<value>(?i:{_UUID}))"),
    _key("ltai", "LTAI[A-Za-z0-9]{12,24}"),  # Alibaba Cloud
    _key("fo1_", r"fo1_[\w-]{43}"),  # Fly.io
    _key("fm1a_ fm1r_ fm2_", r"(?<![+/])fm(?:1[ar]|2)_[A-Za-z0-9+/_]{100,4096}={0,2}"),
    _key("vercel_blob_rw_", r"vercel_blob_rw_[A-Za-z0-9_]{24,64}"),
    _key("vcp_ vci_ vca_ vcr_ vck_", r"vc[piark]_[A-Za-z0-9]{24,80}", _has_digit),  # Vercel
    _key("nfp_", "nfp_[A-Za-z0-9]{36,40}"),  # Netlify
    _key("rnd_", "rnd_[A-Za-z0-9]{28,32}", _has_digit),  # Render
    # Data -----------------------------------------------------------------------------------------------------------
    _key("dapi", "dapi[0-9a-f]{32}(?:-[0-9])?"),  # Databricks
    _key("sb_secret_", r"sb_secret_[\w-]{20,64}"),  # Supabase, "Understanding API keys"; the publishable one is public
    _key("sbp_", r"sbp_[0-9a-z_]{40,80}"),
    _key("pscale_", r"pscale_(?:tkn|pw|oauth)_[\w.-]{32,64}"),  # PlanetScale
    _key("pcsk_", r"pcsk_[A-Za-z0-9_]{40,80}"),  # Pinecone
    # Code and delivery ----------------------------------------------------------------------------------------------
    # GitHub, "Behind GitHub's new authentication token formats": up to 255 characters.
    _key("ghp_ gho_ ghu_ ghr_", "gh[pour]_[A-Za-z0-9]{30,251}"),
    _key("ghs_", r"(?<![.-])ghs_[A-Za-z0-9_.-]{30,1024}(?<![.-])", _has_digit),
    _key("github_pat_", "github_pat_[A-Za-z0-9_]{50,244}"),
    # GitLab, "Token overview": one prefix for each kind.
    _key(
        "glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- glwt- glsoat- glffct- gloas-",
        r"gl(?:pat|dt|rtr?|cbt|ptt|ft|imt|agent|wt|soat|ffct|oas)-[\w.-]{20,300}(?<![.-])",
    ),
    _key("gr1348941", r"GR1348941[\w-]{20,24}"),
    _key("atatt3 atctt3", r"AT[AC]TT3[A-Za-z0-9_=-]{60,400}"),  # Atlassian
    _key("atbb", "ATBB[A-Za-z0-9]{28,40}", _has_digit),  # Bitbucket
    _key("npm_", "npm_[A-Za-z0-9]{36}"),
    _key("pypi-age", r"(?<!-)pypi-AgE[\w-]{50,1024}"),
    _key("rubygems_", "rubygems_[0-9a-f]{48}"),
    _key("dckr_pat_ dckr_oat_", r"dckr_[po]at_[\w-]{20,64}"),  # Docker Hub
    _key("lin_api_ lin_oauth_", "lin_(?:api|oauth)_[A-Za-z0-9]{32,80}"),  # Linear
    _key("figd_", r"figd_[\w-]{36,64}"),  # Figma
    _key("pmak-", "PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),  # Postman
    _key("bkua_", "bkua_[0-9a-f]{40}"),  # Buildkite
    _key("ccipat_", r"CCIPAT_[A-Za-z0-9]{16,32}_[0-9a-f]{40}"),  # CircleCI
    _key("sqp_ sqa_ squ_", "sq[pau]_[0-9a-f]{40}"),  # SonarQube
    _key(".atlasv1.", r"\.atlasv1\.[\w-]{60,70}", before="[A-Za-z0-9]{14}"),  # HCP Terraform
    _key("pul-", "pul-[0-9a-f]{40}"),  # Pulumi
    _key("hvs. hvb. hvr.", r"hv[sbr]\.[\w-]{20,300}"),  # HashiCorp Vault, "Tokens"
    _key("dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.", r"dp\.[a-z]{2,5}\.(?:[\w-]{1,32}\.)?[A-Za-z0-9]{40,44}"),
    _key("tskey-", r"tskey-[a-z]{2,12}-[A-Za-z0-9]{6,24}-[A-Za-z0-9]{20,64}"),  # Tailscale
    _key("ops_eyj", r"(?<![+/-])ops_eyJ[\w+/-]{100,2048}={0,2}"),  # 1Password
    # Observation ----------------------------------------------------------------------------------------------------
    _key("glsa_", "glsa_[A-Za-z0-9]{32}_[0-9A-Fa-f]{8}"),  # Grafana
    _key("glc_", r"glc_[A-Za-z0-9+/]{32,400}={0,2}"),
    _key("nrak- nrii- nrjs- nria-", r"NR(?:AK|II|JS|IA)-[\w-]{18,48}", _has_digit),  # New Relic
    _key("nral", "NRAL", before="[0-9a-fx]{32,36}"),
    # Sentry, "Token and Credential Formats".
    _key("sntryu_ sntryi_ sntrya_", "sntry[a-z]_[0-9a-f]{64}"),
    _key("sntrys_", r"(?<![+/-])sntrys_[A-Za-z0-9+/=_-]{40,512}"),
    # The key in a DSN may only write; people keep it to themselves nevertheless.
    _key("://", r"://(?P<value>[0-9a-f]{32})@[\w.-]{3,80}/[0-9]{1,16}"),
    # Money ----------------------------------------------------------------------------------------------------------
    _key("sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_", "[rs]k_(?:live|test|prod)_[A-Za-z0-9]{16,247}"),
    _key("whsec_", r"whsec_[A-Za-z0-9+/]{24,64}={0,2}"),  # Stripe
    _key("shpat_ shpca_ shppa_ shpss_ shpua_", "shp(?:at|ca|pa|ss|ua)_[0-9a-fA-F]{32}"),  # Shopify
    _key("sq0atp- sq0csp- sq0idp-", r"sq0(?:atp|csp|idp)-[\w-]{22,43}"),  # Square
    _key("eaaa", r"EAAA[\w-]{60}", _has_digit),
    _key("access_token$", r"access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}"),  # PayPal, Braintree
    _key("access-sandbox- access-development- access-production-", rf"access-[a-z]{{7,11}}-{_UUID}"),  # Plaid
    # Messages -------------------------------------------------------------------------------------------------------
    # Slack, "Token types"; the first part is always a number.
    _key("xoxa- xoxb- xoxc- xoxe- xoxo- xoxp- xoxr- xoxs-", r"xox[abceoprs]-[0-9]{1,14}-[A-Za-z0-9-]{10,400}"),
    _key("xoxe.xox", r"xoxe\.xox[bp]-[0-9]-[A-Za-z0-9]{20,400}"),
    _key("xoxd-", r"xoxd-[A-Za-z0-9%+/]{40,400}={0,2}", _has_digit),
    _key("xapp-", r"xapp-[0-9]-[A-Z0-9]{8,16}-[0-9]{8,16}-[0-9a-f]{40,80}"),
    _key("hooks.slack.com/", r"hooks\.slack\.com/[a-z]{7,9}/(?P<value>[A-Za-z0-9/]{30,90})", _has_digit),
    _key("/api/webhooks/", r"/api/webhooks/(?P<value>[0-9]{17,20}/[\w-]{50,90})"),  # Discord
    _key("discord", r"(?i:discord)[^\n]{0,80}?(?<![\w.-])(?P<value>[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,40})", _has_digit),
    _key(":aa", r":AA[\w-]{33}", before="[0-9]{8,10}"),  # Telegram, "Bots: authorizing"
    _key("sg.", r"SG\.[\w-]{22}\.[\w-]{43}"),  # SendGrid
    _key("key-", "key-[0-9a-f]{32}"),  # Mailgun
    _key("-us", "-us[0-9]{1,2}", before="[0-9a-f]{32}"),  # Mailchimp
    _key("xkeysib-", "xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}"),  # Brevo
    _key("ntn_", "ntn_[A-Za-z0-9]{40,60}"),  # Notion
    _key("secret_", "secret_[A-Za-z0-9]{43}", _has_digit),
    # Models ---------------------------------------------------------------------------------------------------------
    _key("sk-ant-", r"(?<!-)sk-ant-[a-z0-9]{3,8}-[\w-]{20,200}"),  # Anthropic
    # OpenAI, and the many that took its form over.
    _key("sk-proj- sk-svcacct- sk-admin- sk-none-", r"(?<!-)sk-[A-Za-z]{4,7}-[\w-]{20,250}", _has_digit),
    _key("sk-or-v1-", "sk-or-v1-[0-9a-f]{64}"),  # OpenRouter
    _key("sk-lf-", f"sk-lf-{_UUID}"),  # Langfuse
    _key("sk-", "sk-[A-Za-z0-9]{32,64}", _has_digit),
    _key("gsk_", "gsk_[A-Za-z0-9]{40,60}"),  # Groq
    _key("xai-", "xai-[A-Za-z0-9]{70,90}"),
    _key("pplx-", "pplx-[A-Za-z0-9]{40,60}"),  # Perplexity
    _key("hf_", "hf_[A-Za-z0-9]{30,40}"),  # Hugging Face, "User access tokens"
    _key("r8_", "r8_[A-Za-z0-9]{37}"),  # Replicate
    _key("nvapi-", r"nvapi-[\w-]{60,80}"),
    _key("tvly-", r"tvly-(?:dev-|prod-)?[A-Za-z0-9]{28,40}"),  # Tavily
    _key("lsv2_", "lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}"),  # LangSmith
    # Keys -----------------------------------------------------------------------------------------------------------
    Secret(PRIVATE_KEY, ("age-secret-key-1",), re.compile("(?i)AGE-SECRET-KEY-1[0-9A-Z]{58}" + _END)),
    Secret(PRIVATE_KEY, ("private-lines:",), re.compile(
        r"(?i)Private-Lines: [0-9]{1,3}\r?\n"
            r"(?P<value>[A-Za-z0-9+/=]{4,80}(?:[\r\n]{1,2}[A-Za-z0-9+/=]{4,80}(?![^\r\n])){0,200})")),  # PuTTY
    # A JWT's payload is somebody's, too, so all of it is hidden.
    Secret(JWT, ("eyj",), re.compile(
        r"(?<![.-])eyJ[A-Za-z0-9_-]{10,4096}\.[A-Za-z0-9_-]{2,16384}(?:\.[A-Za-z0-9_-]{0,16384}){1,3}"), _is_jwt),
    # Headers --------------------------------------------------------------------------------------------------------
    Secret(PASSWORD, ("basic ",), re.compile(
        r"(?i:basic) {1,3}(?P<value>[A-Za-z0-9+/_-]{6,400}={0,2})(?![\w=])"), _is_user_and_password),
    _key("bearer ", r"(?i:bearer) {1,3}(?P<value>[A-Za-z0-9._~+/-]{16,4096}(?<![.-])={0,2})", _is_random),
    # URLs (RFC 3986 userinfo): the password alone. That one may hold an @ is against the rules, but done.
    Secret(PASSWORD, ("://",), re.compile(
        r"://[^\s/?#@:\"'<>`]{0,128}:(?P<value>[^\s/?\"'<>`]{1,256})@(?=[\w.\[-])")),
    # Command lines: curl, mysql (which takes no blank), sshpass, docker login, redis-cli; and .netrc.
    Secret(PASSWORD, (" -u ", " --user ", "--user="), re.compile(
        r"[ -]{1,3}u(?:ser)?[ =][\"']?[^\s:\"'$/@]{1,64}(?:@[\w.-]{1,64})?:(?P<value>[^\s\"']{3,128})"), _is_no_group),
    Secret(PASSWORD, ("mysql",), re.compile(r"(?i:mysql)[^\n|;&]{0,120}? -p[\"']?(?P<value>[^\s\"'-][^\s\"']{3,127})")),
    Secret(PASSWORD, ("sshpass ", "docker login "), re.compile(
        r"(?i:sshpass|docker login)[^\n|;&]{0,120}? -p ?[\"']?(?P<value>[^\s\"'-][^\s\"']{3,127})")),
    Secret(PASSWORD, ("redis-cli ",), re.compile(
        r"redis-cli[^\n|;&]{0,120}? -a [\"']?(?P<value>[^\s\"'-][^\s\"']{3,127})")),
    Secret(PASSWORD, ("net use ",), re.compile(
        r"(?i:net use) [A-Za-z*]:? \\\\[^\s]{3,120} (?P<value>[^\s/*][^\s]{3,127})")),
    Secret(PASSWORD, ("zip -p ",), re.compile(r"zip -P ?[\"']?(?P<value>[^\s\"'-][^\s\"']{3,127})")),
    Secret(PASSWORD, ("htpasswd -",), re.compile(
        r"htpasswd -[A-Za-z]{0,8}b[A-Za-z]{0,8} [^\s]{1,128} [^\s]{1,64} [\"']?(?P<value>[^\s\"'-][^\s\"']{3,127})")),
    # Statements and calls that take one where they say so.
    Secret(PASSWORD, ("identified by ",), re.compile(r"(?i:identified by) [\"'](?P<value>[^\s\"']{4,128})[\"']")),
    Secret(PASSWORD, ("convertto-securestring ",), re.compile(
        r"(?i:ConvertTo-SecureString)(?: -String)? {1,3}[\"'](?P<value>[^\s\"'$]{4,128})[\"']")),
    Secret(PASSWORD, ("auth=(",), re.compile(
        r"auth=\([\"'][^\s\"']{1,64}[\"'], ?[\"'](?P<value>[^\s\"']{4,128})[\"']\)"), is_password),
    Secret(PASSWORD, ("login ",), re.compile(r"login\s{1,8}[^\s]{1,64}\s{1,8}password\s{1,8}(?P<value>[^\s]{4,128})")),
)  # fmt: skip
