"""Families of words that lend their weight to their rarer members, found in a vocabulary."""

from collections.abc import Iterator

import numpy as np

from moderation.screening.risk import features, groups
from moderation.screening.risk.fitting import Families
from moderation.screening.risk.sources import lexicon


def over(vocabulary: features.Hashes) -> Families:
    """Each family twice: as such, and for its words said near "you"."""
    found = sorted({(hashed, family) for hashed, family in _members()})
    hashes = np.array([hashed for hashed, _ in found], np.uint64)
    families = np.array([family for _, family in found], np.int32)
    at = np.searchsorted(vocabulary, hashes).clip(max=len(vocabulary) - 1)
    known = vocabulary[at] == hashes
    return Families(2 * len(lexicon()), at[known].astype(np.int32), families[known])


def hashes() -> features.Hashes:
    """Of every member: they stay in the vocabulary, however rare."""
    return np.unique(np.array([hashed for hashed, _ in _members()], np.uint64))


def _members() -> Iterator[tuple[int, int]]:
    of_people = {*groups.ONE, *groups.MANY}
    for family, words in enumerate(lexicon().values()):
        for word in words:
            parts = [part for part in word.replace("-", "_").split("_") if part]
            if len(parts) == 1 and parts[0] in of_people:
                continue
            hashed = [np.array([features.hash_of(part)], np.uint64) for part in parts]
            if len(hashed) == 1:
                yield int(hashed[0][0]), family
                yield int(features.near_you(hashed[0])[0]), len(lexicon()) + family
            elif len(hashed) == 2:
                yield int(features.pair(*hashed)[0]), family
            else:
                yield int(features.triple(*hashed[:3])[0]), family
