from check import AGAIN, ORIGIN, PROSE, restored, tool_was_given
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI


@tool
def look_up(who: str) -> str:
    """Looks somebody up."""
    tool_was_given(who)
    return "found"


for model in (
    ChatOpenAI(model="gpt-fake", base_url=f"{ORIGIN}/v1", api_key="sk-langchain", max_retries=0),
    ChatOpenAI(
        model="gpt-fake", base_url=f"{ORIGIN}/v1", api_key="sk-langchain", max_retries=0, use_responses_api=True
    ),
    ChatAnthropic(model="claude-fake", base_url=ORIGIN, api_key="sk-ant-langchain", max_retries=0, max_tokens=100),
):
    first = model.invoke([HumanMessage(PROSE)])
    restored(first.text)
    history = [HumanMessage(PROSE), first, HumanMessage(AGAIN)]
    restored("".join(chunk.text for chunk in model.stream(history)))

    armed = model.bind_tools([look_up])
    called = armed.invoke(history[:1])
    (call,) = called.tool_calls
    result = look_up.invoke(call)
    assert isinstance(result, ToolMessage)
    restored(armed.invoke([*history[:1], called, result]).text)
