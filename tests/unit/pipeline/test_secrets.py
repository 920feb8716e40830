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

from app.pipeline.detectors.secrets import SecretsDetector
from app.pipeline.engine import Engine
from app.pipeline.patterns.secrets import ENTITIES, TOKENS
from app.pipeline.policy import Policy

DETECTOR = SecretsDetector()
POLICY = Policy()


def found(text: str) -> list[tuple[str, str]]:
    """Entity and value of each span."""
    spans = sorted(DETECTOR.detect(text, POLICY), key=lambda span: span.start)
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
