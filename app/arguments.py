"""What the command line takes. Flags of the running app are generated from the settings."""

from __future__ import annotations

import argparse

from app import __version__
from app.evaluation.corpus import SPLITS
from app.flags import Parser, add_settings, positive
from app.running_arguments import add_running
from app.settings import DECLARED, OWN

_DESCRIPTION = "Keeps personal data out of the requests that your tools send to LLM APIs."
#: Settings that make sense for commands which work on a text.
_TEXT_SETTINGS = [row for row in DECLARED.values() if row.option.group == "Detection" or row.name == "data-dir"]

#: Settings that decide what is found; figures depend on nothing that is stored.
EVALUATION_SETTINGS = ("preset", "locale", "operators", "thresholds", "ner-threshold", "ner-model")


def parser() -> argparse.ArgumentParser:
    """The whole command line, for `main` and for the documentation."""
    everything = list(DECLARED.values())
    # All of them by name would be a page before the first command.
    top = Parser("anonamoose", usage="%(prog)s [SETTING ...] COMMAND ...", description=_DESCRIPTION)
    top.add_argument("--version", action="version", version=f"anonamoose {__version__}")
    add_settings(top, everything, None)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", prog="anonamoose")

    for name, words in (
        ("tray", "show the tray icon and run the proxy (this is the default)"),
        ("serve", "run the proxy without any window, for servers and containers"),
    ):
        add_settings(commands.add_parser(name, usage=f"anonamoose {name} [SETTING ...]", help=words), everything)

    demo = commands.add_parser("demo", help="see it at work: no key, no network")
    demo.add_argument("text", nargs="?", help="what to send instead of the sample")
    demo.add_argument("--plain", action="store_true", help="no colours and no boxes, as when the output is piped")

    words = "see that this installation can do all that it must; no key, no network"
    commands.add_parser("selftest", help=words)

    bench = commands.add_parser("bench", help="measure what the proxy costs, on this machine and without a network")
    bench.add_argument("--rounds", type=positive, metavar="N", help="how often each is measured (default: 20; 5)")
    bench.add_argument("--layers", action="store_true", help="measure how fast each layer and each pattern reads")
    bench.add_argument("--text", action="append", default=[], metavar="FILE", help="with --layers: what they read")
    bench.add_argument(
        "--ner", nargs="*", metavar="MODEL", help="measure how fast models read (default: the embedded one)"
    )
    bench.add_argument("--no-ner", action="store_true", help="leave the model out")
    bench.add_argument("--json", action="store_true", help="print the figures as JSON")
    add_settings(bench, [DECLARED["data-dir"]])

    evaluate = commands.add_parser("eval", help="measure what is found in texts whose personal data is known")
    evaluate.add_argument("file", nargs="+", help="a .jsonl corpus, or any text in which nothing should be found")
    evaluate.add_argument(
        "--ner", nargs="*", metavar="MODEL",
        help="measure models by themselves, side by side (default: the one in use); FILE may be a folder of sets",
    )  # fmt: skip
    evaluate.add_argument("--split", choices=SPLITS, help="only this part of the corpora")
    evaluate.add_argument("--kind", action="append", default=[], metavar="X", help="only texts of this kind, say prose")
    evaluate.add_argument("--limit", type=positive, default=0, metavar="N", help="read N texts, spread over all")
    evaluate.add_argument("--layers", metavar="X", help="layers, separated by commas (default: all but the dictionary)")
    evaluate.add_argument("--examples", type=int, default=3, metavar="N", help="show N of each entity (default: 3)")
    evaluate.add_argument("--html", metavar="FILE", help="write a page with all that was missed or found in vain")
    evaluate.add_argument("--against", metavar="FILE", help="tell what has changed since these figures, made by --json")
    evaluate.add_argument("--json", action="store_true", help="print the figures as JSON")
    add_settings(evaluate, [DECLARED[name] for name in (*EVALUATION_SETTINGS, "data-dir")])

    redact = commands.add_parser("redact", help="replace personal data in a text by placeholders")
    redact.add_argument("file", nargs="?", default="-", help="a text file, or - for standard input")
    redact.add_argument("--json", action="store_true", help="print text, session and spans as JSON")
    restore = commands.add_parser("restore", help="put the values back into a text with placeholders")
    restore.add_argument("file", nargs="?", default="-", help="a text file, or - for standard input")
    for command in (redact, restore):
        command.add_argument("--session", default="cli", help="the session that knows the values (default: cli)")
    add_settings(redact, _TEXT_SETTINGS)

    _add_clients(commands)
    add_running(commands)
    _add_stats(commands)
    _add_login(commands)
    _add_models(commands)
    session = commands.add_parser("session", help="list and delete sessions; settings that hold in a named one only")
    actions = session.add_subparsers(dest="action", metavar="ACTION", required=True)
    change = actions.add_parser("set", help="give a session its own settings: session set NAME preset=coding ner=off")
    clear = actions.add_parser("clear", help="forget a session's own settings; its placeholders stay")
    show = actions.add_parser("list", help="show the sessions that have settings of their own")
    every = actions.add_parser("all", help="show all sessions: placeholders, last use, and when they are deleted")
    inside = actions.add_parser("show", help="show the placeholders of a session, and no value")
    gone = actions.add_parser("delete", help="delete a session, and prove that nothing of it is left in the files")
    for command in (change, clear, inside, gone):
        command.add_argument("session", metavar="NAME", help="what the client calls the session")
    change.add_argument(
        "changes", nargs="+", metavar="SETTING=VALUE", help=f"an empty value takes one back; any of {', '.join(OWN)}"
    )
    for command in (restore, change, clear, show, every, inside, gone):
        add_settings(command, [DECLARED["data-dir"]])
    _add_settings_command(commands)
    _add_reports(commands)
    storage = commands.add_parser("storage", help="show how much is kept")
    storage.add_argument("--json", action="store_true", help="print the figures as JSON")
    add_settings(storage, [DECLARED["data-dir"]])
    _add_dictionary(commands)
    _add_access(commands)
    _add_vault(commands)
    _add_audit(commands)
    return top


def _add_settings_command(commands: argparse._SubParsersAction[Parser]) -> None:
    words = "show and change what is stored; a running app takes it over"
    actions = commands.add_parser("settings", help=words).add_subparsers(dest="action", metavar="ACTION", required=True)
    every = actions.add_parser("list", help="one line for each: its name, its value, and where that comes from")
    one = actions.add_parser("get", help="the same, of some")
    change = actions.add_parser("set", help="change some, all or none: settings set preset=strict audit-days=90")
    back = actions.add_parser("reset", help="give some their defaults again")
    change.add_argument("changes", nargs="+", metavar="NAME=VALUE")
    for action in (one, back):
        action.add_argument("name", nargs="+", metavar="NAME")
    for action in (every, one, change, back):
        add_settings(action, [DECLARED["data-dir"]])


def _add_reports(commands: argparse._SubParsersAction[Parser]) -> None:
    words = "list, show and delete reports of crashes and errors; they hold no data"
    actions = commands.add_parser("reports", help=words).add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, what, default in (("list", "all", ""), ("show", "one", "the latest"), ("delete", "one", "all")):
        action = actions.add_parser(name, help=f"{name} {what}{f', or {default}' if default else ''}")
        if default:
            action.add_argument("name", nargs="?", metavar="NAME", help=f"as list shows it (default: {default})")
        add_settings(action, [DECLARED["data-dir"]])


def _add_clients(commands: argparse._SubParsersAction[Parser]) -> None:
    connect = commands.add_parser("connect", help="show what to write where, so that a tool talks to the app")
    connect.add_argument("client", nargs="?", metavar="NAME", help="one of the tools that are listed without it")
    how = connect.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="print it as JSON")
    how.add_argument("--wait", action="store_true", help="wait for a request of the tool, and tell when it has arrived")
    run = commands.add_parser("run", help="run a program whose requests go through the app: run -- claude")
    run.add_argument("--session", default="", metavar="NAME", help="a session of its own (default: one a conversation)")
    # Everything from the program's name on is the program's.
    run.add_argument("program", nargs=argparse.REMAINDER, metavar="-- PROGRAM", help="the program and its arguments")
    for command in (connect, run):
        add_settings(command, [DECLARED[name] for name in ("data-dir", "host", "port")])


def _add_login(commands: argparse._SubParsersAction[Parser]) -> None:
    login = commands.add_parser("login", help="whether the app starts when you sign in")
    login.add_argument("action", choices=("on", "off", "status"), help="turn it on or off, or tell which it is")


def _add_stats(commands: argparse._SubParsersAction[Parser]) -> None:
    stats = commands.add_parser("stats", help="what was hidden lately: by day, entity, layer and tool")
    stats.add_argument("--days", type=positive, default=30, metavar="N", help="today and those before (default: 30)")
    stats.add_argument("--format", choices=("text", "json", "csv"), default="text", help="default: text")
    add_settings(stats, [DECLARED["data-dir"]])


def _add_access(commands: argparse._SubParsersAction[Parser]) -> None:
    words = "show the access token, which the management API takes, or make another one"
    token = commands.add_parser("token", help=words).add_subparsers(dest="action", metavar="ACTION", required=True)
    show = token.add_parser("show", help="print it; the first time, make it")
    rotate = token.add_parser("rotate", help="make another one; the old one is good for nothing from then on")
    words = "keep the providers' own keys, which local keys stand for"
    key = commands.add_parser("key", help=words).add_subparsers(dest="action", metavar="ACTION", required=True)
    change = key.add_parser("set", help="keep a key; it is asked for, or read from standard input")
    remove = key.add_parser("remove", help="forget a key")
    confirm = key.add_parser("confirm", help="let a key be sent to where the provider's requests go now")
    tried = key.add_parser("test", help="ask the provider whether it takes the key")
    for action in (change, remove, confirm, tried):
        action.add_argument("provider", help="openai, anthropic, gemini, ollama, or the name of an upstream")
    confirm.add_argument("origin", nargs="?", default="", help="the place, if it is none that the settings name")
    known = key.add_parser("list", help="show whose keys are kept and where they may be sent, and no key")
    words = "make, list and revoke the keys that tools use in place of a provider's"
    local = commands.add_parser("local-key", help=words).add_subparsers(dest="action", metavar="ACTION", required=True)
    add = local.add_parser("add", help="make a key for a tool, and print it once")
    revoke = local.add_parser("revoke", help="from now on the key is good for nothing")
    for action in (add, revoke):
        action.add_argument("label", help="what you call the key: say, the tool's name")
    add.add_argument("--provider", action="append", default=[], help="only for this provider; may be repeated")
    add.add_argument(
        "--session", default="", metavar="NAME", help="its only session, or with * at its end what they begin with"
    )
    add.add_argument(
        "--set", action="append", default=[], metavar="SETTING=VALUE", help=f"a setting of its own: {', '.join(OWN)}"
    )
    add.add_argument("--days", type=float, metavar="N", help="good for so long (default: until it is revoked)")
    shown = local.add_parser("list", help="show all keys: what they are for, and when they were last used")
    for action in (show, rotate, revoke, shown):
        add_settings(action, [DECLARED["data-dir"]])
    for action in (change, remove, confirm, tried, known, add):
        add_settings(action, [DECLARED["data-dir"], DECLARED["upstreams"]])


def _add_vault(commands: argparse._SubParsersAction[Parser]) -> None:
    rotate = commands.add_parser("rotate", help="give the vault another key; all that the key seals is sealed anew")
    purge = commands.add_parser("purge", help="delete sessions, and prove that nothing of them is left in the files")
    which = purge.add_mutually_exclusive_group()
    which.add_argument("--expired", action="store_true", help="those whose time is over (this is the default)")
    which.add_argument("--session", default="", metavar="NAME", help="the session that a client calls so")
    panic = commands.add_parser(
        "panic", help="forget everything: sessions, values, counts and the audit trail, also in the running app"
    )
    panic.add_argument("--all", action="store_true", help="the dictionary, the settings and all keys as well")
    panic.add_argument("--yes", action="store_true", help="do not ask")
    add_settings(purge, [DECLARED[name] for name in ("session-ttl", "kept-ttl")])
    for command in (rotate, purge, panic):
        add_settings(command, [DECLARED["data-dir"]])


def _add_audit(commands: argparse._SubParsersAction[Parser]) -> None:
    words = "show the audit trail, prove that it is as it was written, export it, report on it"
    actions = commands.add_parser("audit", help=words).add_subparsers(dest="action", metavar="ACTION", required=True)
    verify = actions.add_parser("verify", help="tell whether a row was changed, taken out, put in or moved")
    latest = actions.add_parser("list", help="show the latest rows, as lines of JSON")
    latest.add_argument("--limit", type=positive, default=20, metavar="N", help="how many (default: 20)")
    latest.add_argument("--kind", default="", help="only rows of this kind: exchange, refusal, change, setting …")
    write = actions.add_parser("export", help="write the rows, as lines of JSON or as a table")
    report = actions.add_parser("report", help="write a compliance report: one page, to be read or printed")
    write.add_argument("--format", choices=("jsonl", "csv"), default="jsonl", help="default: jsonl")
    write.add_argument("--output", default="-", metavar="FILE", help="a file, or - for standard output (the default)")
    report.add_argument("--output", default="report.html", metavar="FILE", help="default: report.html")
    for action in (write, report):
        action.add_argument("--from", dest="start", metavar="DAY", help="the first day, or moment, in UTC: 2026-01-01")
        action.add_argument("--to", dest="end", metavar="DAY", help="the last day, which is included; or a moment")
    for action in (verify, latest, write, report):
        add_settings(action, [DECLARED["data-dir"]])


def _add_models(commands: argparse._SubParsersAction[Parser]) -> None:
    words = "list, fetch, remove and try the models that find names"
    actions = commands.add_parser("models", help=words).add_subparsers(dest="action", metavar="ACTION", required=True)
    show = actions.add_parser("list", help="one line for each: its name, licence and size, and whether it is here")
    get = actions.add_parser("fetch", help="download a model; again, to go on with what was broken off")
    gone = actions.add_parser("remove", help="delete a model that was fetched")
    trial = actions.add_parser("test", help="load a model and let it read a sentence")
    get.add_argument("name", metavar="NAME", help="one of the list, or any repository of the hub, as owner/name@commit")
    gone.add_argument("name", metavar="NAME")
    trial.add_argument("name", metavar="NAME", help="one of the list, or a folder")
    hub = [row for row in DECLARED.values() if row.option.group == "Models"]
    for action in (show, get, gone, trial):
        add_settings(action, [DECLARED["data-dir"], *(hub if action is get else ())])


def _add_dictionary(commands: argparse._SubParsersAction[Parser]) -> None:
    words = "list, add, remove, import and export the values that are always, or never, hidden"
    actions = commands.add_parser("dictionary", help=words).add_subparsers(
        dest="action", metavar="ACTION", required=True
    )
    show = actions.add_parser("list", help="one line for each: its id, what it is, its text")
    add = actions.add_parser("add", help="add terms: values to hide wherever they occur")
    change = actions.add_parser(
        "change", help="turn off and on again what has this text, or this id, or give it others"
    )
    remove = actions.add_parser("remove", help="remove what has this text, or this id")
    trial = actions.add_parser("try", help="show what a pattern would hide in a text, before it is added")
    read = actions.add_parser("import", help="add what is in a file; see what export writes")
    write = actions.add_parser("export", help="write all to a file. It is not sealed any more!")
    for action in (show, add, change, remove, read, write):
        which = action.add_mutually_exclusive_group()
        which.add_argument("--allow", dest="kind", action="store_const", const="allowed", help="values never to hide")
        which.add_argument("--pattern", dest="kind", action="store_const", const="pattern", help="regular expressions")
    read.add_argument("--dry-run", action="store_true", help="change nothing; tell what would be, entry by entry")
    add.add_argument("text", nargs="+")
    add.add_argument("--type", help="what it is redacted as, or allowed as (default: CUSTOM; allowed as any)")
    add.add_argument("--replacement", default="", metavar="TEXT", help="your own stand-in, instead of a placeholder")
    add.add_argument("--case-sensitive", action="store_true", help="only in the same case")
    add.add_argument("--part", action="store_true", help="inside of words as well")
    add.add_argument("--first-group", action="store_true", help="hide only the first group of a pattern")
    show.add_argument("--hits", action="store_true", help="how often and when each was hidden, as far as it is stored")
    switch = change.add_mutually_exclusive_group()
    switch.add_argument(
        "--off", dest="enabled", action="store_false", default=None, help="keep it, and look for it no more"
    )
    switch.add_argument("--on", dest="enabled", action="store_true", default=None, help="look for it again")
    change.add_argument("--type", help="what it is redacted as, or allowed as")
    change.add_argument("--replacement", metavar="TEXT", help="your own stand-in; empty for a placeholder")
    for name, words in (
        ("--case-sensitive", "only in the same case"),
        ("--part", "inside of words as well"),
        ("--first-group", "hide only the first group of a pattern"),
    ):
        change.add_argument(name, action=argparse.BooleanOptionalAction, default=None, help=words)
    for action in (change, remove):
        action.add_argument("text", nargs="*")
        action.add_argument("--id", type=int, nargs="+", default=[], metavar="ID", help="by id, as list shows it")
    trial.add_argument("pattern", metavar="PATTERN", help="a regular expression")
    trial.add_argument("file", metavar="FILE", help="a text file, or - for standard input")
    trial.add_argument("--case-sensitive", action="store_true", help="only in the same case")
    trial.add_argument("--first-group", action="store_true", help="hide only the first group of the pattern")
    read.add_argument("file", help="a file in UTF-8, or - for standard input")
    write.add_argument("file", nargs="?", default="-", help="a file, or - for standard output")
    for action in (read, write):
        action.add_argument("--format", choices=("csv", "json"), help="default: by the name of the file, else CSV")
    for action in (show, add, change, remove, trial, read, write):
        add_settings(action, [DECLARED["data-dir"]])
