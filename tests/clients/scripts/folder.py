"""Where an agent works: a folder with one file, and a home of its own."""

import os
import pathlib

BIN = pathlib.Path(os.environ["BIN"])
FOLDER = pathlib.Path(os.environ["FOLDER"])
HOME = pathlib.Path(os.environ["AGENT_HOME"])
READING, EDITING, AFTER = os.environ["READING"], os.environ["EDITING"], os.environ["AFTER"]


def notes():
    return (FOLDER / "notes.txt").read_text(encoding="utf-8")
