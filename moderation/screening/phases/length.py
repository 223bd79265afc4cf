"""Length: a text of hardly a word, and one that nobody reads to its end."""

from collections.abc import Iterator

from moderation.screening.phases.wording import counted, sentence
from moderation.screening.subject import Subject
from moderation.screening.verdict import Finding

FEWEST = 8  # letters and digits: "Nonsense" is something to answer
LONG = 3000  # characters, where the limit is 5,000
BLOCK = 1500  # characters without a paragraph


def find(subject: Subject) -> Iterator[Finding]:
    """Signals only: neither is against any rule."""
    text = subject.text.strip()
    if len(text) > LONG:
        yield _said(1.0, f"{len(text):,} characters: very long")
    elif len(text) > BLOCK and "\n" not in text:
        yield _said(0.5, f"{len(text):,} characters without a paragraph")
    elif len(text) < 4 * FEWEST:
        letters = sum(map(str.isalnum, text))
        if letters < FEWEST:
            yield _said(1 - letters / FEWEST, f"{counted(letters, 'letter')}: hardly a word")


def _said(score: float, words: str) -> Finding:
    return Finding(checker="length", score=score, why=[sentence(words)])
