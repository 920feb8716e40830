"""Coding agents."""

from __future__ import annotations

from app.clients.client import Client, Snippet

AGENTS = (
    Client(
        "claude-code",
        "Claude Code",
        "Agents",
        (
            Snippet("In the shell", "sh", "anonamoose run -- claude"),
            Snippet(
                "For good, in ~/.claude/settings.json",
                "json",
                """{
  "env": {
    "ANTHROPIC_BASE_URL": "http://localhost:3000",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"
  }
}""",
            ),
            Snippet(
                "With a session of its own, in the shell",
                "sh",
                "export ANTHROPIC_BASE_URL=http://localhost:3000\n"
                'export ANTHROPIC_CUSTOM_HEADERS="x-anonamoose-session: work"\nclaude',
            ),
        ),
        "Every prompt, file it reads, result of a tool and answer; files it edits get the real values.",
        "What it sends elsewhere: telemetry, updates (both off above) and MCP servers on other machines.",
        agents=("claude-cli/", "claude-code/"),
        commands=("claude",),
        environment={"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"},
    ),
    Client(
        "codex",
        "Codex CLI",
        "Agents",
        (
            Snippet("In the shell", "sh", "anonamoose run -- codex"),
            Snippet(
                "For good, in ~/.codex/config.toml (first line)", "toml", 'openai_base_url = "http://localhost:3000/v1"'
            ),
            Snippet(
                "As a provider, in ~/.codex/config.toml",
                "toml",
                """model_provider = "anonamoose"

[model_providers.anonamoose]
name = "Anonamoose"
base_url = "http://localhost:3000/v1"
env_key = "OPENAI_API_KEY"
wire_api = "responses"
supports_websockets = false""",
            ),
        ),
        "Every turn, over HTTP and WebSocket; commands and patches get the real values.",
        "Signing in with a ChatGPT account goes to OpenAI's own host: use an API key.",
        agents=("codex_", "codex-", "codex/"),
        commands=("codex",),
        arguments=("-c", 'openai_base_url="http://localhost:3000/v1"'),
    ),
    Client(
        "gemini-cli",
        "Gemini CLI",
        "Agents",
        (
            Snippet("In the shell", "sh", "anonamoose run -- gemini"),
            Snippet("For good, in ~/.gemini/.env", "sh", "GOOGLE_GEMINI_BASE_URL=http://localhost:3000"),
        ),
        "Every turn, and the calls by which it chooses a model.",
        "Only with an API key (sign-in type gemini-api-key): a Google account goes to Google's own host.",
        agents=("geminicli/", "geminicli-"),
        commands=("gemini",),
    ),
    Client(
        "copilot-cli",
        "GitHub Copilot CLI",
        "Agents",
        (
            Snippet(
                "In the shell, with a provider's own key",
                "sh",
                "export COPILOT_PROVIDER_BASE_URL=http://localhost:3000/v1 COPILOT_PROVIDER_TYPE=openai\n"
                'export COPILOT_PROVIDER_API_KEY="$OPENAI_API_KEY" COPILOT_MODEL=gpt-5.4\ncopilot',
            ),
        ),
        "Every turn, when it is given a provider's key of your own.",
        "Models that GitHub serves go to GitHub and cannot be looked into.",
        commands=("copilot",),
        environment={"COPILOT_PROVIDER_BASE_URL": "http://localhost:3000/v1", "COPILOT_PROVIDER_TYPE": "openai"},
    ),
    Client(
        "opencode",
        "OpenCode",
        "Agents",
        (
            Snippet(
                "In opencode.json",
                "json",
                """{
  "provider": {
    "anonamoose": {
      "npm": "@ai-sdk/openai-compatible",
      "name": "Through Anonamoose",
      "options": { "baseURL": "http://localhost:3000/v1", "apiKey": "{env:OPENAI_API_KEY}" },
      "models": { "gpt-5.4": {} }
    }
  }
}""",
            ),
        ),
        "Every turn, and the call by which it names a conversation.",
        "Its other providers, which go where they went before.",
        agents=("opencode/",),
    ),
    Client(
        "aider",
        "Aider",
        "Agents",
        (
            Snippet("In the shell", "sh", "anonamoose run -- aider --model openai/gpt-5.4"),
            Snippet(
                "In .aider.conf.yml",
                "yaml",
                "openai-api-base: http://localhost:3000/v1\nset-env:\n  - ANTHROPIC_API_BASE=http://localhost:3000",
            ),
        ),
        "Every turn, of OpenAI's and Anthropic's models.",
        "Its own usage statistics, unless they are off (--analytics-disable).",
        commands=("aider",),
    ),
    Client(
        "cline",
        "Cline",
        "Agents",
        (
            Snippet(
                "In the editor, Settings → API Configuration",
                "text",
                "API Provider: OpenAI Compatible\nBase URL: http://localhost:3000/v1",
            ),
            Snippet(
                "On the command line",
                "sh",
                'cline auth openai-compatible --baseurl http://localhost:3000/v1 --apikey "$OPENAI_API_KEY" '
                "--modelid gpt-5.4",
            ),
        ),
        "Every turn.",
        "Models by Cline's own account.",
        agents=("cline/",),
    ),
    Client(
        "continue",
        "Continue",
        "Agents",
        (
            Snippet(
                "In ~/.continue/config.yaml",
                "yaml",
                """models:
  - name: GPT through Anonamoose
    provider: openai
    model: gpt-5.4
    apiBase: http://localhost:3000/v1
    apiKey: ${{ secrets.OPENAI_API_KEY }}""",
            ),
        ),
        "Chat, edits and agents of the models that have this apiBase.",
        "Models without it, such as one for completion as you type.",
    ),
)
