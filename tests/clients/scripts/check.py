"""What every client checks: that it got its own words back."""

import json
import os

ORIGIN = os.environ["ORIGIN"]
PROSE = os.environ["PROSE"]
VALUES = json.loads(os.environ["VALUES"])
AGAIN = "Thank you. And now the same once more, for " + VALUES[0] + "."


def restored(text):
    """Fails unless `text` is the model's answer with every value in it, and nothing of a placeholder."""
    missing = [value for value in VALUES if value not in text]
    assert not missing, f"{len(missing)} values are missing"
    assert "東京" in text, "the answer was damaged"
    assert "[" not in text, "a placeholder was left"


def tool_was_given(who):
    assert who == VALUES[0], "the tool was given something else than the name"
