"""Libraries, for programs of one's own."""

from __future__ import annotations

from app.clients.client import Client, Snippet

LIBRARIES = (
    Client(
        "openai-python",
        "OpenAI for Python",
        "Libraries",
        (
            Snippet(
                "In the code",
                "python",
                'from openai import OpenAI\n\nclient = OpenAI(base_url="http://localhost:3000/v1")',
            ),
            Snippet("In the environment", "sh", "export OPENAI_BASE_URL=http://localhost:3000/v1"),
        ),
        "Every call: chat, Responses (also over WebSocket), embeddings, files, batches and the rest.",
        agents=("openai/python", "asyncopenai/python"),
    ),
    Client(
        "openai-node",
        "OpenAI for JavaScript",
        "Libraries",
        (
            Snippet(
                "In the code",
                "js",
                'import OpenAI from "openai";\n\nconst client = new OpenAI({ baseURL: "http://localhost:3000/v1" });',
            ),
            Snippet("In the environment", "sh", "export OPENAI_BASE_URL=http://localhost:3000/v1"),
        ),
        "Every call. In a browser, the page's origin has to be allowed by name (allowed-origins).",
        agents=("openai/js",),
    ),
    Client(
        "anthropic",
        "Anthropic for Python and JavaScript",
        "Libraries",
        (
            Snippet(
                "In Python",
                "python",
                'from anthropic import Anthropic\n\nclient = Anthropic(base_url="http://localhost:3000")',
            ),
            Snippet(
                "In JavaScript",
                "js",
                'import Anthropic from "@anthropic-ai/sdk";\n\n'
                'const client = new Anthropic({ baseURL: "http://localhost:3000" });',
            ),
            Snippet("In the environment", "sh", "export ANTHROPIC_BASE_URL=http://localhost:3000"),
        ),
        "Every call. The base URL is without /v1.",
        agents=("anthropic/", "asyncanthropic/"),
    ),
    Client(
        "google-genai",
        "Google Gen AI for Python and JavaScript",
        "Libraries",
        (
            Snippet(
                "In Python",
                "python",
                'from google import genai\n\nclient = genai.Client(http_options={"base_url": "http://localhost:3000"})',
            ),
            Snippet(
                "In JavaScript",
                "js",
                'import { GoogleGenAI } from "@google/genai";\n\n'
                'const client = new GoogleGenAI({ httpOptions: { baseUrl: "http://localhost:3000" } });',
            ),
        ),
        "Every call of the Gemini API.",
        "Vertex AI, which has other addresses and keys: make it a named upstream.",
        agents=("google-genai-sdk/",),
    ),
    Client(
        "langchain",
        "LangChain",
        "Libraries",
        (
            Snippet(
                "In the code",
                "python",
                """from langchain_anthropic import ChatAnthropic
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

gpt = ChatOpenAI(base_url="http://localhost:3000/v1")
claude = ChatAnthropic(model="claude-sonnet-5", base_url="http://localhost:3000")
embeddings = OpenAIEmbeddings(base_url="http://localhost:3000/v1", check_embedding_ctx_length=False)""",
            ),
        ),
        "Chat, tools and embeddings. Without check_embedding_ctx_length=False embeddings send numbers of tokens in "
        "place of text, which Anonamoose turns back into text or refuses.",
        "Tracing (LangSmith), which goes elsewhere with the real values.",
    ),
    Client(
        "llamaindex",
        "LlamaIndex",
        "Libraries",
        (
            Snippet(
                "In the code",
                "python",
                'from llama_index.llms.openai import OpenAI\n\nllm = OpenAI(api_base="http://localhost:3000/v1")',
            ),
        ),
        "Chat and completion; embeddings take api_base as well.",
    ),
    Client(
        "vercel-ai",
        "Vercel AI SDK",
        "Libraries",
        (
            Snippet(
                "In the code",
                "js",
                """import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";

const openai = createOpenAI({ baseURL: "http://localhost:3000/v1" });
const anthropic = createAnthropic({ baseURL: "http://localhost:3000/v1" });
const google = createGoogleGenerativeAI({ baseURL: "http://localhost:3000/v1beta" });""",
            ),
        ),
        "Every call. Here Anthropic's base URL has /v1.",
        agents=("ai/", "ai-sdk/"),
    ),
    Client(
        "litellm",
        "LiteLLM",
        "Libraries",
        (
            Snippet(
                "In the code",
                "python",
                'import litellm\n\nmessages = [{"role": "user", "content": "Hello"}]\n'
                'litellm.completion(model="openai/gpt-5.4", messages=messages, api_base="http://localhost:3000/v1")',
            ),
        ),
        "Calls that have the api_base; for Anthropic's models it is without /v1.",
        agents=("litellm/",),
    ),
    Client(
        "llm",
        "llm, the command",
        "Libraries",
        (Snippet("In the shell", "sh", "anonamoose run -- llm 'Write to Jane'"),),
        "Prompts to OpenAI's models, and with its plugin to Anthropic's.",
        "Its own log of prompts and answers, which stays on this machine and holds the real values.",
        commands=("llm",),
    ),
)
