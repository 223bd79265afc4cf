"""What is counted while it happens, in every process."""

from moderation.metrics.numbers import Finished, numbers

__all__ = ["Finished", "numbers"]
