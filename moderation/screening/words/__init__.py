"""Word lists: kept as data, matched in one pass however long they are."""
