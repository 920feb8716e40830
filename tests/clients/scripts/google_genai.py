from check import AGAIN, ORIGIN, PROSE, restored, tool_was_given
from google import genai
from google.genai import types

client = genai.Client(api_key="gemini-python", http_options=types.HttpOptions(base_url=ORIGIN))

chat = client.chats.create(model="gemini-fake")
restored(chat.send_message(PROSE).text)
restored("".join(chunk.text or "" for chunk in chat.send_message_stream(AGAIN)))

called = []


def look_up(who: str) -> str:
    """Looks somebody up."""
    called.append(who)
    return "found"


answer = client.models.generate_content(
    model="gemini-fake", contents=PROSE, config=types.GenerateContentConfig(tools=[look_up])
)
restored(answer.text)
tool_was_given(*called)
