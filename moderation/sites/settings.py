"""What a site may set, with the defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any

WORDS: Mapping[str, str] = {
    "thread_heading": "Your Voice",
    "thread_subheading": "Readers Comments",
    "thread_intro": (
        "This is YOUR comments community. Stay civil, stay constructive, stay on topic. "
        "Please familiarise yourself with our comments policy {here} before taking part."
    ),
    "here": "here",
    "form_heading": "Leave a Comment",
    "form_button": "Leave a comment",
    "form_cancel": "cancel",
    "report_heading": "Submit a report",
    "report_intro": (
        "Please help us understand how this comment violates our community guidelines."
    ),
    "report_thanks_heading": "Thank you for the feedback",
    "report_thanks": "Your feedback has been sent to our team for review.",
}


HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Settings:
    """Durations are stored in minutes, under the same names."""

    words: Mapping[str, str] = field(default_factory=dict)
    target_by_severity: Mapping[int, timedelta] = field(
        default_factory=lambda: {1: 24 * HOUR, 2: 12 * HOUR, 4: 4 * HOUR, 8: HOUR}
    )
    illegal_target: timedelta = 4 * HOUR
    danger_target: timedelta = HOUR
    held_target: timedelta = 8 * HOUR
    appeal_target: timedelta = 72 * HOUR
    # what machines may do, see screening/settings.py
    screening: Mapping[str, Any] = field(default_factory=dict)

    def word(self, key: str) -> str:
        """The site's own words, else ours. KeyError for a key nobody knows."""
        return self.words.get(key, WORDS[key])

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> "Settings":
        """The settings in a site's row; ValueError names what cannot be understood."""
        unknown = stored.keys() - {f.name for f in fields(cls)}
        if unknown:
            raise ValueError(f"No such site setting: {', '.join(sorted(unknown))}.")
        given = dict(stored)
        for name, minutes in stored.items():
            if name.endswith("_target"):
                given[name] = timedelta(minutes=minutes)
        if "target_by_severity" in given:
            given["target_by_severity"] = {
                int(severity): timedelta(minutes=minutes)
                for severity, minutes in given["target_by_severity"].items()
            }
        return cls(**given)
