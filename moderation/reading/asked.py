"""What an address asks of a thread: `?sort= &after= &branch= &comment= &reply=`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from moderation.comments.queries import Place, Sort
from moderation.errors import Missing, Refused

_PLACE = re.compile(r"(?:(\d{1,19})\.)?(\d{1,19})", re.ASCII)
_ID = re.compile(r"\d{1,19}", re.ASCII)
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Asked:
    """The part of a thread that is wanted; equal ones are the same page."""

    sort: Sort = Sort.NEWEST
    after: Place | None = None
    # only this top-level comment, all its replies by the page
    branch: int | None = None
    # the page starts at this comment's root and marks the comment
    comment: int | None = None
    # the comment to answer
    reply: int | None = None

    @property
    def is_first(self) -> bool:
        """Whether it starts where the thread starts."""
        return self.after is None and self.branch is None and self.comment is None

    def query(self, **changes: object) -> dict[str, str]:
        """The parameters of the page that differs in `changes`."""
        there = replace(self, **changes)  # type: ignore[arg-type]
        given = {
            "sort": "" if there.sort is Sort.NEWEST else there.sort.value,
            "branch": there.branch or "",
            "after": written(there.after) if there.after else "",
        }
        return {name: str(value) for name, value in given.items() if value}


def read(given: Mapping[str, str]) -> Asked:
    """Understand the parameters; others are left alone. Refused or Missing say what is wrong."""
    sort = _sort(given.get("sort", ""))
    branch, comment = _id(given.get("branch", "")), _id(given.get("comment", ""))
    if branch is not None:
        sort, comment = Sort.NEWEST, None
    after = _place(given.get("after", ""), pair=branch is not None or sort is Sort.DISCUSSED)
    if comment is not None:
        sort, after = Sort.NEWEST, None
    return Asked(sort, after, branch, comment, _id(given.get("reply", "")))


def written(place: Place) -> str:
    """`place` as `?after=` has it."""
    return f"{place.first}.{place.id}" if place.first else str(place.id)


def _sort(text: str) -> Sort:
    try:
        return Sort(text) if text else Sort.NEWEST
    except ValueError:
        raise Refused("Comments can be sorted by newest, oldest or discussed.") from None


def _id(text: str) -> int | None:
    if not text:
        return None
    if not _ID.fullmatch(text) or int(text) > _LARGEST_ID:
        raise Missing("There is no such comment. Go back to the article and look from there.")
    return int(text)


def _place(text: str, *, pair: bool) -> Place | None:
    if not text:
        return None
    found = _PLACE.fullmatch(text)
    first, last = (int(found[1] or 0), int(found[2])) if found else (0, 0)
    if not found or max(first, last) > _LARGEST_ID or (first and not pair):
        raise Refused(
            "This link to more comments is broken. Go back to the article and start again."
        )
    return Place(first, last)
