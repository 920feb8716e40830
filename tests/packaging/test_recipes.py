"""Units, desktop files, installers, containers and workflows: each is parsed, and says what the program needs."""

from __future__ import annotations

import configparser
import plistlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import yaml

from app.arguments import parser
from app.settings import DECLARED
from tests.docs.pages import Page

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
LINUX = PACKAGING / "linux"
SCRIPTS = sorted(path for path in PACKAGING.rglob("*") if path.is_file() and path.read_bytes().startswith(b"#!"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
COMMANDS = {name for action in parser()._actions if isinstance(action.choices, dict) for name in action.choices}
#: Variables that are no settings.
VARIABLES = {
    "ANONAMOOSE_ACCESS_TOKEN",
    "ANONAMOOSE_ADDRESS",
    "ANONAMOOSE_PURGE",
    "ANONAMOOSE_VAULT_KEY",
    "ANONAMOOSE_VAULT_KEY_FILE",
    "ANONAMOOSE_VAULT_PASSWORD_FILE",
}


def ini(path: Path) -> configparser.RawConfigParser:
    """A desktop file or a unit. Of a key that stands there twice, the last counts."""
    read = configparser.RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#",), interpolation=None)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read_string(path.read_text(encoding="utf-8"))
    return read


def workflow(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("name", ["anonamoose.desktop", "anonamoose-autostart.desktop"])
def test_a_desktop_file_starts_the_program(name: str) -> None:
    entry = ini(LINUX / name)["Desktop Entry"]
    assert (entry["Type"], entry["Exec"], entry["Icon"]) == ("Application", "anonamoose", "anonamoose")
    assert entry["Terminal"] == "false"
    assert name.endswith("autostart.desktop") == ("X-GNOME-Autostart-enabled" in entry)
    if checker := shutil.which("desktop-file-validate"):
        assert subprocess.run([checker, LINUX / name], capture_output=True, check=False).stdout == b""


@pytest.mark.parametrize("name", ["user", "system"])
def test_a_unit_serves_without_rights(name: str) -> None:
    service = ini(LINUX / "systemd" / f"{name}.service")["Service"]
    assert service["ExecStart"] == "/usr/bin/anonamoose serve"
    assert (service["NoNewPrivileges"], service["UMask"]) == ("yes", "0077")
    drain = DECLARED["drain"]
    assert int(service["TimeoutStopSec"]) > drain.default  # or it would be killed in the middle of a request
    if name == "system":
        assert service["DynamicUser"] == "yes" and service["CapabilityBoundingSet"] == ""
        assert service["Environment"] == f"{DECLARED['data-dir'].variable}=/var/lib/{service['StateDirectory']}"


def test_the_metadata_for_software_centres_names_the_program() -> None:
    tree = ElementTree.parse(LINUX / "org.anonamoose.Anonamoose.metainfo.xml")
    assert tree.findtext("launchable") == "anonamoose.desktop"
    assert tree.findtext("provides/binary") == "anonamoose"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_can_be_read_by_its_shell(path: Path) -> None:
    shell = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("#!").strip()
    done = subprocess.run([shell, "-n", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^set -e", path.read_text(encoding="utf-8"), re.M)


def test_scripts_are_found() -> None:
    assert {"deb.sh", "appimage.sh", "release.sh", "prerm", "postinst", "postrm"} <= {path.name for path in SCRIPTS}


@pytest.mark.skipif(sys.platform != "linux", reason="needs dpkg's ways")
@pytest.mark.parametrize(("answer", "stays"), [("", True), ("no", True), ("yes", False)])
def test_data_goes_with_a_purged_package_only_when_somebody_says_so(answer: str, stays: bool, tmp_path: Path) -> None:
    home = tmp_path / "home of zoë"
    data = home / ".local" / "share" / "anonamoose"
    data.mkdir(parents=True)
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "getent").write_text(f"#!/bin/sh\necho 'zoe:x:1000:1000::{home}:/bin/sh'\n")
    (tools / "getent").chmod(0o755)
    # What lies elsewhere is not for a test to touch.
    script = (LINUX / "deb" / "postrm").read_text(encoding="utf-8")
    safe = script.replace("/var/lib", f"{tmp_path}/var").replace("/etc/", f"{tmp_path}/etc/")
    done = subprocess.run(
        ["sh", "-c", safe, "postrm", "purge"],
        env={"PATH": f"{tools}:/usr/bin:/bin", "ANONAMOOSE_PURGE": answer, "DEBIAN_FRONTEND": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    assert data.is_dir() == stays
    assert (str(data) in done.stdout) == stays


def test_the_windows_installer_needs_no_administrator() -> None:
    text = (PACKAGING / "windows" / "anonamoose.iss").read_text(encoding="utf-8")
    parts = re.split(r"^\[(\w+)\]$", text, flags=re.M)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    setup = dict(line.split("=", 1) for line in sections["Setup"].splitlines() if "=" in line and line[0] not in ";#")
    assert setup["PrivilegesRequired"] == "lowest" and setup["DefaultDirName"].startswith("{autopf}")
    assert setup["AppVersion"] == "{#VERSION}" and setup["CloseApplications"] == "yes"
    assert (ROOT / setup["LicenseFile"]).is_file()
    tasks = re.findall(r'Name: "(\w+)"', sections["Tasks"])
    assert "autostart" in tasks and "Tasks: autostart" in sections["Registry"]
    assert "HKLM" not in text
    assert set(re.findall(r"Tasks: (\w+)", text)) <= set(tasks)
    assert text.count("#if") == text.count("#endif")


def test_the_entitlements_are_few() -> None:
    given = plistlib.loads((PACKAGING / "macos" / "entitlements.plist").read_bytes())
    assert given == {"com.apple.security.cs.allow-unsigned-executable-memory": True}


def test_the_container_runs_as_nobody_and_keeps_its_data_apart() -> None:
    text = (PACKAGING / "docker" / "Dockerfile").read_text(encoding="utf-8")
    final = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER [1-9]\d*$", final, re.M) and "VOLUME /data" in final and "HEALTHCHECK" in final
    assert '"serve"' in final and "serve" in COMMANDS
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M):
        assert all((ROOT / part).exists() for part in source.split())
    locked = (ROOT / "requirements" / "serve.lock").read_text(encoding="utf-8")
    whole = (ROOT / "requirements" / "app.lock").read_text(encoding="utf-8")
    pins = set(re.findall(r"^([a-z0-9.-]+==\S+)", locked, re.M))
    left_out = set(re.findall(r"^([a-z0-9.-]+)==", whole, re.M)) - {pin.partition("==")[0] for pin in pins}
    assert left_out == {"pyside6-essentials", "shiboken6", "qasync"}
    assert pins <= set(re.findall(r"^([a-z0-9.-]+==\S+)", whole, re.M))
    assert pins


def test_compose_limits_the_container() -> None:
    service = workflow(PACKAGING / "docker" / "compose.yaml")["services"]["anonamoose"]
    assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "pids_limit", "cpus"} <= service.keys()
    assert "data:/data" in service["volumes"]
    assert service["ports"] == ["${ANONAMOOSE_ADDRESS:-127.0.0.1}:3000:3000"]


def test_recipes_name_variables_that_there_are() -> None:
    known = VARIABLES | {row.variable for row in DECLARED.values()}
    files = [*PACKAGING.rglob("*.service"), *PACKAGING.rglob("*.yaml"), *PACKAGING.rglob("Dockerfile"), *SCRIPTS]
    named = {name for path in files for name in re.findall(r"\bANONAMOOSE_[A-Z_]+", path.read_text(encoding="utf-8"))}
    assert named and named <= known


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_is_given_no_more_than_it_needs(path: Path) -> None:
    loaded = workflow(path)
    assert loaded["permissions"] == {"contents": "read"}
    for name, job in loaded["jobs"].items():
        assert (
            set(job.get("needs", ())) - set("".join(job["needs"])) <= loaded["jobs"].keys() if "needs" in job else True
        )
        for step in job.get("steps", ()):
            assert ("run" in step) != ("uses" in step), f"a step of {name}"
            for script in re.findall(r"(?:^|[ /])((?:packaging|tools|requirements)/[\w./-]+)", step.get("run", "")):
                assert (ROOT / script).exists(), script


def test_every_format_tests_itself_before_it_is_published() -> None:
    jobs = workflow(ROOT / ".github" / "workflows" / "release.yml")["jobs"]
    publish = jobs.pop("publish")
    assert set(publish["needs"]) == jobs.keys() - {"version"}
    assert publish["if"] == "github.ref_type == 'tag'"
    for name in ("linux", "windows", "macos", "container"):
        assert any("selftest" in step.get("run", "") for step in jobs[name]["steps"]), name
    # Secrets go to those steps that sign, by way of the environment, and never onto a command line.
    for job in jobs.values():
        assert not [step for step in job.get("steps", ()) if "secrets." in str(step.get("run", ""))]


def test_tests_run_on_three_systems_and_three_pythons() -> None:
    jobs = workflow(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]
    pythons = ["3.11", "3.12", "3.13"]
    assert jobs["linux"]["strategy"]["matrix"]["python"] == pythons
    assert jobs["desktop"]["strategy"]["matrix"]["python"] == pythons
    assert {system.split("-")[0] for system in jobs["desktop"]["strategy"]["matrix"]["system"]} == {"macos", "windows"}


@pytest.mark.skipif(sys.platform != "linux", reason="needs GNU's tools")
def test_the_documentation_in_a_package_leads_to_nothing_that_is_not_there(tmp_path: Path) -> None:
    subprocess.run([LINUX / "docs.sh", tmp_path], check=True)
    pages = [Page(path) for path in tmp_path.rglob("*.md")]
    assert {"README.md", "SECURITY.md", "install.md", "MODEL_CARD.md"} <= {page.path.name for page in pages}
    linked = [
        (page.path.parent / urlsplit(link).path, link) for page in pages for link in (*page.links, *page.pictures)
    ]
    assert not [link for path, link in linked if not urlsplit(link).scheme and not path.exists()]
