"""What screening costs: CPU a comment, memory a worker, on the hot path as it is served."""

import contextlib
import time
from functools import partial
from pathlib import Path

from sqlalchemy import select

from moderation import clock
from moderation.articles.models import Article
from moderation.cases import decide
from moderation.comments import service as comments
from moderation.comments.status import Action
from moderation.database import db
from moderation.errors import Refused
from moderation.intake import service as intake
from moderation.people.models import Person
from moderation.screening import facts, kit, screen, service
from moderation.screening.links import service as links
from moderation.screening.normal import normalised
from moderation.screening.phases.links import domains_in
from moderation.screening.repeats import service as repeats
from moderation.screening.subject import Subject
from moderation.sites.models import Site
from tests import factories
from tests.bench import hostile, likeness, memory, planting, reading, stopwatch, texts
from tests.bench.planting import Planted
from tests.bench.stopwatch import Stopwatch, median, nearly_all

BEFORE = 3000  # comments that the worker has screened by then
WARM = 100
HANDED_IN = 300
SLOWEST = 8  # hostile texts named
REFERENCE = 51  # µs of that page on the machine that the goals were set on
TIMES = 5  # each, of which the least counts: what others do on the machine is not the text's fault


def run(instance: Path, data: Path | None) -> None:
    """Print CPU of one comment through all of screening, database included, and memory."""
    app = reading.prepared(instance)
    with app.app_context():
        planted = planting.plant(data)
        print(f"\nscreening one comment: {planting.sizes(planted)}")
        if data is None:
            print(f"  texts are our own; {texts.MISSING}")
        _ordinary(planted)
        _hostile(data)
        likeness.measure(planted)
        _handing_in(planted)
    weight = memory.of_a_worker(instance)
    print(
        f"  added to a worker: {weight.code + weight.kit:.0f} MB (libraries and code "
        f"{weight.code:.0f}, the site's instruments {weight.kit:.0f}); ready in "
        f"{weight.ready_in:.0f} ms, the window waits for nobody: it is rows"
    )


def _ordinary(planted: Planted) -> None:
    watch, parts, hello = Stopwatch(), Stopwatch(), stopwatch.hello()
    for text in list(planted.said.values())[:BEFORE]:
        kit.of(factories.site()).model.score(normalised(text))
    for number, text in enumerate(planted.fresh[:WARM] + planted.fresh):
        site, article, author = _loaded(planted.writers[number % len(planted.writers)])
        watch.time("whole", partial(service.look, site, article, author=author, body=text))
        hello()  # once for the processor's caches, which belong to screening by now
        watch.time("hello", hello)
        _loaded(author.id)
        _by_parts(parts, site, article, author, text)
    whole = watch.took["whole"][WARM:]
    print(
        f"  {len(whole):,} comments after {BEFORE:,} others, CPU ms   "
        f"median {median(whole) / 1000:.2f}   p99 {nearly_all(whole) / 1000:.2f}   "
        f"most {max(whole) / 1000:.2f}"
    )
    _beside_hello(whole, median(watch.took["hello"]))
    print("    of which, µs             median      p99     mean")
    for name, took in parts.took.items():
        kept = took[WARM:]
        mean = sum(kept) / len(kept)
        print(f"    {name:22} {median(kept):8.0f} {nearly_all(kept):8.0f} {mean:8.0f}")


def _beside_hello(whole: list[float], hello: float) -> None:
    """As ratios, which carry over to other machines and hours."""
    usual, most = median(whole) / hello, nearly_all(whole) / hello
    print(
        f"    {usual:.1f} and {most:.1f} times a Flask page that says hello, {hello:.0f} µs in the "
        f"same run; where that takes {REFERENCE} µs: median {usual * REFERENCE / 1000:.2f} ms, "
        f"p99 {most * REFERENCE / 1000:.2f} ms"
    )


def _by_parts(watch: Stopwatch, site: Site, article: Article, author: Person, text: str) -> None:
    """As `service.look` goes about it, step by step."""
    now = clock.now()
    tools = watch.time("kit", lambda: kit.of(site))
    chosen = tools.chosen
    subject = Subject(text=text, language=chosen.language)
    subject.author = watch.time("facts, author", lambda: facts.author_facts(author, now=now))
    subject.article = watch.time("facts, article", lambda: facts.article_facts(article, now=now))
    watch.time("normaliser", lambda: subject.normal)
    said = watch.time("signature", lambda: repeats.signature(subject.normal.text))
    subject.alike = watch.time(
        "repeats, query", lambda: repeats.alike(site.id, said, now=now, author_id=author.id)
    )
    domains = watch.time("links, domains", lambda: domains_in(text))
    subject.known_domains = watch.time("links, query", lambda: links.known(site.id, domains))
    verdicts = []
    for phase in screen.LOOKS:
        verdicts += watch.time(f"phase {phase}", partial(screen.one, phase, subject, tools, chosen))
    watch.time("rules", lambda: screen.rules(subject, tools, chosen, verdicts))


def _hostile(data: Path | None) -> None:
    site, article, author = _loaded()
    worst: list[tuple[float, str]] = []
    for name, text in hostile.texts(data):
        watch = Stopwatch()
        for _ in range(TIMES):
            watch.time(name, partial(service.look, site, article, author=author, body=text))
        worst.append((min(watch.took[name]) / 1000, name))
    worst.sort(reverse=True)
    print(
        f"  {len(worst):,} hostile texts of {hostile.LONGEST:,} characters, CPU ms (least of "
        f"{TIMES})   median {median([took for took, _ in worst]):.1f}   most {worst[0][0]:.1f}"
    )
    for took, name in worst[:SLOWEST]:
        print(f"    {name:40} {took:6.1f}")


def _loaded(author_id: int | None = None) -> tuple[Site, Article, Person]:
    """The rows that a request has read by the time it screens; in a transaction of their own."""
    db.session.rollback()
    site = factories.site()
    article = db.session.scalars(select(Article).where(Article.slug == "large")).one()
    if author_id is None:
        author = db.session.scalars(select(Person).limit(1)).one()
    else:
        author = db.session.get_one(Person, author_id)
    return site, article, author


def _handing_in(planted: Planted) -> None:
    """What a comment's author waits for, commit on disk included, on the wall's clock."""
    took: dict[str, list[float]] = {"with screening": [], "without": []}
    for number, text in enumerate(planted.fresh[:HANDED_IN]):
        _, article, author = _loaded(planted.writers[number])
        for name, step in (("with screening", _screened), ("without", _unscreened)):
            began = time.perf_counter()
            step(article, author, text)
            db.session.commit()
            took[name].append((time.perf_counter() - began) * 1000)
    said = "   ".join(
        f"{name} {median(times):.1f} (p99 {nearly_all(times):.1f})" for name, times in took.items()
    )
    print(f"  handing one in, with its commit, median ms of {HANDED_IN:,}: {said}")


def _screened(article: Article, author: Person, text: str) -> None:
    with contextlib.suppress(Refused):
        intake.hand_in(article, author=author, body=text)


def _unscreened(article: Article, author: Person, text: str) -> None:
    comments.lock_thread(article.id)
    comment = comments.write(article, author=author, body=text, parent=None)
    decide.arrival(comment, Action.APPROVE, site=factories.site())
