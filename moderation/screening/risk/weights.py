"""The model as a file: hashes and small whole numbers, and how to read a score from them."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from moderation.screening.risk.features import Hashes
from moderation.screening.risk.rows import Floats

HEADS = ("attack", "hate", "spam")
MOST = 66_000  # hashes; the file stays under 600 kB
STEPS = 127
SIEVED = np.uint32(13)  # bits left out: half a megabyte


@dataclass(frozen=True)
class Weights:
    """n hashes, sorted, 32 bits each. steps: n times each head, times `scales` is the weight.

    constants: of each head. slopes, shifts: probability = logistic(slope * score + shift).
    """

    hashes: NDArray[np.uint32]
    steps: NDArray[np.int8]
    scales: NDArray[np.float64]
    constants: NDArray[np.float64]
    slopes: NDArray[np.float64]
    shifts: NDArray[np.float64]
    version: str

    def looked_up(self, hashes: Hashes) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Which of the hashes have a weight, and where it stands."""
        short = shortened(hashes)
        likely = np.flatnonzero(self._sieve[short >> SIEVED])
        at = np.minimum(np.searchsorted(self.hashes, short[likely]), len(self.hashes) - 1)
        found = np.flatnonzero(self.hashes[at] == short[likely])
        return likely[found], at[found]

    @cached_property
    def _sieve(self) -> NDArray[np.bool_]:
        """Whether any hash begins so: most of a text has no weight, and is not searched for."""
        sieve = np.zeros(1 << (32 - SIEVED), np.bool_)
        sieve[self.hashes >> SIEVED] = True
        return sieve

    def write(self, path: Path | BinaryIO) -> None:
        """The same weights give the same bytes."""
        np.savez_compressed(
            path,
            gaps=_planes(np.diff(self.hashes, prepend=np.uint32(0))),
            steps=np.ascontiguousarray(self.steps.T),
            scales=self.scales,
            constants=self.constants,
            slopes=self.slopes,
            shifts=self.shifts,
            version=np.array(self.version),
        )

    @classmethod
    def read(cls, blob: bytes) -> "Weights":
        """ValueError or KeyError if it is not a model."""
        with np.load(io.BytesIO(blob), allow_pickle=False) as file:
            gaps = np.ascontiguousarray(file["gaps"].T).view(np.uint32).ravel()
            return cls(
                hashes=np.cumsum(gaps, dtype=np.uint32),
                steps=np.ascontiguousarray(file["steps"].T),
                scales=file["scales"],
                constants=file["constants"],
                slopes=file["slopes"],
                shifts=file["shifts"],
                version=str(file["version"]),
            )


def shortened(hashes: Hashes) -> NDArray[np.uint32]:
    """The upper half."""
    return (hashes >> np.uint64(32)).astype(np.uint32)


def _planes(numbers: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Byte by byte: the upper bytes are nearly all nothing, and pack well."""
    return np.ascontiguousarray(numbers.view(np.uint8).reshape(-1, 4).T)


def packed(vocabulary: Hashes, heads: Sequence[tuple[Floats, float]], version: str) -> Weights:
    """Weights of each head over the vocabulary, made small; not calibrated yet."""
    exact = np.stack([weights for weights, _ in heads], axis=1)
    # the few largest are cut, so that the many small ones keep their difference
    scales = np.quantile(np.abs(exact), 0.9997, axis=0).clip(1e-9) / STEPS
    scales = np.round(scales, 7).clip(1e-7)
    steps = np.rint(exact / scales).clip(-STEPS, STEPS).astype(np.int8)
    short = shortened(vocabulary)
    worth = np.abs(steps.astype(np.int16)).max(axis=1)
    is_first = np.concatenate(([True], short[1:] != short[:-1]))
    bar = np.sort(worth)[-MOST] if len(worth) > MOST else 1
    kept = is_first & (worth >= max(1, bar))
    return Weights(
        hashes=short[kept],
        steps=steps[kept],
        scales=scales,
        constants=np.round([constant for _, constant in heads], 4),
        slopes=np.ones(len(heads)),
        shifts=np.zeros(len(heads)),
        version=version,
    )
