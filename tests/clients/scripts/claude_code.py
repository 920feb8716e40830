"""Claude Code reads a file, and in a second turn edits it."""

import json
import os
import subprocess

from check import ORIGIN, VALUES
from folder import AFTER, BIN, EDITING, FOLDER, HOME, READING, notes

ENVIRON = {
    "PATH": os.environ["PATH"],
    "HOME": str(HOME),
    "ANTHROPIC_BASE_URL": ORIGIN,
    "ANTHROPIC_API_KEY": "sk-ant-claude-code",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "DISABLE_AUTOUPDATER": "1",
    "DISABLE_TELEMETRY": "1",
}


def claude(prompt, *more):
    command = [BIN / "claude", "-p", prompt, "--output-format", "json", "--allowedTools", "Read,Edit", *more]
    done = subprocess.run(command, cwd=FOLDER, env=ENVIRON, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, (done.stderr or done.stdout).strip()[-300:]
    return json.loads(done.stdout)["result"]


said = claude(READING)
assert all(value in said for value in VALUES[:3]), "the file was not read"
claude(EDITING, "--continue")
assert notes() == AFTER, "the file is not what it should be"
