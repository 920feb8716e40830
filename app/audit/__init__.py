"""The audit trail: what is said of exchanges and of changes, and what is told from it. Never a value."""
