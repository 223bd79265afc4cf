"""Word lists and what is on them."""

from sqlalchemy import Delete, Select, delete, func, select

from moderation.screening.words.entry import Kind
from moderation.screening.words.models import Word, WordList


def lists(site_id: int) -> Select[WordList, int]:
    """(list, how many entries), by name."""
    counted = (
        select(func.count())
        .where(Word.list_id == WordList.id)
        .correlate(WordList)
        .scalar_subquery()
    )
    return select(WordList, counted).where(WordList.site_id == site_id).order_by(WordList.name)


def clauses(site_id: int) -> Select[str]:
    """The codes of the clauses that lists are about."""
    return select(WordList.clause_code).where(WordList.site_id == site_id).distinct()


def versions(site_id: int) -> Select[int, int]:
    """(list, version): what is on the site's lists is the same as long as these are."""
    return (
        select(WordList.id, WordList.version)
        .where(WordList.site_id == site_id)
        .order_by(WordList.id)
    )


def one_list(site_id: int, name: str) -> Select[WordList]:
    return select(WordList).where(WordList.site_id == site_id, WordList.name == name)


def by_id(site_id: int, list_id: int) -> Select[WordList]:
    return select(WordList).where(WordList.site_id == site_id, WordList.id == list_id)


def everything(site_id: int) -> Select[str, Kind, str]:
    """(text, kind, clause) of every entry of a site."""
    return (
        select(Word.text, Word.kind, WordList.clause_code)
        .join(WordList, WordList.id == Word.list_id)
        .where(WordList.site_id == site_id)
        .order_by(Word.id)
    )


def page(list_id: int, *, begins: str, after: str, limit: int) -> Select[Word]:
    """Entries that begin so, in the order of the alphabet, behind `after`."""
    found = select(Word).where(Word.list_id == list_id)
    if begins:
        found = found.where(Word.text.startswith(begins, autoescape=True))
    if after:
        found = found.where(Word.text > after)
    return found.order_by(Word.text, Word.id).limit(limit)


def known(list_id: int, texts: list[str]) -> Select[str, Kind]:
    """(text, kind) of those of `texts` that are on the list."""
    return select(Word.text, Word.kind).where(Word.list_id == list_id, Word.text.in_(texts))


def words_of(list_id: int) -> Delete:
    return delete(Word).where(Word.list_id == list_id)
