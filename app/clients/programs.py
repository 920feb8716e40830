"""Programs with windows or a server of their own."""

from __future__ import annotations

from app.clients.client import Client, Snippet

_CONTAINER = (
    "In a container, localhost is the container: use host.docker.internal (on Linux with "
    "--add-host=host.docker.internal:host-gateway), name it in allowed-hosts, and listen beyond this machine, which "
    "takes a token."
)

PROGRAMS = (
    Client(
        "open-webui",
        "Open WebUI",
        "Programs",
        (
            Snippet(
                "On its start",
                "sh",
                "export OPENAI_API_BASE_URL=http://localhost:3000/v1\nexport OLLAMA_BASE_URL=http://localhost:3000",
            ),
            Snippet("In its Admin Panel → Settings → Connections", "text", "http://localhost:3000/v1"),
        ),
        "Every chat, and the calls by which it names chats and searches.",
        _CONTAINER,
    ),
    Client(
        "n8n",
        "n8n",
        "Programs",
        (
            Snippet("In the OpenAI credential, Base URL", "text", "http://localhost:3000/v1"),
            Snippet("In the Anthropic credential, Base URL", "text", "http://localhost:3000"),
        ),
        "Every node that uses the credential.",
        _CONTAINER,
    ),
    Client(
        "zed",
        "Zed",
        "Programs",
        (
            Snippet(
                "In settings.json",
                "json",
                """{
  "language_models": {
    "openai_compatible": {
      "Anonamoose": {
        "api_url": "http://localhost:3000/v1",
        "available_models": [{ "name": "gpt-5.4", "max_tokens": 200000 }]
      }
    }
  }
}""",
            ),
        ),
        "The assistant, with the models that are listed there. Its key goes into the same dialogue of Zed.",
        "Zed's hosted models and its completion as you type.",
        agents=("zed/",),
    ),
    Client(
        "jetbrains",
        "JetBrains AI Assistant",
        "Programs",
        (
            Snippet(
                "In Settings → Tools → AI Assistant → Providers & API keys",
                "text",
                "Provider: OpenAI-compatible\nURL: http://localhost:3000/v1",
            ),
            Snippet("With a session of its own", "text", "http://localhost:3000/s/jetbrains/v1"),
        ),
        "Chat and the actions that use the provider.",
        "JetBrains' own service, which some features always use.",
    ),
    Client(
        "ollama",
        "Ollama and its clients",
        "Programs",
        (Snippet("In the shell", "sh", "export OLLAMA_HOST=http://localhost:3000"),),
        "Chat, generation and embeddings. Anonamoose passes them on to the Ollama on this machine, so that its log and "
        "models in its cloud see placeholders only.",
        "Programs that were started before, or that have the address of Ollama in their own settings.",
        agents=("ollama/", "ollama-python/", "ollama-js/"),
        commands=("ollama",),
    ),
    Client(
        "cursor",
        "Cursor",
        "Programs",
        (),
        "Nothing: Cursor cannot be protected.",
        "Its own servers call the base URL, so localhost is out of their reach, and they have read the text before "
        "anybody else could.",
    ),
)
