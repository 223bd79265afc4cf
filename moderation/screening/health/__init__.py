"""Whether the checks look: since when one fails, how many comments it has not looked at."""
