import ollama
from check import AGAIN, ORIGIN, PROSE, restored, tool_was_given

client = ollama.Client(ORIGIN)

messages = [{"role": "user", "content": PROSE}]
first = client.chat("fake", messages)
restored(first.message.content)
messages += [first.message, {"role": "user", "content": AGAIN}]
restored("".join(part.message.content for part in client.chat("fake", messages, stream=True)))


def look_up(who: str) -> str:
    """Looks somebody up.

    Args:
        who: A name.
    """


called = client.chat("fake", messages[:1], tools=[look_up])
tool_was_given(called.message.tool_calls[0].function.arguments["who"])
