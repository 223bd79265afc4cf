"""What is screened: a text, and what is known about its author and its article."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from moderation.screening.normal import Normal, normalised


@dataclass(frozen=True, slots=True)
class AuthorFacts:
    """comments: written here before, on any of the publications. decided: comments of theirs that
    a person decided about lately; restricted: how many of those were hidden. in_ten_minutes:
    comments handed in within the last ten minutes, from the account and from the network.
    """

    age_days: float
    comments: int = 0
    decided: int = 0
    restricted: int = 0
    in_ten_minutes: int = 0
    network_in_ten_minutes: int = 0


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """contempt_terms: what may not be said under it while a court sits, as a lead wrote it."""

    slug: str = ""
    mode: str = "open"
    age_days: float = 0.0
    comments: int = 0
    contempt_terms: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Alike:
    """An earlier comment that says nearly the same.

    likeness: estimated share of the words in common, 0 to 1; 1 and `is_exact` for the same text.
    is_own: by the author of the text at hand.
    """

    comment_id: int
    author_id: int
    article_id: int
    minutes_ago: float
    likeness: float
    is_exact: bool = False
    is_own: bool = False


@dataclass
class Subject:
    """One text to be screened. `None` for what is not known: phases that need it say nothing.

    known_domains: those of its links' domains that published comments have linked to before.
    """

    text: str
    author: AuthorFacts | None = None
    article: ArticleFacts | None = None
    is_reply: bool = False
    alike: Sequence[Alike] = ()
    known_domains: frozenset[str] | None = None
    language: str = "en"  # the site's
    extra: dict[str, object] = field(default_factory=dict)

    @cached_property
    def normal(self) -> Normal:
        """The copy that is matched and scored; spans lead back to the text."""
        return normalised(self.text)
