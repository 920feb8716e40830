import os
import pathlib
import subprocess
import sys
import tempfile

from check import AGAIN, ORIGIN, PROSE, restored

with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "extra-openai-models.yaml").write_text(
        f"- model_id: fake\n  model_name: gpt-fake\n  api_base: {ORIGIN}/v1\n", encoding="utf-8"
    )
    environ = {**os.environ, "LLM_USER_PATH": folder, "OPENAI_API_KEY": "sk-llm"}

    def llm(*arguments):
        command = [sys.executable, "-m", "llm", *arguments]
        done = subprocess.run(command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr.strip()[-300:]
        return done.stdout

    restored(llm("-m", "fake", PROSE))
    restored(llm("-c", AGAIN))
    restored(llm("-m", "fake", "--no-stream", PROSE))
