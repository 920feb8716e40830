"""Anonamoose: keeps personal data out of the requests that tools send to LLM APIs."""

__version__ = "0.1.0"
