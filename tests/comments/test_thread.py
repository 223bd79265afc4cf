"""The tree of three levels, from rows in tree order."""

from dataclasses import dataclass
from datetime import UTC, datetime

from moderation.comments import thread
from moderation.comments.status import Status
from moderation.comments.thread import Entry


@dataclass
class Row:
    id: int
    parent_id: int | None = None
    root_id: int = 1
    branch_id: int | None = None
    author_id: int = 7
    status: Status = Status.PUBLISHED
    reply_count: int = 0
    author_name: str = "Ada"
    parent_name: str | None = "Bob"
    html: str = "<p>Hm.</p>"
    created_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)


def hung(*rows: Row, reply_count: int = 0) -> Entry:
    top = thread.entry(Row(1, reply_count=reply_count), viewer_id=None)
    thread.hang(top, rows, viewer_id=None)
    thread.fold(top)
    return top


def test_replies_to_replies_stand_on_the_third_level_in_time_order() -> None:
    top = hung(
        Row(2, parent_id=1, branch_id=2),
        Row(4, parent_id=2, branch_id=2),
        Row(5, parent_id=4, branch_id=2),
        Row(6, parent_id=5, branch_id=2),
        Row(3, parent_id=1, branch_id=3),
    )

    assert [branch.id for branch in top.replies] == [2, 3]
    assert [reply.id for reply in top.replies[0].replies] == [4, 5, 6]


def test_a_flattened_reply_says_whom_it_answers() -> None:
    top = hung(
        Row(2, parent_id=1, branch_id=2),
        Row(4, parent_id=2, branch_id=2),
        Row(5, parent_id=4, branch_id=2, parent_name="Ada"),
    )

    direct, deeper = top.replies[0].replies
    assert direct.answers_id is None
    assert (deeper.answers_id, deeper.answers_name) == (4, "Ada")


def test_a_branch_that_began_on_an_earlier_page_says_whom_it_answers() -> None:
    top = hung(
        Row(5, parent_id=2, branch_id=2, parent_name="Bob"), Row(6, parent_id=1, branch_id=6)
    )

    assert [(reply.id, reply.answers_name) for reply in top.replies] == [(5, "Bob"), (6, None)]


def test_what_is_folded_counts_published_replies_only() -> None:
    top = hung(
        Row(2, parent_id=1, branch_id=2, status=Status.HIDDEN, reply_count=1),
        Row(4, parent_id=2, branch_id=2),
        reply_count=12,
    )

    assert top.folded == 11


def test_nobody_but_the_author_reads_what_is_not_published() -> None:
    waiting = Row(1, status=Status.PENDING, author_id=7)

    assert thread.entry(waiting, viewer_id=None).is_tombstone
    assert thread.entry(waiting, viewer_id=8).is_tombstone
    assert not thread.entry(waiting, viewer_id=7).is_tombstone
    assert thread.entry(Row(1, status=Status.WITHDRAWN), viewer_id=7).is_tombstone
