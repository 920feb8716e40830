"""Streams of OpenAI's dialect: every family of deltas, however it is cut, says what its whole texts say."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import pytest

from app.pipeline.entry import Entry
from app.pipeline.restore import restore
from app.pipeline.session import Session
from app.proxy.providers.openai import OPENAI
from app.proxy.sse import Decoder, Event, make
from app.proxy.stream import StreamRestorer
from tests.responses_answers import FAMILIES, events, run_events

NAME = 'Zoë "Z" O\'Neil'
SESSION = Session("a", b"k" * 32, [Entry("[PERSON_4821]", "PERSON", NAME)])
SAID = "Dear [PERSON_4821] and [PERSON_4821]"
ARGUMENTS = '{"who": "[PERSON_4821]"}'
SIZES = pytest.mark.parametrize("size", [1, 3, 7, 99])


def restorer(path: str) -> StreamRestorer:
    endpoint = OPENAI.endpoint("POST", path)
    assert endpoint is not None and endpoint.stream is not None
    return StreamRestorer(endpoint.stream, SESSION)


def through(path: str, made: list[Event]) -> list[tuple[str, Any]]:
    """Names and data of what a client gets."""
    restoring = restorer(path)
    out = [event for one in made for event in restoring.feed(one)] + restoring.flush()
    return [(event.name, json.loads(event.data)) for event in out if event.data and event.data != "[DONE]"]


def said(family: str) -> tuple[str, str]:
    return family, ARGUMENTS if family in ("function_call", "mcp_call") else SAID


def respond(families: list[str], size: int) -> list[Any]:
    made = [make(json.dumps(e), e["type"]) for e in events(map(said, families), size) if isinstance(e, dict)]
    got = through("/v1/responses", made)
    assert all(name == event["type"] for name, event in got)
    return [event for _, event in got]


@SIZES
@pytest.mark.parametrize("family", FAMILIES)
def test_the_deltas_of_a_family_say_what_its_done_says(family: str, size: int) -> None:
    name, key, _ = FAMILIES[family]
    got = respond([family], size)
    joined = "".join(event["delta"] for event in got if event["type"] == f"response.{name}.delta")
    (done,) = [event for event in got if event["type"] == f"response.{name}.done"]
    (item,) = [event["item"] for event in got if event["type"] == "response.output_item.done"]
    expected = restore(said(family)[1], SESSION)
    assert NAME in joined or json.dumps(NAME, ensure_ascii=False)[1:-1] in joined
    assert joined == done[key] == expected
    assert got[-1]["response"]["output"] == [item]
    # Nothing of a text follows its end.
    kinds = [event["type"] for event in got]
    assert kinds.index(f"response.{name}.done") > max(n for n, k in enumerate(kinds) if k == f"response.{name}.delta")


@SIZES
def test_families_side_by_side_are_kept_apart_and_numbers_never_step_back(size: int) -> None:
    got = respond([*FAMILIES, *FAMILIES], size)
    texts: dict[tuple[str, int], str] = defaultdict(str)
    for event in got:
        if event["type"].endswith(".delta"):
            texts[event["type"], event["output_index"]] += event["delta"]
    for number, family in enumerate([*FAMILIES, *FAMILIES]):
        assert texts[f"response.{FAMILIES[family][0]}.delta", number] == restore(said(family)[1], SESSION)
    numbers = [event["sequence_number"] for event in got]
    assert numbers == sorted(numbers)


def test_what_is_sealed_in_an_event_stays_as_it_is() -> None:
    got = respond(["reasoning_text"], 5)
    assert got[-1]["response"]["output"][0]["encrypted_content"] == "sealed [PERSON_4821]"


def test_what_a_command_prints_has_a_channel_for_each_of_its_outputs() -> None:
    place = {"output_index": 0, "item_id": "i", "command_index": 0}
    kind = "response.shell_call_output_content"
    halves = [("stdout", "a [PER"), ("stderr", "b [PERSON_"), ("stdout", "SON_4821]"), ("stderr", "4821] [X")]
    made: list[dict[str, Any]] = [{"type": f"{kind}.delta", **place, "delta": {key: half}} for key, half in halves]
    output = [{"stdout": "a [PERSON_4821]", "stderr": "b [PERSON_4821] [X"}]
    got = through(
        "/v1/responses",
        [make(json.dumps(e), e["type"]) for e in [*made, {**place, "type": f"{kind}.done", "output": output}]],
    )
    joined = {key: "".join(e["delta"].get(key, "") for _, e in got[:-1]) for key in ("stdout", "stderr")}
    assert joined == {"stdout": f"a {NAME}", "stderr": f"b {NAME} [X"}
    assert got[-1][1]["output"] == [joined]


def test_a_transcript_has_a_channel_though_it_names_no_item() -> None:
    kind = "response.audio.transcript"
    made = [{"type": f"{kind}.delta", "delta": half} for half in ("Dear [PERSON_48", "21], [")]
    got = through("/v1/responses", [make(json.dumps(e)) for e in [*made, {"type": f"{kind}.done"}]])
    assert "".join(e["delta"] for _, e in got[:-1]) == f"Dear {NAME}, [" and got[-1][1]["type"] == f"{kind}.done"


def test_the_end_of_a_sound_does_not_end_its_transcript() -> None:
    kinds = ("transcript.delta", "done", "transcript.delta", "transcript.done")
    halves = iter(("Dear [PERS", "ON_4821]"))
    made = [
        {"type": f"response.audio.{kind}", **({"delta": next(halves)} if kind.endswith("delta") else {})}
        for kind in kinds
    ]
    got = through("/v1/responses", [make(json.dumps(event)) for event in made])
    assert "".join(event.get("delta", "") for _, event in got) == f"Dear {NAME}"


@pytest.mark.parametrize("part", ["response.content_part.done", "response.output_item.done"])
def test_a_part_that_ends_without_a_word_of_its_text_ends_that_too(part: str) -> None:
    place = {"output_index": 0, "item_id": "i", "content_index": 0}
    delta = {"type": "response.output_text.delta", **place, "delta": "so [PERS"}
    held = {"item": {"id": "i"}} if part.endswith("item.done") else {"part": {}}
    got = through("/v1/responses", [make(json.dumps(e)) for e in (delta, {"type": part, **place, **held})])
    assert "".join(event.get("delta", "") for _, event in got) == "so [PERS"
    assert [event["type"] for _, event in got].index(part) == len(got) - 1


@pytest.mark.parametrize("ending", ["response.failed", "response.incomplete", "error"])
def test_a_response_that_ends_early_still_says_what_was_held(ending: str) -> None:
    place = {"output_index": 0, "item_id": "i", "content_index": 0, "sequence_number": 1}
    delta = {"type": "response.output_text.delta", **place, "delta": "so [PERS", "obfuscation": "xyz"}
    end = {"type": ending, "sequence_number": 2, "response": {"id": "r", "output": []}}
    got = through("/v1/responses", [make(json.dumps(e), str(e["type"])) for e in (delta, end)])
    assert [event["type"] for _, event in got][-1] == ending
    assert "".join(event["delta"] for _, event in got[:-1]) == "so [PERS"
    assert all(event["sequence_number"] == 1 for _, event in got[:-1]) and "obfuscation" not in got[1][1]


@SIZES
def test_a_run_of_an_assistant_says_in_deltas_what_it_says_whole(size: int) -> None:
    decoder = Decoder()
    made = [*decoder.feed(run_events(f"{SAID} [PER", ARGUMENTS, size)), *decoder.flush()]
    got = through("/v1/threads/*/runs", made)
    text = arguments = ""
    for name, event in got:
        assert name.startswith(event["object"])
        for part in event.get("delta", {}).get("content", ()):
            assert part["type"] == "text" and part["index"] == 0
            text += part["text"]["value"]
        for call in event.get("delta", {}).get("step_details", {}).get("tool_calls", ()):
            assert call["type"] == "function" and call["index"] == 0
            arguments += call["function"]["arguments"]
    whole = dict(got)
    assert text == whole["thread.message.completed"]["content"][0]["text"]["value"] == restore(SAID, SESSION) + " [PER"
    finished = whole["thread.run.step.completed"]["step_details"]["tool_calls"][0]["function"]["arguments"]
    assert json.loads(arguments) == json.loads(finished) == {"who": NAME}


def test_a_completion_from_before_chat_is_restored_across_its_chunks() -> None:
    chunks = [
        {"id": "c", "object": "text_completion", "choices": [{"index": n, "text": half, "finish_reason": finish}]}
        for n, half, finish in [(0, "a [PER", None), (1, "b [", None), (0, "SON_4821]", None), (1, "", "stop")]
    ]
    chunks.append({"id": "c", "choices": [{"index": 0, "text": " [P", "finish_reason": "length"}]})
    got = through("/v1/completions", [make(json.dumps(chunk)) for chunk in chunks])
    texts = ["", ""]
    for _, event in got:
        for choice in event["choices"]:
            texts[choice["index"]] += choice["text"]
    assert texts == [f"a {NAME} [P", "b ["]
