"""Which names may stand in the audit trail as they are: those that are published, and so are nobody's data.

What a client calls itself, and which model it asks for, are its own words: anything may be in them. So a tool is
called by its name when it is one that is known, a model as far as its name is made of words that models are called.
The rest is told apart by a keyed hash.
"""

from __future__ import annotations

import re
from collections.abc import Callable

#: What makes a hash of a name, given what it is a name of.
Hash = Callable[[str, str], str]

#: The products in user agents, as they are written there.
_CLIENTS = {
    name.lower(): name
    for name in """
    Aider Anthropic AnthropicBedrock AnthropicVertex AsyncAnthropic AsyncAzureOpenAI AsyncOpenAI AzureOpenAI BoltAI
    Bun Chatbox Cherry-Studio Cline Code Continue Copilot Cursor Deno Dify Electron Flowise GitHubCopilotChat Goose
    Go-http-client HTTPie JetBrains Jan Java LangChain LibreChat LiteLLM LlamaIndex LobeChat Mozilla Msty OpenAI
    OpenHands OpenWebUI OpenCode PostmanRuntime Python Python-urllib Roo-Code SillyTavern Windsurf Zed aider aiohttp
    ai-sdk anythingllm autogen avante.nvim axios claude-cli claude-code cline codex codex-tui codex_cli_rs codex_exec
    codex_sdk_ts codex_vscode curl dify gemini-cli GeminiCLI google-api-nodejs-client google-genai-sdk gptel got
    insomnia kilo-code libcurl litellm llm n8n node node-fetch okhttp ollama ollama-js ollama-python opencode
    python-httpx python-requests qwen-code reqwest ruby undici wget
    """.split()
}
#: Words of which models are called. Sizes and versions are numbers.
_WORDS = frozenset(
    """
    ada alpha amazon anthropic aqa audio aya b babbage base bert beta bge calme chat chatgpt claude clip code
    codegemma codellama coder codestral codex cohere command compound computer cosmos curie dall davinci deep
    deepseek devstral distill dolphin e embed embedding embeddings ernie exp experimental expert f fable falcon
    fast flash fp free ft gemini gemma generate generation gguf glm google gpt granite grok guard haiku hermes
    high hq hunyuan image imagen instant instruct internlm it jamba k kimi large latest learnlm lite live llama
    llava lm long low lyria m magistral maverick max medium meta microsoft mini minicpm minilm minimax ministral
    mistral mistralai mixtral mlx model models moderation moondream moonshot multilingual multimodal mxbai
    mythos nano native nemotron neural new next nomic non nova nvidia o oai olmo omni online open openai
    openchat opus orca oss palm phi pixtral plus practice preview pro q qvq qwen qwq r reasoner reasoning
    reranker research robotics s saba sage scout search sky small smollm solar sonar sonnet sonoma sora
    speculative speech stable star starcoder text thinking tiny tinyllama titan transcribe translate tts turbo
    ultra use v veo vicuna video vision voxtral whisper wizardlm x xai xhigh xl yi zephyr
    """.split()
)
_TOKEN = re.compile(r"[A-Za-z]+|\d+|[^A-Za-z\d]+")
#: A day of a model's release: nobody was born then who has a model called after.
_RELEASE = re.compile(r"(?<!\d)20(?:2[2-9]|3\d)(-?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)")
_PUNCTUATION = re.compile(r"[-._:/@+]{1,2}")
#: More than these, days aside, are no versions and sizes.
_DIGITS = 7


def client(agent: str, hash: Hash) -> str:
    """The name of the tool in a user agent, without its version: `OpenAI`; empty where it gives none."""
    product = re.split(r"[/\s(;]", agent.strip(), maxsplit=1)[0]
    if not product:
        return ""
    return _CLIENTS.get(product.lower()) or f"other#{hash('client', product)[:8]}"


def model(name: str, hash: Hash) -> str:
    """The name of a model as far as it is a published one: `gpt-4o-mini`, `ft:gpt-4o…#3f9ac1d2`."""
    known = name[: _known(name)]
    if known == name:
        return name
    return f"{known.rstrip('-._:/@+') or 'other'}…#{hash('model', name)[:8]}"


def _known(name: str) -> int:
    """How much of `name` may be said."""
    released = [match.span() for match in _RELEASE.finditer(name)]
    digits = end = 0
    for token in _TOKEN.finditer(name):
        text = token.group()
        if text[0].isascii() and text[0].isalpha():
            if text.lower() not in _WORDS:
                break
        elif text.isdecimal() and text.isascii():
            if not end:
                break  # a name begins with a word
            digits += 0 if any(a <= token.start() and token.end() <= b for a, b in released) else len(text)
            if digits > _DIGITS:
                break
        elif not _PUNCTUATION.fullmatch(text):
            break
        end = token.end()
    else:
        return len(name)
    return end
