from __future__ import annotations

import pytest

from app.hosts import is_loopback, is_ours, name_of, parse_hosts, parse_origins


@pytest.mark.parametrize(
    "host",
    [
        "localhost:3000",
        "LocalHost:3000",
        "localhost:03000",
        "127.0.0.1:3000",
        "127.255.255.254:3000",
        "[::1]:3000",
        "[0:0:0:0:0:0:0:1]:3000",
        "192.0.2.7:3000",  # the address it came in on
        "box:3000",  # the name it was told to listen on
        "anonamoose",
        "anonamoose:8080",
        "ANONAMOOSE:3000",
        "llm.example.com:8443",
    ],
)
def test_hosts_that_are_ours(host: str) -> None:
    assert is_ours(host, 3000, "Box", "192.0.2.7", "anonamoose, LLM.example.com:8443")


@pytest.mark.parametrize(
    "host",
    [
        "",
        " ",
        "localhost",
        "localhost:",
        "localhost:3001",
        "localhost:30000",
        "localhost:3000:3000",
        "localhost.:3000",
        "localhost :3000",
        " localhost:3000",
        "localhost:3000\n",
        "localhost:３０００",
        "localhost:+3000",
        "localhost,evil.example:3000",
        "evil@localhost:3000",
        "localhost:3000@evil.example",
        "localhost/:3000",
        "http://localhost:3000",
        "localhost.evil.example:3000",
        "evil.localhost:3000",
        "evil.example:3000",
        "evil.example",
        # Letters that only look like ours, or that some library folds into them.
        "ｌｏｃａｌｈｏｓｔ:3000",
        "loca\u217chost:3000",
        "lоcalhost:3000",
        "local\u00adhost:3000",
        "localho\u017ft:3000",
        "localhost\u200b:3000",
        "LOCALHOſT:3000",
        "①②⑦.0.0.1:3000",
        "127\u30020\u30020\u30021:3000",
        "١٢٧.0.0.1:3000",
        # What inet_aton takes for an address of this machine, and a browser rewrites.
        "127.1:3000",
        "127.0.0.01:3000",
        "0177.0.0.1:3000",
        "0x7f.0.0.1:3000",
        "2130706433:3000",
        "0.0.0.0:3000",
        "0:3000",
        "126.0.0.1:3000",
        "128.0.0.1:3000",
        "192.0.2.8:3000",
        "192.0.2.7:3001",
        "::1:3000",
        "[::]:3000",
        "[::2]:3000",
        "[::ffff:127.0.0.1]:3000",
        "[::1%lo]:3000",
        "[localhost]:3000",
        "[::1:3000",
        "box:3001",
        "sub.anonamoose:3000",
        "llm.example.com",
        "llm.example.com:3000",
        "a" * 70_000,
        "localhost:" + "0" * 70_000 + "3000",
    ],
)
def test_hosts_that_are_not(host: str) -> None:
    assert not is_ours(host, 3000, "Box", "192.0.2.7", "anonamoose, LLM.example.com:8443")


def test_no_port_is_port_80() -> None:
    assert is_ours("localhost", 80, "localhost", "", "") and is_ours("[::1]", 80, "localhost", "", "")
    assert not is_ours("localhost:80", 3000, "localhost", "", "")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"])
def test_what_only_this_machine_reaches(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "box", "", "localhost.", "::ffff:127.0.0.1", "fe80::1"])
def test_what_others_may_reach(host: str) -> None:
    assert not is_loopback(host)


def test_the_name_in_a_header() -> None:
    assert [name_of(host) for host in ("A.example:1", "[::1]:3", "x y", "ｌ", "")] == ["a.example", "[::1]", "", "", ""]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", set()),
        (" , ", set()),
        ("a, B.example:80", {"a", "b.example:80"}),
        ("192.0.2.1, [2001:db8::1]:3000", {"192.0.2.1", "[2001:db8::1]:3000"}),
    ],
)
def test_a_list_of_hosts(text: str, found: set[str]) -> None:
    assert parse_hosts(text) == found


@pytest.mark.parametrize(
    "text", ["*", "*.example.com", "https://a.example", "a b", "a/", "ä.example", "a:b", "a:123456"]
)
def test_what_is_no_list_of_hosts(text: str) -> None:
    with pytest.raises(ValueError, match=r"^It must"):
        parse_hosts(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", set()),
        ("https://Chat.example.com, http://localhost:5173/", {"https://chat.example.com", "http://localhost:5173"}),
        ("https://a.example:443, http://a.example:80", {"https://a.example", "http://a.example"}),
        ("http://a.example:443", {"http://a.example:443"}),
        ("app://obsidian.md, vscode-webview://0abc", {"app://obsidian.md", "vscode-webview://0abc"}),
        (
            "chrome-extension://abcdef, file://, http://[::1]:3",
            {"chrome-extension://abcdef", "file://", "http://[::1]:3"},
        ),
    ],
)
def test_a_list_of_origins(text: str, found: set[str]) -> None:
    assert parse_origins(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "null",
        "https://*",
        "https://*.example.com",
        "a.example",
        "https://a.example/x",
        "https://ä.example",
        "://a",
    ],
)
def test_what_is_no_list_of_origins(text: str) -> None:
    with pytest.raises(ValueError, match=r"^It must"):
        parse_origins(text)
