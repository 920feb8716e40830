"""What the provider says to a client: a text with every placeholder, or a call of the tool that the client brought.

It knows its user as a real model would: from the placeholders in the sentences it is sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tests import answers
from tests.answers import Data
from tests.fakes import Received, Reply
from tests.responses_answers import item, response

NAME, EMAIL, PHONE, TFN, CARD = (
    "Priya Raman",
    "priya.raman@example.com",
    "0412 345 678",
    "123 456 782",
    "4111 1111 1111 1111",
)
#: What a client sends first, and what it shall get back.
PROSE = f"Write to {NAME} ({EMAIL}, {PHONE}) about TFN {TFN} and card {CARD}."
#: What is in the file that an agent reads, and what shall be in it afterwards.
BEFORE = f"Contact: {NAME} <{EMAIL}>\nCall {PHONE} first.\n"
AFTER = f"Contact: {NAME} <{EMAIL}>\nMail {EMAIL}, then call {PHONE}.\n"
_TOKEN = r"(\[[A-Z0-9_]+_\d+\])"
_IN_PROSE = re.compile(rf"Write to {_TOKEN} \({_TOKEN}, {_TOKEN}\) about TFN {_TOKEN} and card {_TOKEN}\.")
_IN_FILE = re.compile(rf"Contact: {_TOKEN} <{_TOKEN}>.{{1,9}}?Call {_TOKEN} first\.", re.DOTALL)
#: What agents are asked to do, one after the other.
READING = "Task one: read the file notes.txt and tell me whom to contact."
EDITING = "Task two: read notes.txt again and change its second line so that mail comes first."
#: The tool that libraries bring: `look_up(who: string)`.
TOOL = "look_up"


def _strings(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict | list):
        for member in tree.values() if isinstance(tree, dict) else tree:
            yield from _strings(member)


def _tools(body: Data) -> dict[str, Data]:
    """The tools on offer, by name, however the dialect wraps them."""
    found: dict[str, Data] = {}
    for tool in body.get("tools") or []:
        for one in (tool, tool.get("function"), *(tool.get("functionDeclarations") or ())):
            if isinstance(one, dict) and isinstance(one.get("name"), str):
                found[one["name"]] = one
    return found


def _turns(body: Data) -> list[Data]:
    turns = body.get("messages") or body.get("contents") or body.get("input") or []
    return turns if isinstance(turns, list) else [{"role": "user", "content": turns}]


#: What marks the result of a tool in a turn, in the dialects where its role does not.
_RESULT = re.compile(r'"(?:tool_result|function_call_output|custom_tool_call_output|functionResponse)"')


def _results(body: Data) -> int:
    """How many results of tools follow what the user has said last; some clients put several into one turn."""
    count = 0
    for turn in reversed(_turns(body)):
        found = 1 if turn.get("role") == "tool" else len(_RESULT.findall(json.dumps(turn)))
        if not found and turn.get("role") == "user":
            break
        count += found
    return count


class Model:
    """Answers requests in all dialects. `file` is the path of the file that agents are to read and edit."""

    def __init__(self, file: str) -> None:
        self._file = file

    def __call__(self, received: Received) -> Reply:
        path = received.target.partition("?")[0]
        if received.method == "GET" or not received.body:
            return answers.body({"object": "list", "data": [], "models": []})
        body = received.json()
        if path.endswith("/count_tokens"):
            return answers.body({"input_tokens": 1})
        call = self._call(body)
        text = _text(body)
        if path.endswith("/messages"):
            return _messages(body, text, call)
        if path.endswith("/responses"):
            return _responses(body, text, call)
        if ":" in path.rpartition("/")[2]:
            return _gemini(path, text, call)
        if path == "/api/chat":
            return _ollama(body, text, call)
        return _chat(body, text, call)

    def _call(self, body: Data) -> tuple[str, Data | str] | None:
        """The tool to call now and its arguments, if any."""
        tools, results = _tools(body), _results(body)
        everything = "\n".join(_strings(_turns(body)))
        if TOOL in tools:
            found = _IN_PROSE.search(everything)
            return (TOOL, {"who": found[1]}) if found and not results else None
        task = next((task for task in (EDITING, READING) if task in everything), None)
        if task is None:
            return None
        if results == 0:
            return ("Read", {"file_path": self._file}) if "Read" in tools else _shell(tools, f"cat {self._file}")
        return self._edit(tools, everything) if results == 1 and task == EDITING else None

    def _edit(self, tools: dict[str, Data], said: str) -> tuple[str, Data | str] | None:
        found = _IN_FILE.search(said)
        if found is None:
            return None
        _, email, phone = found.groups()
        old, new = f"Call {phone} first.", f"Mail {email}, then call {phone}."
        if "Edit" in tools:
            return "Edit", {"file_path": self._file, "old_string": old, "new_string": new, "replace_all": False}
        patch = f"*** Begin Patch\n*** Update File: {self._file}\n@@\n-{old}\n+{new}\n*** End Patch"
        if "apply_patch" in tools:
            return "apply_patch", patch
        return _shell(tools, f"apply_patch <<'EOF'\n{patch}\nEOF")


def _shell(tools: dict[str, Data], command: str) -> tuple[str, Data | str] | None:
    for name, arguments in (
        ("exec_command", {"cmd": command}),
        ("shell_command", {"command": command}),
        ("shell", {"command": ["bash", "-lc", command]}),
    ):
        if name in tools:
            return name, arguments
    return None


def _text(body: Data) -> str:
    """Every value of the prose, and of the file if there was one, in words of our own."""
    everything = "\n".join(_strings(body))
    found = _IN_PROSE.findall(everything)
    said = [" and ".join(tokens) for tokens in dict.fromkeys(found)]
    said += [" or ".join(tokens) for tokens in dict.fromkeys(_IN_FILE.findall(everything))]
    return f"Noted 東京: {'; '.join(said) or 'nothing'}."


Call = tuple[str, Data | str] | None


def _written(arguments: Data | str) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments)


def _chat(body: Data, text: str, call: Call) -> Reply:
    calls = [("call_1", call[0], _written(call[1]))] if call else []
    if not body.get("stream"):
        return answers.body(answers.chat(None if call else text, calls=calls))
    events = answers.chat_tool_events(calls) if call else answers.chat_events(text)
    return answers.stream(answers.encode(events))


def _messages(body: Data, text: str, call: Call) -> Reply:
    number = len(_turns(body))
    block: str | Data = text
    if call:
        assert isinstance(call[1], dict)
        block = answers.tool_use(f"toolu_{number}", call[0], call[1])
    if not body.get("stream"):
        return answers.body({**answers.message(block), "id": f"msg_{number}"})
    events = answers.encode(answers.message_events(block))
    # An agent takes messages with one id for parts of one.
    return answers.stream(events.replace(b'"msg_fake"', f'"msg_{number}"'.encode()))


def _responses(body: Data, text: str, call: Call) -> Reply:
    number = len(_turns(body))
    if call is None:
        items = [item("message", number, text)]
    else:
        family = "custom_tool_call" if isinstance(call[1], str) else "function_call"
        items = [{**item(family, number, _written(call[1])), "name": call[0]}]
    usage = {
        "input_tokens": 1,
        "output_tokens": 1,
        "total_tokens": 2,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens_details": {"reasoning_tokens": 0},
    }
    whole = response(items, id=f"resp_{number}", usage=usage)
    if not body.get("stream"):
        return answers.body(whole)
    return answers.stream(answers.encode(answers.response_events(whole)))


def _gemini(path: str, text: str, call: Call) -> Reply:
    def candidate(part: Data, ends: bool) -> Data:
        content = {"role": "model", "parts": [part]}
        usage = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
        finish = {"finishReason": "STOP"} if ends else {}
        return {
            "candidates": [{"content": content, "index": 0, **finish}],
            "usageMetadata": usage,
            "modelVersion": "gemini-fake",
            "responseId": "fake",
        }

    parts: list[Data] = (
        [{"functionCall": {"name": call[0], "args": call[1]}}]
        if call
        else [{"text": piece} for piece in answers.pieces(text, 4)]
    )
    if not path.endswith(":streamGenerateContent"):
        return answers.body(candidate(parts[0] if call else {"text": text}, ends=True))
    events: list[Data | str] = [candidate(part, ends=part is parts[-1]) for part in parts]
    return answers.stream(answers.encode(events))


def _ollama(body: Data, text: str, call: Call) -> Reply:
    def line(message: Data, done: bool) -> Data:
        ended = {"done_reason": "stop", "total_duration": 1, "eval_count": 1} if done else {}
        head = {"model": "fake", "created_at": "2026-01-01T00:00:00Z"}
        return {**head, "message": {"role": "assistant", **message}, "done": done, **ended}

    said: Data = {"content": text}
    if call:
        said = {"content": "", "tool_calls": [{"function": {"name": call[0], "arguments": call[1]}}]}
    if body.get("stream") is False:
        return answers.body(line(said, done=True))
    lines = [line(said, done=False)] if call else [line({"content": p}, done=False) for p in answers.pieces(text, 4)]
    chunks = [json.dumps(one).encode() + b"\n" for one in [*lines, line({"content": ""}, done=True)]]
    return Reply(200, (("Content-Type", "application/x-ndjson"),), chunks, "chunked")
