"""Codex reads a file with a command, and in a second turn patches it."""

import os
import subprocess

from check import ORIGIN, VALUES
from folder import AFTER, BIN, EDITING, FOLDER, HOME, READING, notes

ENVIRON = {"PATH": os.environ["PATH"], "HOME": str(HOME), "CODEX_HOME": str(HOME), "FAKE_KEY": "sk-codex"}
# Its own sandbox needs rights that a container may not have; the folder is thrown away.
FLAGS = ["--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox"]

(HOME / "config.toml").write_text(
    f"""
model = "gpt-5-codex"
model_provider = "fake"
check_for_update_on_startup = false

[analytics]
enabled = false

[model_providers.fake]
name = "fake"
base_url = "{ORIGIN}/v1"
env_key = "FAKE_KEY"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0
""",
    encoding="utf-8",
)


def codex(*arguments):
    command = [BIN / "codex", "exec", *arguments]
    done = subprocess.run(command, cwd=FOLDER, env=ENVIRON, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, (done.stderr or done.stdout).strip()[-300:]
    return done.stdout


said = codex(*FLAGS, READING)
assert all(value in said for value in VALUES[:3]), "the file was not read"
codex("resume", "--last", *FLAGS, EDITING)
assert notes() == AFTER, "the file is not what it should be"
