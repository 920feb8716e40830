import asyncio

from agents import Agent, OpenAIChatCompletionsModel, OpenAIResponsesModel, Runner, function_tool, set_tracing_disabled
from check import AGAIN, ORIGIN, PROSE, restored, tool_was_given
from openai import AsyncOpenAI

set_tracing_disabled(True)
called = []


@function_tool
def look_up(who: str) -> str:
    """Looks somebody up."""
    called.append(who)
    return "found"


async def main():
    client = AsyncOpenAI(base_url=f"{ORIGIN}/v1", api_key="sk-agents", max_retries=0)
    for model in (OpenAIResponsesModel("gpt-fake", client), OpenAIChatCompletionsModel("gpt-fake", client)):
        called.clear()
        agent = Agent("Clerk", instructions="You answer letters.", model=model, tools=[look_up])
        first = await Runner.run(agent, PROSE)
        restored(first.final_output)
        second = Runner.run_streamed(agent, [*first.to_input_list(), {"role": "user", "content": AGAIN}])
        async for _ in second.stream_events():
            pass
        restored(second.final_output)
        assert len(called) == 2
        for who in called:
            tool_was_given(who)


asyncio.run(main())
