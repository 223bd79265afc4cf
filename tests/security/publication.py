"""One publication in which every part of an address has something behind it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import select

from moderation import signing
from moderation.appeals import service as appeals
from moderation.cases.models import CaseKind
from moderation.comments.status import Action, Status
from moderation.database import db, saved
from moderation.people import links
from moderation.people.models import Person
from moderation.people.roles import Role
from moderation.screening.remote import secret
from moderation.screening.remote.models import RemoteAsk, RemoteChecker
from moderation.screening.rulebook import dryrun
from moderation.screening.rulebook import service as rulebook
from moderation.screening.rulebook.models import DryRun
from moderation.screening.rulebook.models import Rule as OwnRule
from moderation.screening.rulebook.service import Proposal
from moderation.screening.verdict import PhaseMode
from moderation.screening.words import service as words
from moderation.screening.words.models import Word, WordList
from moderation.sites.models import Site
from tests import factories


@contextmanager
def as_the_site(site: Site) -> Iterator[None]:
    """The factories know of one site."""
    before = factories.site
    factories.site = lambda: site
    try:
        yield
    finally:
        factories.site = before


def publication(site: Site, people: Mapping[Role, Person], *, name: str) -> dict[str, str]:
    author = people[Role.COMMENTER]
    article = factories.article(slug=f"harbour-{name}", url=f"https://news.example/{name}")
    shown = factories.comment("The harbour is full.", on=article, by=author)
    factories.comment("It is not.", on=article, to=shown)
    factories.report(shown, by=people[Role.MODERATOR], explanation="Not so full.")
    hidden = factories.comment("You herring.", on=article, by=author, status=Status.PENDING)
    decided = factories.decision(hidden, Action.HIDE, by=people[Role.MODERATOR])
    contested = factories.comment("You other herring.", on=article, by=author)
    factories.report(contested)
    first = factories.decision(contested, Action.HIDE)
    appeals.by_author(first, text="It is a fish, and a good one.")
    noticed = factories.comment("The mayor owns the harbour.", on=article)
    notice = factories.notice(noticed)
    waiting = factories.comment("Waiting words.", on=article, status=Status.PENDING)
    report = signing.signed("report", notice.id)
    new, locked = _letters(name)
    return {
        "slug": article.slug,
        "comment_id": str(shown.id),
        "decision_id": str(decided.id),
        "case_id": str(factories.case_of(waiting).id),
        "appeals.decide.case_id": str(factories.case_of(contested, CaseKind.APPEAL).id),
        "number": "1",
        "reference": notice.reference,
        "filename": "icon.svg",
        "people.confirm.token": new,
        "people.send_confirm.token": new,
        "people.new_password.token": locked,
        "people.send_new_password.token": locked,
        "reports.one.token": report,
        "reports.confirm_form.token": signing.signed("confirm", notice.id),
        "reports.confirm.token": signing.signed("confirm", notice.id),
        "phase": "links",
        **_rules(site, people[Role.LEAD], name=name),
        **_checker(site, shown.id, shown.revision_id or 0),
    }


def _letters(name: str) -> tuple[str, str]:
    """The tokens of somebody who has not confirmed yet, and of somebody who forgot a password."""
    new = factories.person(email=f"new-{name}@example.org", confirmed_at=None)
    forgetful = factories.person(email=f"forgetful-{name}@example.org")
    return links.confirmation(new), links.new_password(forgetful)


def _rules(site: Site, lead: Person, *, name: str) -> dict[str, str]:
    listed = words.open_list(site, f"Fish {name}", clause="abuse")
    words.add(listed, "herring", site=site, by=lead)
    proposal = Proposal(
        name=f"fish-{name}",
        expression='comment.text.contains("herring")',
        clause="abuse",
        hold=False,
        should_flag=["You herring."],
        should_pass=["You fish."],
    )
    kept = rulebook.propose(site, proposal, days=7, by=lead)
    another = replace(proposal, name=f"more-{proposal.name}")
    trial = rulebook.propose(site, another, days=7, by=lead)
    db.session.commit()
    dryrun.run_waiting(lambda: True)
    rulebook.save(db.session.get_one(DryRun, kept.id), PhaseMode.SHADOW, site=site, by=lead)
    rule = db.session.scalars(select(OwnRule).where(OwnRule.site_id == site.id)).one()
    word = db.session.scalars(select(Word.id).join(WordList).where(WordList.id == listed.id)).one()
    return {
        "list_id": str(listed.id),
        "word_id": str(word),
        "name": rule.name,
        "run_id": str(trial.id),
    }


def _checker(site: Site, comment_id: int, revision_id: int) -> dict[str, str]:
    saved(RemoteChecker(site_id=site.id, url="https://check.example/", salt=secret.new_salt()))
    ask = RemoteAsk(
        site_id=site.id, comment_id=comment_id, revision_id=revision_id, token=secret.new_salt()
    )
    return {"token": saved(ask).token}
