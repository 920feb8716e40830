"""The command line: runs the command that the arguments name."""

from __future__ import annotations

import argparse
import dataclasses
import multiprocessing
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from app.arguments import EVALUATION_SETTINGS, parser
from app.errors import Exit, UserError
from app.events import EventBus
from app.logs import configure
from app.option import coerce
from app.settings import DECLARED, Settings
from app.settings_store import SettingsStore


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
    if options.command == "selftest":
        from app import selftest_command

        configure("error")
        return selftest_command.run()
    if options.command == "bench":
        ner = False if options.no_ner else None
        if options.ner is not None:
            from app.bench.ner import bench_models
            from app.pipeline.models import DEFAULT

            return bench_models(options.ner or [DEFAULT], _fetched(options), options.rounds or 5, as_json=options.json)
        if options.layers or options.text:
            from app.bench.layers import bench_layers

            return bench_layers(options.rounds or 5, ner, options.text, as_json=options.json)
        from app.bench import bench

        return bench(options.rounds or 20, ner, as_json=options.json)
    if options.command == "eval":
        return _evaluate(options)
    if options.command == "login":
        from app import login_command

        return login_command.run(options.action)
    bus = EventBus()
    settings = SettingsStore(vars(options), bus=bus)
    if options.command in ("connect", "run"):
        from app import connect_command

        if options.command == "connect":
            return connect_command.connect(settings, options.client, as_json=options.json, wait=options.wait)
        return connect_command.run(settings.current, options.program, options.session)
    if options.command in ("status", "pause", "resume"):
        from app import protection_command

        configure("warning")
        if options.command == "status":
            return protection_command.status(settings, as_json=options.json)
        if options.command == "resume":
            return protection_command.resume(settings)
        return protection_command.pause(settings, options.minutes, until_restart=options.until_restart)
    if options.command == "review":
        from app import review_command

        configure("warning")
        return review_command.run(settings, options)
    if options.command == "exchanges":
        from app import exchanges_command

        configure("warning")
        return exchanges_command.run(settings, options)
    if options.command == "stats":
        from app import stats_command

        return stats_command.run(settings, options.days, options.format)
    if options.command == "dictionary":
        from app import dictionary_command

        configure("warning")
        return dictionary_command.run(settings, options)
    if options.command == "settings":
        from app import settings_command

        configure("warning")
        return settings_command.run(settings, bus, options)
    if options.command == "reports":
        from app import reports_command

        return reports_command.run(settings, options.action, getattr(options, "name", None))
    if options.command == "storage":
        from app import storage_command

        configure("warning")
        return storage_command.run(settings, as_json=options.json)
    if options.command in ("token", "key", "local-key"):
        from app import access_command

        configure("warning")
        return access_command.run(settings, options)
    if options.command == "audit":
        from app import audit_command

        configure("warning")
        return audit_command.run(settings, options)
    if options.command == "models":
        from app import models_command

        configure("warning")
        return models_command.run(settings, options)
    if options.command in ("redact", "restore"):
        from app import text_command

        configure("warning")
        if options.command == "redact":
            return text_command.redact(settings, options.file, options.session, as_json=options.json)
        return text_command.restore(settings, options.file, options.session)
    if options.command in ("rotate", "purge", "panic"):
        return _vault(settings, options)
    if options.command == "session":
        from app import session_command, vault_command

        configure("warning")
        if options.action == "all":
            return session_command.stored(settings)
        if options.action == "show":
            return session_command.placeholders(settings, options.session)
        if options.action == "delete":
            return vault_command.purge(settings, options.session)
        if options.action == "set":
            return session_command.change(settings, options.session, options.changes)
        return (
            session_command.clear(settings, options.session)
            if options.action == "clear"
            else session_command.show(settings)
        )
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


def _vault(settings: SettingsStore, options: argparse.Namespace) -> int:
    from app import vault_command

    configure("warning")
    if options.command == "rotate":
        return vault_command.rotate(settings)
    if options.command == "purge":
        return vault_command.purge(settings, options.session)
    return vault_command.panic(settings, everything=options.all, yes=options.yes)


def _fetched(options: argparse.Namespace) -> Path:
    """Where fetched models lie."""
    return SettingsStore({"data_dir": options.data_dir}).paths.models


def _evaluate(options: argparse.Namespace) -> int:
    from app.evaluation.evaluate import Choice, Output, evaluate, parse_layers

    given = {name: getattr(options, DECLARED[name].attribute) for name in EVALUATION_SETTINGS}
    values = {
        DECLARED[name].attribute: coerce(DECLARED[name], value) for name, value in given.items() if value is not None
    }
    settings = Settings(dictionary=False, **values)
    policy = settings.policy
    if options.layers is not None:
        policy = dataclasses.replace(policy, layers=parse_layers(options.layers))
    fetched = _fetched(options)
    if options.ner is not None:
        from app.evaluation.ner import evaluate_models

        models = options.ner or [settings.ner_model]
        return evaluate_models(models, fetched, options.file, options.limit, policy, as_json=options.json)
    choice = Choice(options.split or "", frozenset(options.kind), options.limit)
    output = Output(options.json, options.html or "", options.against or "", options.examples)
    return evaluate(options.file, choice, policy, (settings.ner_model, fetched), output)


if __name__ == "__main__":
    sys.exit(main())
