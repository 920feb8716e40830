"""The command line. Flags of the running app are generated from the settings."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Sequence

from app import __version__
from app.errors import Exit, UserError
from app.events import EventBus
from app.logs import configure
from app.settings import DECLARED, Declared
from app.settings_store import SettingsStore

_DESCRIPTION = "Keeps personal data out of the requests that your tools send to LLM APIs."
#: Settings that make sense for commands which work on a text.
_TEXT_SETTINGS = ("data-dir", "locale", "dictionary", "ner", "patterns", "names", "ner-model", "ner-threshold")


def _add_settings(parser: argparse.ArgumentParser, rows: Sequence[Declared]) -> None:
    group = parser.add_argument_group("settings", "A flag wins over the variable, the variable over what is stored.")
    for row in rows:
        unit = f" [{row.option.unit}]" if row.option.unit else ""
        words = f"{row.option.help}{unit} ({row.variable}, default: {_shown(row.default)})".replace("%", "%%")
        if row.kind is bool:
            group.add_argument(
                f"--{row.name}", dest=row.attribute, action=argparse.BooleanOptionalAction, default=None, help=words
            )
        else:
            group.add_argument(
                f"--{row.name}", dest=row.attribute, choices=row.choices or None, metavar=None if row.choices else "X",
                help=words,
            )  # fmt: skip


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("it takes 1 or more")
    return number


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return "on" if default else "off"
    return str(default) if default != "" else "none"


def parser() -> argparse.ArgumentParser:
    """The whole command line, for `main` and for the documentation."""
    everything = list(DECLARED.values())
    top = argparse.ArgumentParser("anonamoose", description=_DESCRIPTION)
    top.add_argument("--version", action="version", version=f"anonamoose {__version__}")
    _add_settings(top, everything)
    commands = top.add_subparsers(dest="command", metavar="COMMAND")

    tray = commands.add_parser("tray", help="show the tray icon and run the proxy (this is the default)")
    serve = commands.add_parser("serve", help="run the proxy without any window, for servers and containers")
    for command in (tray, serve):
        _add_settings(command, everything)

    demo = commands.add_parser("demo", help="see it at work: no key, no network")
    demo.add_argument("text", nargs="?", help="what to send instead of the sample")
    demo.add_argument("--plain", action="store_true", help="no colours and no boxes, as when the output is piped")

    bench = commands.add_parser("bench", help="measure what the proxy costs, on this machine and without a network")
    bench.add_argument("--rounds", type=_positive, default=20, help="how often each is measured (default: 20)")
    bench.add_argument("--ner", action=argparse.BooleanOptionalAction, help="only with, or only without the model")
    bench.add_argument("--json", action="store_true", help="print the figures as JSON")

    redact = commands.add_parser("redact", help="replace personal data in a text by placeholders")
    redact.add_argument("file", nargs="?", default="-", help="a text file, or - for standard input")
    redact.add_argument("--json", action="store_true", help="print text, session and spans as JSON")
    restore = commands.add_parser("restore", help="put the values back into a text with placeholders")
    restore.add_argument("file", nargs="?", default="-", help="a text file, or - for standard input")
    for command in (redact, restore):
        command.add_argument("--session", default="cli", help="the session that knows the values (default: cli)")
    _add_dictionary(commands)
    _add_settings(redact, [DECLARED[name] for name in _TEXT_SETTINGS])
    _add_settings(restore, [DECLARED["data-dir"]])
    return top


def _add_dictionary(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    words = "list, add, remove, import and export the values that are always, or never, hidden"
    actions = commands.add_parser("dictionary", help=words).add_subparsers(
        dest="action", metavar="ACTION", required=True
    )
    show = actions.add_parser("list", help="one line for each: its id, what it is, its text")
    add = actions.add_parser("add", help="add terms: values to hide wherever they occur")
    remove = actions.add_parser("remove", help="remove what has this text, or this id")
    read = actions.add_parser("import", help="add what is in a file; see what export writes")
    write = actions.add_parser("export", help="write all to a file. It is not sealed any more!")
    for action in (show, add, remove, read, write):
        which = action.add_mutually_exclusive_group()
        which.add_argument("--allow", dest="kind", action="store_const", const="allowed", help="values never to hide")
        which.add_argument("--pattern", dest="kind", action="store_const", const="pattern", help="regular expressions")
    add.add_argument("text", nargs="+")
    add.add_argument("--type", help="what it is redacted as, or allowed as (default: CUSTOM; allowed as any)")
    add.add_argument("--replacement", default="", metavar="TEXT", help="your own stand-in, instead of a placeholder")
    add.add_argument("--case-sensitive", action="store_true", help="only in the same case")
    add.add_argument("--part", action="store_true", help="inside of words as well")
    add.add_argument("--first-group", action="store_true", help="hide only the first group of a pattern")
    remove.add_argument("text", nargs="*")
    remove.add_argument("--id", type=int, nargs="+", default=[], metavar="ID")
    read.add_argument("file", help="a file in UTF-8, or - for standard input")
    write.add_argument("file", nargs="?", default="-", help="a file, or - for standard output")
    for action in (read, write):
        action.add_argument("--format", choices=("csv", "json"), help="default: by the name of the file, else CSV")
    for action in (show, add, remove, read, write):
        _add_settings(action, [DECLARED["data-dir"]])


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns its exit status (see `errors.Exit`)."""
    # ONNX Runtime would send its maker events over the network, and keep an id of this machine. Before any import of
    # it, and here, so that the detection process inherits it.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    multiprocessing.freeze_support()
    options = parser().parse_args(arguments)
    try:
        return _run(options)
    except UserError as error:
        print(f"anonamoose: {error.title}", file=sys.stderr)
        if error.hint:
            print(f"anonamoose: {error.hint}", file=sys.stderr)
        return error.code
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone, and so may the reader of this
        return Exit.OK
    except KeyboardInterrupt:
        return 130


def _run(options: argparse.Namespace) -> int:
    if options.command == "demo":
        from app.demo import demo

        return demo(options.text, plain=options.plain)
    if options.command == "bench":
        from app.bench import bench

        return bench(options.rounds, options.ner, as_json=options.json)
    bus = EventBus()
    settings = SettingsStore(vars(options), bus=bus)
    if options.command == "dictionary":
        from app import dictionary_command

        configure("warning")
        return dictionary_command.run(settings, options)
    if options.command in ("redact", "restore"):
        from app import text_command

        configure("warning")
        if options.command == "redact":
            return text_command.redact(settings, options.file, options.session, as_json=options.json)
        return text_command.restore(settings, options.file, options.session)
    configure(settings.current.log_level)
    if options.command != "serve":
        from app.ui.display import can_show

        reason = can_show()
        if not reason:
            from app.ui.run import run

            return run(settings, bus)
        print(f"anonamoose: {reason} Running without windows instead, as “anonamoose serve” does.", file=sys.stderr)
    from app.serve import serve

    return serve(settings, bus)


if __name__ == "__main__":
    sys.exit(main())
