"""Ask a rule about texts that its author thought of, before it is asked about anybody's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from moderation.screening.rulebook import looking, samples
from moderation.screening.rulebook.facts import Known
from moderation.screening.rulebook.models import TriedAs
from moderation.screening.rulebook.ruleset import RuleSet
from moderation.screening.subject import AuthorFacts, Subject
from moderation.sites.models import Site

MOST = 20  # texts of each kind
AUTHORS: Mapping[TriedAs, AuthorFacts] = {
    TriedAs.REGULAR: samples.REGULAR,
    TriedAs.NEWCOMER: samples.NEWCOMER,
}


@dataclass(frozen=True, slots=True)
class Tried:
    """One text. wanted: whether the rule should flag it. says: None if it failed on it."""

    text: str
    wanted: bool
    says: bool | None
    failure: str = ""

    @property
    def as_wanted(self) -> bool:
        return self.says is self.wanted


def tried(
    site: Site,
    rules: RuleSet,
    *,
    should_flag: Sequence[str],
    should_pass: Sequence[str],
    tried_as: TriedAs,
) -> list[Tried]:
    """What the one rule in `rules` says about each text, with what the other phases say."""
    return [
        _one(site, rules, text, tried_as, wanted=wanted)
        for text, wanted in _labelled(should_flag, should_pass)
    ]


def _labelled(should_flag: Sequence[str], should_pass: Sequence[str]) -> Iterator[tuple[str, bool]]:
    yield from ((text, True) for text in should_flag)
    yield from ((text, False) for text in should_pass)


def _one(site: Site, rules: RuleSet, text: str, tried_as: TriedAs, *, wanted: bool) -> Tried:
    subject = Subject(text, AUTHORS[tried_as], samples.ARTICLE)
    known = Known(subject, looking.others_say(site, subject))
    (answer,) = rules.answers(known)
    return Tried(text, wanted, answer.says, answer.failure)
