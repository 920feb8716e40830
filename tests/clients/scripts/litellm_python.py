import json
import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # or it would fetch one

import litellm
from check import AGAIN, ORIGIN, PROSE, restored, tool_was_given

litellm.telemetry = False
look_up = {
    "name": "look_up",
    "description": "Looks somebody up",
    "parameters": {"type": "object", "properties": {"who": {"type": "string"}}, "required": ["who"]},
}

for model, base in (("openai/gpt-fake", f"{ORIGIN}/v1"), ("anthropic/claude-fake", ORIGIN)):
    where = {"model": model, "api_base": base, "api_key": "sk-litellm", "max_tokens": 100}
    messages = [{"role": "user", "content": PROSE}]
    first = litellm.completion(messages=messages, **where).choices[0].message
    restored(first.content)
    again = [*messages, first.model_dump(include={"role", "content"}), {"role": "user", "content": AGAIN}]
    stream = litellm.completion(messages=again, stream=True, **where)
    restored("".join(chunk.choices[0].delta.content or "" for chunk in stream))

    tools = [{"type": "function", "function": look_up}]
    called = litellm.completion(messages=messages, tools=tools, **where).choices[0].message
    (call,) = called.tool_calls
    tool_was_given(json.loads(call.function.arguments)["who"])
    result = {"role": "tool", "tool_call_id": call.id, "content": "found"}
    answer = litellm.completion(
        messages=[*messages, called.model_dump(exclude_none=True), result], tools=tools, **where
    )
    restored(answer.choices[0].message.content)
