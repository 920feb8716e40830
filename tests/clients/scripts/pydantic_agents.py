from check import AGAIN, ORIGIN, PROSE, restored, tool_was_given
from pydantic_ai import Agent
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider

gpt = OpenAIProvider(base_url=f"{ORIGIN}/v1", api_key="sk-pydantic")
claude = AnthropicProvider(base_url=ORIGIN, api_key="sk-ant-pydantic")
called = []

for model in (
    OpenAIChatModel("gpt-fake", provider=gpt),
    OpenAIResponsesModel("gpt-fake", provider=gpt),
    AnthropicModel("claude-fake", provider=claude),
):
    agent = Agent(model, instructions="You answer letters.")

    @agent.tool_plain
    def look_up(who: str) -> str:
        """Looks somebody up."""
        called.append(who)
        return "found"

    called.clear()
    first = agent.run_sync(PROSE)
    restored(first.output)
    second = agent.run_stream_sync(AGAIN, message_history=first.all_messages())
    restored(second.get_output())
    assert len(called) == 2
    for who in called:
        tool_was_given(who)
