"""Who has said the same before: exact copies, and texts with most of their words in common."""
