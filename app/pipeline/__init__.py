"""Detection, redaction and restoring. Pure: no asyncio, sockets, SQLite or Qt in here."""
