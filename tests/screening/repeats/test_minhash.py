"""Whatever is written: the same words have the same signature, and likeness is a share."""

import random

from hypothesis import given
from hypothesis import strategies as st

from moderation.screening.normal import normalised
from moderation.screening.repeats import minhash
from moderation.screening.repeats.minhash import signature

WORDS = st.lists(st.text("abcdefghij", min_size=1, max_size=9), min_size=12, max_size=60)
SAID = (
    "the council promised a second bridge before the summer and now nobody will say who pays "
    "for it or when the first stone is laid"
)
OTHER = (
    "my neighbour keeps bees behind the old bakery because their honey sells better than bread "
    "these days in every market"
)


@given(st.text())
def test_the_same_text_has_the_same_signature(text: str) -> None:
    normal = normalised(text).text
    assert signature(normal) == signature(normal)


@given(st.text(st.characters(codec="utf-8")))
def test_a_text_is_exactly_like_itself_or_too_short_to_be_like_anything(text: str) -> None:
    said = signature(text)
    assert minhash.likeness(said.minhash, [said.minhash]) == [1.0 if said.minhash else 0.0]


@given(WORDS, st.randoms(use_true_random=False))
def test_the_order_of_the_words_does_not_matter(words: list[str], by: random.Random) -> None:
    shuffled = by.sample(words, len(words))
    assert signature(" ".join(words)).minhash == signature(" ".join(shuffled)).minhash


@given(WORDS, WORDS)
def test_likeness_is_a_share_and_the_same_from_either_side(
    one: list[str], other: list[str]
) -> None:
    mine, theirs = signature(" ".join(one)).minhash, signature(" ".join(other)).minhash
    (there,) = minhash.likeness(mine, [theirs])
    assert 0.0 <= there <= 1.0
    if mine and theirs:
        assert minhash.likeness(theirs, [mine]) == [there]


@given(WORDS)
def test_sites_share_no_key(words: list[str]) -> None:
    said = signature(" ".join(words)).minhash
    keys = [minhash.keys(site_id, said) for site_id in (1, 2, 3)]
    assert len(set().union(*keys)) == sum(map(len, keys))
    assert all(0 <= key < 2**63 for each in keys for key in each)


def test_a_few_changed_words_leave_a_text_alike() -> None:
    changed = SAID.replace("bridge", "tunnel").replace("summer", "winter").replace("stone", "brick")
    mine, theirs = signature(SAID).minhash, signature(changed).minhash
    assert minhash.likeness(mine, [theirs])[0] > 0.5
    assert set(minhash.keys(1, mine)) & set(minhash.keys(1, theirs))


def test_another_text_is_not_alike() -> None:
    mine, theirs = signature(SAID).minhash, signature(OTHER).minhash
    assert minhash.likeness(mine, [theirs])[0] < 0.2
    assert not set(minhash.keys(1, mine)) & set(minhash.keys(1, theirs))


def test_twelve_words_are_still_compared_after_a_fifth_was_taken_out() -> None:
    twelve = "nobody here believes that ferry will ever run again before next winter"
    assert len(twelve.split()) == 12
    fewer = twelve.replace("nobody ", "").replace("ever ", "")
    mine, theirs = signature(twelve).minhash, signature(fewer).minhash
    assert minhash.likeness(mine, [theirs])[0] > 0.5


def test_what_many_say_by_chance_is_nobodys_copy() -> None:
    assert signature("i agree with you").exact is None
    assert signature("i agree with you and with your sister").exact is not None
    assert signature("ha " * 40).minhash == b""


def test_a_reply_that_quotes_is_compared_by_its_own_words() -> None:
    quoting = f"> {SAID}\n\n{OTHER}"
    assert signature(quoting) == signature(OTHER)
    # who only quotes has said nothing else
    assert signature(f"> {SAID}") == signature(SAID)


def test_writing_without_spaces_is_compared_too() -> None:
    said = "市议会承诺在夏天之前建造第二座桥但是现在没有人说谁来付钱"
    (share,) = minhash.likeness(signature(said).minhash, [signature(said[:-2]).minhash])
    assert share > 0.7
