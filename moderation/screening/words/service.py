"""Change word lists, import them from files, build the matcher. Never commits."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import resources
from itertools import islice

from flask import current_app
from sqlalchemy import insert, select, update

from moderation import events, ids
from moderation.database import db, saved
from moderation.errors import Missing, Refused
from moderation.events.kinds import WordListChanged, WordListRemoved
from moderation.people.models import Person
from moderation.policy import service as policy
from moderation.screening.words import entry as entries
from moderation.screening.words import queries
from moderation.screening.words.entry import Entry, Kind
from moderation.screening.words.matcher import Matcher
from moderation.screening.words.models import Word, WordList
from moderation.sites import service as sites
from moderation.sites.models import Site

AT_ONCE = 2000  # lines stored together
LONGEST_LINE = 2000  # code points; what is longer is no entry, and is not looked at
LONGEST_NAME = 60
EXAMPLES = 5  # lines shown for each reason to skip them
COMMENT = "#"
STARTER = "Starter list"
GONE = "There is no such word list. Somebody may have removed it."

Progress = Callable[[int], object]


@dataclass
class Imported:
    """What became of a file. skipped: reason → how many lines; examples: (line number, line)."""

    read: int = 0
    added: int = 0
    known: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    def skip(self, number: int, line: str, reason: str) -> None:
        self.skipped[reason] += 1
        shown = self.examples.setdefault(reason, [])
        if len(shown) < EXAMPLES:
            shown.append((number, line[:60]))


def find_list(site: Site, list_id: int) -> WordList:
    found = db.session.scalar(queries.by_id(site.id, list_id))
    if found is None:
        raise Missing(GONE)
    return found


def open_list(site: Site, name: str, *, clause: str) -> WordList:
    """The list of this name, made if there is none. Refused if it is under another clause."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused(f"A list's name has 1 to {LONGEST_NAME} characters.")
    if clause not in policy.codes_in_force(site):
        raise Refused(f"The policy has no clause “{clause}”.")
    found = db.session.scalar(queries.one_list(site.id, name))
    if found is None:
        return saved(WordList(site_id=site.id, name=name, clause_code=clause))
    if found.clause_code != clause:
        raise Refused(f"The list “{name}” is about the clause “{found.clause_code}”.")
    return found


def add(words: WordList, line: str, *, site: Site, by: Person | None) -> Entry:
    """One entry as typed. Raises Refused."""
    report = import_lines(words, [line], site=site, by=by)
    for reason in report.skipped:
        raise Refused(reason)
    if report.known:
        raise Refused("It is on this list already.")
    return entries.read(line, clause=words.clause_code)


def import_lines(
    words: WordList,
    lines: Iterable[str],
    *,
    site: Site,
    by: Person | None,
    kind: Kind | None = None,
    progress: Progress = lambda _read: None,
) -> Imported:
    """One entry a line; empty lines and those that begin with # say nothing. Bounded memory.

    by: None for a command in the terminal. progress: called after every AT_ONCE lines with the
    number of lines read; it may commit, so that a long list keeps nobody waiting. Broken off, the
    same import again does the rest. Missing if somebody removes the list meanwhile.
    """
    report, numbered, list_id = Imported(), enumerate(lines, start=1), words.id
    while batch := list(islice(numbered, AT_ONCE)):
        _lock(list_id)
        fresh = _fresh(words, _read(batch, words.clause_code, kind, report), report)
        if fresh:
            db.session.execute(insert(Word), fresh)
        report.read += len(batch)
        report.added += len(fresh)
        progress(report.read)
    if report.added:
        _changed(words, site=site, by=by)
    elif report.known:  # by an import that was broken off before it could say so
        _renew(words, site)
    return report


def _lock(list_id: int) -> None:
    """Nobody else adds to this list, or removes it, until the commit."""
    found = select(WordList.id).where(WordList.id == list_id).with_for_update()
    if db.session.scalar(found) is None:
        raise Missing(GONE)


def _read(
    batch: Sequence[tuple[int, str]], clause: str, kind: Kind | None, report: Imported
) -> Iterator[Entry]:
    for number, line in batch:
        typed = line.strip("\ufeff \t\r\n")
        if not typed or typed.startswith(COMMENT):
            continue
        try:
            if len(typed) > LONGEST_LINE or "\0" in typed or "\ufffd" in typed:
                raise Refused("It is not a line of text.")  # noqa: TRY301
            yield entries.read(typed, clause=clause, kind=kind)
        except Refused as error:
            report.skip(number, typed, error.sentence.partition(":")[0].rstrip(".") + ".")


def _fresh(words: WordList, found: Iterable[Entry], report: Imported) -> list[dict[str, object]]:
    """Rows for what is not on the list yet."""
    given = {(entry.text, entry.kind): entry for entry in _counted(found, report)}
    there = {
        (text, kind)
        for text, kind in db.session.execute(queries.known(words.id, [text for text, _ in given]))
    }
    report.known += len(given.keys() & there)
    return [
        {"id": ids.new(), "list_id": words.id, "text": text, "kind": kind}
        for text, kind in given
        if (text, kind) not in there
    ]


def _counted(found: Iterable[Entry], report: Imported) -> Iterator[Entry]:
    """Each once; what comes twice within a batch is known."""
    seen: set[tuple[str, Kind]] = set()
    for entry in found:
        if (entry.text, entry.kind) in seen:
            report.known += 1
        else:
            seen.add((entry.text, entry.kind))
            yield entry


def remove_word(words: WordList, word_id: int, *, site: Site, by: Person | None) -> None:
    word = db.session.get(Word, word_id)
    if word is None or word.list_id != words.id:
        raise Missing("This entry is not on the list any more.")
    db.session.delete(word)
    _changed(words, site=site, by=by)


def remove_list(words: WordList, *, site: Site, by: Person | None) -> None:
    db.session.execute(queries.words_of(words.id))
    events.record(
        WordListRemoved(list_id=words.id, person_id=by.id if by else None), site_id=site.id
    )
    db.session.delete(words)
    db.session.flush()
    sites.renew_screening(site)


def _changed(words: WordList, *, site: Site, by: Person | None) -> None:
    events.record(
        WordListChanged(
            list_id=words.id, clause=words.clause_code, person_id=by.id if by else None
        ),
        site_id=site.id,
    )
    _renew(words, site)


def _renew(words: WordList, site: Site) -> None:
    db.session.flush()
    db.session.execute(
        update(WordList)
        .where(WordList.id == words.id)
        .values(version=WordList.version + 1)
        .execution_options(synchronize_session="fetch")
    )
    sites.renew_screening(site)


def give_starter(site: Site) -> None:
    """The lists a new site begins with, for the clauses its policy has."""
    codes = policy.codes_in_force(site)
    for clause, lines in _starter_lines():
        if clause in codes:
            words = open_list(site, f"{STARTER}: {clause}", clause=clause)
            import_lines(words, lines, site=site, by=None)


def matcher(site: Site) -> Matcher:
    """What finds the site's words: one query, and every entry read when a list has changed."""
    state = db.session.execute(queries.versions(site.id)).all()
    kept: dict[int, tuple[object, Matcher]] = current_app.extensions.setdefault("matchers", {})
    known = kept.get(site.id)
    if known is None or known[0] != state:
        rows = db.session.execute(queries.everything(site.id).execution_options(yield_per=5000))
        found = Matcher(Entry(text, kind, clause) for text, kind, clause in rows)
        known = kept[site.id] = (state, found)
    return known[1]


def starter_matcher() -> Matcher:
    """What finds the starter lists' words. No database."""
    return Matcher(
        entry
        for clause, lines in _starter_lines()
        for entry in _read(list(enumerate(lines)), clause, None, Imported())
    )


def clauses(site: Site) -> set[str]:
    """The codes of the clauses that lists are about."""
    return set(db.session.scalars(queries.clauses(site.id)))


def starter_clauses() -> set[str]:
    return {clause for clause, _ in _starter_lines()}


def _starter_lines() -> Iterator[tuple[str, list[str]]]:
    """(clause, lines) of each file in starter/, named after its clause."""
    folder = resources.files(__package__) / "starter"
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".txt"):
            yield file.name.removesuffix(".txt"), file.read_text("utf-8").splitlines()
