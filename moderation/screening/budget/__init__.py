"""How much may be held, and how good the machines are: thresholds, blind samples, numbers."""
