"""The desk: queue, card, decide, undo, log."""
