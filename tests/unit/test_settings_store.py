from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from app.errors import SettingError, StorageError
from app.events import Event, EventBus, SettingChanged
from app.settings import DECLARED
from app.settings_store import VERSION, SettingsStore


def store(
    root: Path, flags: dict[str, object] | None = None, bus: EventBus | None = None, **environ: str
) -> SettingsStore:
    variables = {f"ANONAMOOSE_{name.upper()}": value for name, value in environ.items()}
    return SettingsStore({"data_dir": str(root), **(flags or {})}, variables, bus)


def written(root: Path) -> Any:
    return json.loads((root / "settings.json").read_text(encoding="utf-8"))


def put(root: Path, values: object, version: object = VERSION) -> None:
    (root / "settings.json").write_text(json.dumps({"version": version, "values": values}), encoding="utf-8")


def test_a_flag_goes_before_a_variable_before_what_is_stored_before_the_default(tmp_path: Path) -> None:
    assert store(tmp_path).current.port == 3000 and store(tmp_path).origin("port") == "default"
    put(tmp_path, {"port": 3001})
    assert store(tmp_path).current.port == 3001 and store(tmp_path).origin("port") == "stored"
    by_variable = store(tmp_path, port="3002")
    assert by_variable.current.port == 3002 and by_variable.origin("port") == "ANONAMOOSE_PORT"
    by_flag = store(tmp_path, {"port": "3003"}, port="3002")
    assert by_flag.current.port == 3003 and by_flag.origin("port") == "--port"


def test_a_flag_not_given_and_an_empty_variable_decide_nothing(tmp_path: Path) -> None:
    settings = store(tmp_path, {"port": None}, port="")
    assert settings.current.port == 3000 and not settings.is_fixed("port")


def test_a_flag_for_no_is_a_flag(tmp_path: Path) -> None:
    settings = store(tmp_path, {"protection": False}, protection="yes")
    assert settings.current.protection is False and settings.is_fixed("protection")


def test_the_real_environment_counts_where_none_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANONAMOOSE_PORT", "3007")
    monkeypatch.setenv("ANONAMOOSE_DATA_DIR", str(tmp_path / "here"))
    settings = SettingsStore()
    assert settings.current.port == 3007 and settings.paths.root == tmp_path / "here"
    assert not settings.paths.root.exists(), "looking at settings makes no folder"


@pytest.mark.parametrize("name", [name for name, row in DECLARED.items() if row.option.stored])
def test_every_stored_setting_survives_a_restart_and_goes_back_to_its_default(tmp_path: Path, name: str) -> None:
    row = DECLARED[name]
    fitting = {
        "locale": "NZ",
        "allowed-origins": "https://chat.example.com",
        "upstreams": "groq=https://api.groq.com/openai",
        "pass-endpoints": "POST /v1/x*",
        "operators": "CREDIT_CARD=block",
        "thresholds": "PERSON=0.7",
        "review": "tool=claude-cli",
        "release-feed": "https://example.com/anonamoose/releases.atom",
        "vault-url": "rediss://valkey.example.com:6379",
    }
    other: Any = fitting.get(name, "other")
    if name.endswith(("-upstream", "-endpoint", "-proxy")):
        other = "http://localhost:1"
    if row.choices:
        other = next(choice for choice in row.choices if choice != row.default)
    elif row.kind is bool:
        other = not row.default
    elif row.kind in (int, float):
        other = row.option.high
    settings = store(tmp_path)
    settings.set(name, other)
    assert getattr(settings.current, row.attribute) == getattr(store(tmp_path).current, row.attribute) == other
    assert settings.origin(name) == store(tmp_path).origin(name) == "stored"
    settings.set(name, row.default)
    assert written(tmp_path) == {"version": VERSION, "values": {}}
    assert settings.origin(name) == "default" and getattr(settings.current, row.attribute) == row.default


def test_changes_are_told_once_they_hold(tmp_path: Path) -> None:
    bus = EventBus()
    settings = store(tmp_path, bus=bus)
    told: list[tuple[Event, int, bool]] = []
    bus.subscribe(lambda event: told.append((event, settings.current.port, settings.current.ner)))
    settings.update({"port": "8080", "ner": "off"})
    assert told == [(SettingChanged("port"), 8080, False), (SettingChanged("ner"), 8080, False)]


@pytest.mark.parametrize("bad", [{"port": 70000}, {"nothing": 1}, {"data-dir": "/x"}, {"ner_threshold": 0.7}])
def test_of_several_changes_all_or_none_is_made(tmp_path: Path, bad: dict[str, object]) -> None:
    bus = EventBus()
    told: list[Event] = []
    bus.subscribe(told.append)
    settings = store(tmp_path, bus=bus)
    with pytest.raises(SettingError) as caught:
        settings.update({"drain": 7, **bad})
    assert caught.value.name == next(iter(bad))
    assert settings.current.drain == 10 and told == [] and not (tmp_path / "settings.json").exists()


def test_what_a_flag_or_variable_fixes_cannot_be_changed(tmp_path: Path) -> None:
    settings = store(tmp_path, {"drain": 3}, port="3002")
    for name, origin in (("drain", "--drain"), ("port", "ANONAMOOSE_PORT")):
        assert settings.is_fixed(name)
        with pytest.raises(SettingError, match=f"is fixed by {origin}"):
            settings.set(name, 8)
    assert (settings.current.drain, settings.current.port) == (3, 3002)
    settings.set("ner", False)
    assert written(tmp_path)["values"] == {"ner": False}, "what is fixed for now is not stored"


def test_a_fixed_setting_keeps_what_was_stored_of_it(tmp_path: Path) -> None:
    put(tmp_path, {"port": 3001})
    store(tmp_path, port="3002").set("ner", False)
    assert store(tmp_path).current.port == 3001


@pytest.mark.parametrize("values", [{"made-up": 1}, {"data-dir": "/elsewhere"}, {"made_up": {"x": []}}])
def test_unknown_names_in_the_file_are_ignored(tmp_path: Path, values: dict[str, object]) -> None:
    put(tmp_path, {**values, "port": 3001})
    settings = store(tmp_path)
    assert settings.current.port == 3001 and settings.paths.root == tmp_path


def test_a_newer_file_is_refused_and_not_touched(tmp_path: Path) -> None:
    put(tmp_path, {"port": 3001}, VERSION + 1)
    with pytest.raises(SettingError, match="written by a newer version") as caught:
        store(tmp_path)
    assert caught.value.hint and written(tmp_path)["version"] == VERSION + 1


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "7",
        '{"version": 1}',
        '{"values": {}}',
        '{"version": "1", "values": {}}',
        '{"version": 1, "values": []}',
        "[" * 99_999,
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "settings.json").write_text(content)
    with pytest.raises(SettingError, match="is damaged") as caught:
        store(tmp_path)
    assert "move it away" in caught.value.hint


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_bytes(b"\xff\xfe")
    with pytest.raises(StorageError, match="cannot be read"):
        store(tmp_path)
    (tmp_path / "settings.json").unlink()
    (tmp_path / "settings.json").mkdir()
    with pytest.raises(StorageError, match="cannot be read"):
        store(tmp_path)


@pytest.mark.parametrize(
    "values", [{"port": 70000}, {"port": None}, {"host": None}, {"host": ["a"]}, {"ner": "perhaps"}]
)
def test_a_stored_value_that_does_not_fit_is_named(tmp_path: Path, values: dict[str, object]) -> None:
    put(tmp_path, values)
    with pytest.raises(SettingError) as caught:
        store(tmp_path)
    assert caught.value.name == next(iter(values))


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_the_old_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    settings = store(tmp_path)
    settings.set("port", 3001)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync" if step == "fsync" else "pathlib.Path.replace", full)
        with pytest.raises(StorageError, match="could not be saved"):
            settings.set("port", 3002)
    assert settings.current.port == store(tmp_path).current.port == 3001
    settings.set("port", 3003)
    assert store(tmp_path).current.port == 3003


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    settings = store(tmp_path / "file" / "below")
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written to"):
        settings.set("port", 3001)
    assert settings.current.port == 3000


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_only_the_user_may_read_folder_and_file(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store(tmp_path / "new").set("port", 3001)
    finally:
        os.umask(before)
    modes = {item.name: stat.S_IMODE(item.stat().st_mode) for item in (tmp_path / "new").iterdir()}
    assert modes == {"settings.json": 0o600}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_what_another_process_stores_is_taken_over(tmp_path: Path) -> None:
    told: list[Event] = []
    bus = EventBus()
    bus.subscribe(told.append)
    ours = SettingsStore({"data_dir": tmp_path, "port": 4000}, environ={}, bus=bus)
    theirs = SettingsStore({"data_dir": tmp_path}, environ={})
    theirs.update({"preset": "strict", "audit-days": 90, "port": 5000})
    ours.refresh()
    assert (ours.current.preset, ours.current.audit_days, ours.current.port) == ("strict", 90, 4000)
    assert told == [SettingChanged("preset", elsewhere=True), SettingChanged("audit-days", elsewhere=True)]
    ours.refresh()
    assert len(told) == 2
    theirs.set("audit-days", DECLARED["audit-days"].default)
    ours.set("locale", "AU")  # takes over what was stored meanwhile, and loses nothing of it
    assert ours.current.audit_days == DECLARED["audit-days"].default and ours.origin("audit-days") == "default"
    theirs.refresh()
    assert (theirs.current.preset, theirs.current.locale, theirs.current.port) == ("strict", "AU", 5000)


def test_a_file_that_another_process_has_damaged_changes_nothing_and_is_told_once(tmp_path: Path) -> None:
    store = SettingsStore({"data_dir": tmp_path}, environ={})
    store.set("preset", "strict")
    store.paths.settings.write_text("{", encoding="utf-8")
    with pytest.raises(SettingError, match="damaged"):
        store.refresh()
    store.refresh()
    assert store.current.preset == "strict" and store.origin("preset") == "stored"
