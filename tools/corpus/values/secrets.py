"""Credentials: random, in the form their issuer gives them, so that none of them opens anything."""

from __future__ import annotations

import base64
import json
from random import Random
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

from tools.corpus.values.base import Forms, Maker

_MIXED = ascii_letters + digits
_HEX = "0123456789abcdef"


def _some(random: Random, alphabet: str, count: int) -> str:
    return "".join(random.choices(alphabet, k=count))


def _token(random: Random, _: str) -> Forms:
    """A key of one of these issuers, each as likely as the next."""
    mixed, hexadecimal, url = _MIXED, _HEX, _MIXED + "-_"
    name, prefix, alphabet, count, tail = random.choice(
        (
            ("aws", "AKIA", ascii_uppercase[:26] + "234567", 16, ""),
            ("github", "ghp" + "_", mixed, 36, ""),
            ("github", "github" + "_pat_", mixed + "_", 82, ""),
            ("gitlab", "glpat" + "-", url, 20, ""),
            ("openai", "sk" + "-proj-", url, 80, ""),
            ("anthropic", "sk" + "-ant-api03-", url, 93, "AA"),
            ("google", "AI" + "za", url, 35, ""),
            ("stripe", "sk" + "_test_", mixed, 24, ""),
            ("stripe", "rk" + "_live_", mixed, 24, ""),
            ("slack", "xox" + "b-" + _some(random, digits, 12) + "-", digits, 12, "-" + _some(random, mixed, 24)),
            ("npm", "npm" + "_", mixed, 36, ""),
            ("huggingface", "hf" + "_", ascii_letters, 34, ""),
            ("sendgrid", "SG" + "." + _some(random, url, 22) + ".", url, 43, ""),
            ("twilio", "S" + "K", hexadecimal, 32, ""),
            ("databricks", "dap" + "i", hexadecimal, 32, ""),
            ("digitalocean", "dop" + "_v1_", hexadecimal, 64, ""),
            ("docker", "dckr" + "_pat_", url, 27, ""),
            ("shopify", "shp" + "at_", hexadecimal, 32, ""),
            ("pypi", "pypi" + "-AgEIcHlwaS5vcmc", url, 120, ""),
        )
    )
    value = prefix + _some(random, alphabet, count) + tail
    return {"bare": value, name: value}


def _aws_sample(random: Random, _: str) -> Forms:
    """What the AWS documentation prints."""
    return {"bare": random.choice(("AKIA" + "IOSFODNN7EXAMPLE", "AKIA" + "I44QH8DHBEXAMPLE"))}


def _aws_secret(random: Random, _: str) -> Forms:
    if random.random() < 0.3:
        return {"bare": "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"}
    return {"bare": _some(random, _MIXED + "/+", 40)}


def _encoded(data: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(data, separators=(",", ":")).encode()).decode().rstrip("=")


def _jwt(random: Random, _: str) -> Forms:
    head = {"alg": random.choice(("HS256", "RS256")), "typ": "JWT"}
    body = {"sub": _some(random, digits, 10), "iat": random.randint(1_500_000_000, 1_700_000_000)}
    return {"bare": f"{_encoded(head)}.{_encoded(body)}.{_some(random, _MIXED + '-_', 43)}"}


def _password(random: Random, split: str) -> Forms:
    words = {
        "tune": "Copper Otter Lantern Granite",
        "held-out": "Velvet Walnut Comet Harbour",
        "unseen": "Saffron Badger Anvil Juniper",
        "fresh": "Puffin Marzipan Glacier Thistle",
    }[split].split()
    value = random.choice(
        (
            random.choice(words) + random.choice("!#$*") + _some(random, digits, 4),
            _some(random, _MIXED, 12) + random.choice("!#*") + _some(random, _MIXED, 3) + "7",
            _some(random, ascii_lowercase + digits, 15) + "4q",
        )
    )
    return {"bare": value}


def _private_key(random: Random, _: str) -> Forms:
    kind = random.choice(("RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "EC PRIVATE KEY"))
    lines = [_some(random, _MIXED + "+/", 64) for _ in range(random.randint(3, 12))]
    return {
        "bare": "\n".join(
            [f"-----BEGIN {kind}-----", *lines, _some(random, _MIXED, 22) + "==", f"-----END {kind}-----"]
        )
    }


MAKERS = {
    "TOKEN": Maker("API_KEY", "", _token),
    "AWS_KEY_ID": Maker("API_KEY", "", _aws_sample),
    "AWS_SECRET": Maker("API_KEY", "", _aws_secret),
    "JWT": Maker("JWT", "", _jwt),
    "PASSWORD": Maker("PASSWORD", "", _password),
    "PRIVATE_KEY": Maker("PRIVATE_KEY", "", _private_key),
}
