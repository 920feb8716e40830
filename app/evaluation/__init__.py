"""How much of what is personal is found: corpora, scores and reports."""
