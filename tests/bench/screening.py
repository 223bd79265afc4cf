"""What screening costs: CPU a comment, memory a worker, on the hot path as it is served."""

import gc
import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import select

from moderation.articles.models import Article
from moderation.database import db
from moderation.people.models import Person
from moderation.screening import kit, service
from moderation.screening.words import service as words
from tests import factories
from tests.bench import reading

TIMES = 2000
HOSTILE = {
    "one letter": "a" * 5000,
    "a word": "idiot " * 833,
    "digits": "12345 67890 " * 416,
    "addresses": "a@b.co " * 714,
    "hidden": "i\u200b" * 2500,
    "marks": "e\u0301" * 2500,
    "links": "http://a.example/x " * 263,
    "mixed alphabets": "ѕсum " * 1000,  # noqa: RUF001
    "spaced out": "i d i o t " * 500,
    "quotes": "> \n" * 1666,
}


def run(instance: Path, data: Path | None) -> None:
    """Print CPU of one comment through all of screening, database included."""
    app = reading.prepared(instance)
    with app.app_context():
        before = _resident()
        texts = _texts(data)
        site = factories.site()
        words.give_starter(site)
        if data is not None:
            _import_long_list(data)
        article, author = factories.article(), factories.person()
        db.session.commit()
        look = _look(article, author)
        look("The first one builds the kit.")
        gc.collect()
        added = _resident() - before
        costs = [_cpu(look, text) for text in texts[:TIMES]]
        print(f"\nscreening one comment, CPU ms, {len(costs):,} comments, all phases, {_sizes()}")
        _line("ordinary comments", costs)
        for name, text in HOSTILE.items():
            _line(f"5,000 characters: {name}", [_cpu(look, text[:5000]) for _ in range(5)])
        print(f"  memory added to a worker        {added:10.1f} MB")


def _sizes() -> str:
    tools = kit.of(factories.site())
    return f"{len(tools.matcher):,} entries"


def _look(article: Article, author: Person) -> Callable[[str], object]:
    site = factories.site()

    def look(text: str) -> object:
        return service.look(site, article, author=author, body=text)

    return look


def _cpu(look: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    look(text)
    took = (time.process_time() - began) * 1000
    db.session.rollback()
    db.session.scalar(select(Article.id).limit(1))  # the request's own connection is open by then
    return took


def _line(name: str, costs: Sequence[float]) -> None:
    ordered = sorted(costs)
    nearly_all = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(
        f"  {name:32} median {statistics.median(costs):7.2f}   p99 {nearly_all:7.2f}"
        f"   most {ordered[-1]:7.2f}"
    )


def _texts(data: Path | None) -> list[str]:
    """Real comments if there are any, else the bench's own."""
    if data is None:
        return [
            f"{number} people said so. I think the council is right about it."
            for number in range(TIMES)
        ]
    with (data / "text/civil_toxic_spans.dev.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for _, line in zip(range(TIMES), lines, strict=False)]


def _import_long_list(data: Path) -> None:
    site = factories.site()
    blocklist = words.open_list(site, "blocklist", clause="spam")
    with (data / "hostile_input/wp_comment_blocklist.txt").open(encoding="utf-8") as lines:
        words.import_lines(blocklist, lines, site=site, by=None)


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
