"""Near-duplicates: how many are found in the window, how many strangers with them, and how fast."""

import random
from collections.abc import Iterator, Sequence
from functools import partial

from moderation import clock
from moderation.screening.budget.interval import wilson
from moderation.screening.normal import normalised
from moderation.screening.repeats import minhash
from moderation.screening.repeats import service as repeats
from tests import factories
from tests.bench.planting import Planted
from tests.bench.stopwatch import Stopwatch, median, nearly_all

CHANGED = 0.2  # of the words
LEAST = 12  # words
EACH = 800  # comments of each length
BANDS = ((LEAST, 15), (16, 20), (21, 40), (41, 80), (81, 1000))  # words
PAIRS = 1000  # comments, each held against every other


def measure(planted: Planted) -> None:
    """Print what share is found, with its interval, and what a query costs."""
    by, watch = random.Random(5), Stopwatch()
    written = dict(list(planted.said.items())[: planted.written or len(planted.said)])
    words = [word for text in written.values() for word in text.split()]
    found_by_length = {length: list(_found(written, length, words, by, watch)) for length in BANDS}
    every = [found for each in found_by_length.values() for found in each]
    print(
        f"  near-duplicates: {CHANGED:.0%} of the words replaced, taken out or put in; "
        f"{len(planted.said):,} comments in the window"
    )
    _line("all lengths alike", every)
    for (least, most), found in found_by_length.items():
        _line(f"{least} to {most} words" if most < 1000 else f"{least} words and more", found)
    _strangers(planted, watch)
    took = watch.took["query"]
    print(
        f"    a query, CPU µs of {len(took):,}: median {median(took):.0f}   "
        f"p99 {nearly_all(took):.0f}; the signature before it: "
        f"median {median(watch.took['signature']):.0f}"
    )


def _found(
    written: dict[int, str],
    length: tuple[int, int],
    words: Sequence[str],
    by: random.Random,
    watch: Stopwatch,
) -> Iterator[bool]:
    """Whether each comment of this length is found by a changed copy of it."""
    least, most = length
    fitting = [id_ for id_, text in written.items() if least <= len(text.split()) <= most]
    for id_ in by.sample(fitting, min(EACH, len(fitting))):
        yield id_ in _alike(changed(written[id_], words, by), watch)


def changed(text: str, words: Sequence[str], by: random.Random) -> str:
    """With CHANGED of its words, rounded, replaced, taken out, or another one put in before."""
    out = text.split()
    for _ in range(round(CHANGED * len(out))):
        place = by.randrange(len(out))
        match by.choice(("replace", "take out", "put in")):
            case "replace":
                out[place] = by.choice(words)
            case "take out":
                del out[place]
            case _:
                out.insert(place, by.choice(words))
    return " ".join(out)


def _alike(text: str, watch: Stopwatch) -> set[int]:
    said = watch.time("signature", partial(minhash.signature, normalised(text).text))
    site_id, now = factories.site().id, clock.now()
    found = watch.time("query", lambda: repeats.alike(site_id, said, now=now, author_id=0))
    return {alike.comment_id for alike in found}


def _strangers(planted: Planted, watch: Stopwatch) -> None:
    """How many comments of other people are taken for the same, of all that could be."""
    long = [text for text in planted.fresh if len(text.split()) >= LEAST][:PAIRS]
    grouped = sum(len(_alike(text, watch)) for text in long)
    signatures = [minhash.signature(normalised(text).text).minhash for text in long]
    signatures = [minhash_ for minhash_ in signatures if minhash_]
    near = sum(
        share >= repeats.ALIKE
        for place, one in enumerate(signatures)
        for share in minhash.likeness(one, signatures[place + 1 :])
    )
    asked, compared = len(long) * len(planted.said), len(signatures) * (len(signatures) - 1) // 2
    print(
        f"    unrelated pairs grouped: {grouped:,} of {asked:,} (new comments against the window, "
        f"real copies included): {_share(grouped, asked, 1000)} in 1,000"
    )
    print(
        f"    by signature alone, whether a query finds them or not: {near:,} of {compared:,}: "
        f"{_share(near, compared, 1000)} in 1,000"
    )


def _line(name: str, found: Sequence[bool]) -> None:
    print(f"    {name:24} found {_share(sum(found), len(found), 100)} % of {len(found):,}")


def _share(hits: int, of: int, scale: int) -> str:
    least, most = wilson(hits, of)
    share = hits / of if of else 0.0
    return f"{share * scale:.3g} (95 %: {least * scale:.3g} to {most * scale:.3g})"
