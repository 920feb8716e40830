"""The dialects Anonamoose speaks, by name."""

from app.proxy.providers.anthropic import ANTHROPIC
from app.proxy.providers.base import Provider
from app.proxy.providers.gemini import GEMINI
from app.proxy.providers.ollama import OLLAMA
from app.proxy.providers.openai import OPENAI

BY_DIALECT: dict[str, Provider] = {provider.name: provider for provider in (OPENAI, ANTHROPIC, GEMINI, OLLAMA)}
