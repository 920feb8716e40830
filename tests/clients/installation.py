"""The clients in the versions that are written down here, in a folder that may be thrown away."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1] / "build" / "clients"
NODE = ROOT / "node"


def interpreter(requirements: str) -> Path:
    """The Python that has `requirements/<requirements>.txt`."""
    folder = ROOT / requirements
    return folder / "Scripts" / "python.exe" if sys.platform == "win32" else folder / "bin" / "python"


def install() -> dict[str, str]:
    """Installs what is not there yet. Why each that failed did, by the name of its requirements."""
    ROOT.mkdir(parents=True, exist_ok=True)
    failures = {}
    for listed in sorted((HERE / "requirements").glob("*.txt")):
        python = interpreter(listed.stem)
        steps: list[list[str | Path]] = [
            [sys.executable, "-m", "venv", ROOT / listed.stem],
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", listed],
        ]
        if reason := _once(ROOT / listed.stem, [listed], steps):
            failures[listed.stem] = reason
    packages = [HERE / "package.json", HERE / "package-lock.json"]
    NODE.mkdir(exist_ok=True)
    for one in packages:
        shutil.copy(one, NODE)
    npm = shutil.which("npm")
    if npm is None:
        failures["node"] = "there is no npm"
    elif reason := _once(NODE, packages, [[npm, "ci", "--no-audit", "--no-fund", "--prefix", NODE]]):
        failures["node"] = reason
    for script in (HERE / "scripts").glob("*.mjs"):
        shutil.copy(script, NODE)  # a module finds its packages beside itself
    return failures


def _once(folder: Path, sources: list[Path], steps: Sequence[Sequence[str | Path]]) -> str:
    """Runs `steps` unless they ran for these sources; why they failed, or ""."""
    stamp = folder.with_suffix(".installed")
    wanted = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return ""
    print(f"Installing the clients in {folder.name} …", flush=True)
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.strip() and "WARN" not in line.upper()]
            return said[-1] if said else f"{step[0]} ended with {done.returncode}"
    stamp.write_text(wanted, encoding="utf-8")
    return ""
