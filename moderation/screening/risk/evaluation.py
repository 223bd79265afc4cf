"""Every figure of the risk model, on texts that nothing in it was learned from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from moderation.screening.normal import normalised
from moderation.screening.risk import calibration, challenge, disguise, personal, training
from moderation.screening.risk.calibration import Measured
from moderation.screening.risk.figures import Figure, auc, bootstrapped, precision_on_top, share
from moderation.screening.risk.model import SHIPPED_BARS, Model
from moderation.screening.risk.personal import Annotated
from moderation.screening.risk.rows import Floats
from moderation.screening.risk.sources import Example, fold
from moderation.screening.risk.weights import HEADS, Weights

HELD_OUT = "the fifth never trained on"
HARMFUL = ("attack", "hate")
UNSEEN = {
    "harm": "threats by somebody who had not seen the rules",
    "twins": "their harmless twins",
    "plain": "plain comments by the same hand",
}
NEWSPAPER = 0.05  # of a newspaper's comments are attacks
Caught = Callable[[str], bool]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Evaluation:
    """annotated: texts with their personal data. caught: whether anything shipped, model or rule,
    would report a text.
    """

    weights: Weights
    examples: Sequence[Example]
    annotated: Sequence[Annotated]
    caught: Caught
    say: Say

    @cached_property
    def held_out(self) -> list[Example]:
        return [example for example in self.examples if fold(example.text) == 0]

    @cached_property
    def model(self) -> Model:
        return Model(self.weights)

    @cached_property
    def lessons(self) -> list[training.Lesson]:
        return training.lessons(self.examples, self.say)

    def from_source(self, source: str) -> list[Example]:
        return [example for example in self.held_out if example.source == source]

    def figures(self) -> Iterator[Figure]:
        """All of them, but for what needs a model of its own for each source."""
        yield from self.attack()
        yield from self.hate()
        yield from self.spam()
        yield from self.personal()
        yield from self.ordinary()
        yield from self.identity()
        yield from self.challenge()
        yield from self.disguises()

    def attack(self) -> Iterator[Figure]:
        civil = self.from_source("civil")
        runs = calibration.measured(self.weights, "attack", civil)
        where = f"civil, {HELD_OUT}: runs of sentences, most raters marked them or none"
        yield _auc("attack: ROC-AUC", where, runs.clear())
        yield _top("attack: right among the top 5 %", where, runs.clear())
        mild = runs.labels < 0.7
        faint = Measured(runs.scores[mild], (runs.labels[mild] > 0).astype(float), runs.sources)
        where = f"civil, {HELD_OUT}: runs, some raters marked them or none"
        yield _auc("attack: ROC-AUC of the mild", where, faint)
        scores = np.array([self._score("attack", example.text) for example in civil])
        toxic = np.array([float((example.attack or 0.0) > 0.5) for example in civil])
        where = f"civil, {HELD_OUT}: whole, all once found toxic; most raters again or not"
        yield _auc("attack: ROC-AUC, whole comments", where, Measured(scores, toxic, []))
        for source in ("wiki", "wiki-bias", "chatbots", "tweets"):
            found = calibration.measured(self.weights, "attack", self.from_source(source))
            yield _auc("attack: ROC-AUC", f"{source}, {HELD_OUT}", found.clear())
            if source == "wiki":  # the only stream of comments as they came
                yield _top("attack: right among the top 5 %", f"{source}, the same", found)

    def hate(self) -> Iterator[Figure]:
        for source in ("civil", "toxigen", "emoji", "tweets"):
            found = calibration.measured(self.weights, "hate", self.from_source(source))
            yield _auc("hate: ROC-AUC", f"{source}, {HELD_OUT}", found.clear())

    def personal(self) -> Iterator[Figure]:
        """By rule, not by model."""
        found = personal.evaluate(self.annotated)
        base = found.texts.wanted / max(found.rows, 1)
        for where, score in (("touched", found.touched), ("half covered", found.covered)):
            for what, hits, of in (
                ("found", score.met, score.wanted),
                ("right among the found", score.right, score.told),
            ):
                counted = np.arange(of) < hits
                place = f"presidio, annotated stretches {where}"
                yield _share(f"personal data: {what}", place, counted, "≥ 0.90", base)

    def ordinary(self) -> Iterator[Figure]:
        """What the bars mean for the moderators: of harmless comments, and of all as they come."""
        civil = calibration.labelled("attack", self.from_source("civil"))
        harmless = [text for text, label, _ in civil if label == 0]
        stream = [example.text for example in self.from_source("wiki")]
        for where, texts, base in (
            (f"civil, {HELD_OUT}: runs that no rater marked", harmless, 0.0),
            (f"wiki, {HELD_OUT}: comments as they came", stream, self._base("wiki")),
        ):
            scores = [self.model.score(normalised(text)) for text in texts]
            for head, (report_at, hold_at) in ((h, SHIPPED_BARS[f"risk:{h}"]) for h in HEADS):
                said = np.array([score[head].probability for score in scores])
                for what, bar in (("reported", report_at), ("held", hold_at)):
                    if bar is not None:
                        yield _share(f"{what} for {head}, model", where, said >= bar, "", base)

    def _base(self, source: str) -> float:
        labels = [example.measured or 0.0 for example in self.from_source(source)]
        return sum(labels) / max(len(labels), 1)

    def identity(self) -> Iterator[Figure]:
        """Harmless sentences that name a group, wrongly reported."""
        for source, goal in (("madlibs", "≤ 0.06"), ("toxigen", "≤ 0.15")):
            harmless = [e for e in self.examples if e.source == source and e.hate == 0]
            held_out = [e for e in harmless if fold(e.text) == 0]
            for where, chosen in (("all", harmless), (HELD_OUT, held_out)):
                flagged = np.array([self._reports(example.text) for example in chosen])
                yield _share("wrongly flagged, model", f"{source} harmless, {where}", flagged, goal)

    def challenge(self) -> Iterator[Figure]:
        cases = challenge.cases()
        for kind in ("threats", "slurs", "threats and slurs"):
            for is_harm, what, goal in ((True, "caught", "≥ 0.60"), (False, "flagged", "≤ 0.10")):
                texts = [t for t, harm, of in cases if harm is is_harm and of in kind]
                where = f"{kind}, {'harmful' if is_harm else 'harmless twins'}"
                alone = np.array([self._reports(text) for text in texts])
                yield _share(f"{what}, model alone", where, alone, "", float(is_harm))
                both = np.array([self.caught(text) for text in texts])
                yield _share(f"{what}, model and rules", where, both, goal, float(is_harm))
        for name, where in UNSEEN.items():
            hits = np.array([self.caught(text) for text in challenge.unseen()[name]])
            what = "caught" if name == "harm" else "flagged"
            yield _share(f"{what}, model and rules", where, hits, "", float(name == "harm"))
        theirs = [e.text for e in self.from_source("civil") if e.part == "threat"]
        hits = np.array([self.caught(text) for text in theirs])
        where = f"civil, {HELD_OUT}: two raters or more marked a threat"
        yield _share("caught, model and rules", where, hits, "", 1.0)

    def disguises(self) -> Iterator[Figure]:
        """What is caught in plain text, and then not any more."""
        texts = [text for text, is_harm, _ in challenge.cases() if is_harm]
        texts += [
            text
            for text, label, _ in calibration.labelled("attack", self.from_source("civil"))
            if label > 0.9
        ]
        plain = [text for text in texts if self.caught(text)]
        telling = [self._telling(text) for text in plain]
        for way in disguise.WAYS:
            lost = np.array(
                [
                    not self.caught(disguise.disguised(text, way, words=words))
                    for text, words in zip(plain, telling, strict=True)
                ]
            )
            where = f"threats, slurs, and attacks of civil, {HELD_OUT}: {len(texts):,} texts"
            yield _share(f"lost when disguised, {way}", where, lost, "≤ 0.05", 1.0)

    def spam(self) -> Iterator[Figure]:
        """Trained on two videos, tested on the third, with a model of its own each time."""
        videos = sorted({example.part for example in self.examples if example.source == "youtube"})
        for video in videos:
            weights = training.fitted(
                self.lessons, folds=range(5), heads=("spam",), left_out={video}
            )
            tested = [example for example in self.examples if example.part == video]
            found = calibration.measured(weights, "spam", tested)
            where = f"youtube {video}, trained without it"
            yield _auc("spam: ROC-AUC", where, found, "≥ 0.97")

    def apart(self) -> Iterator[Figure]:
        """Each site, all of it, by a model that has seen nothing of it."""
        for kin in (("civil",), ("wiki", "wiki-bias")):
            weights = training.fitted(
                self.lessons, folds=range(1, 5), heads=("attack",), without=set(kin)
            )
            for source in kin:
                chosen = [example for example in self.examples if example.source == source]
                found = calibration.measured(weights, "attack", chosen).clear()
                where = f"all of {source}, trained without {' and '.join(kin)}"
                yield _auc("attack: ROC-AUC", where, found)
                yield _top("attack: right among the top 5 %", where, found)

    def reliability(self, head: str) -> list[tuple[float, float, float]]:
        """Said, seen, and share of the texts, in ten steps of what is said, at the stated base."""
        sources = calibration.WITH[head]
        chosen = [example for example in self.held_out if example.source in sources]
        found = calibration.measured(self.weights, head, chosen)
        number = HEADS.index(head)
        logits = self.weights.slopes[number] * found.scores + self.weights.shifts[number]
        said = 1 / (1 + np.exp(-logits))
        harm, rest = found.at_base(calibration.BASE[head])
        steps = np.minimum((said * 10).astype(int), 9)
        weights = np.bincount(steps, harm + rest, 10)
        seen = np.bincount(steps, harm, 10) / np.maximum(weights, 1e-9)
        mean = np.bincount(steps, said * (harm + rest), 10) / np.maximum(weights, 1e-9)
        shares = weights / weights.sum()
        return [
            (float(a), float(b), float(c))
            for a, b, c in zip(mean, seen, shares, strict=True)
            if c > 0
        ]

    def _score(self, head: str, text: str) -> float:
        return self.model.score(normalised(text))[head].probability

    def _reports(self, text: str) -> bool:
        scores = self.model.score(normalised(text))
        return any(scores[h].probability >= _bar(h) for h in HARMFUL)

    def _telling(self, text: str) -> frozenset[str]:
        scores = self.model.score(normalised(text))
        return frozenset(word for h in HARMFUL for word in scores[h].words)


def _bar(head: str) -> float:
    bar = SHIPPED_BARS[f"risk:{head}"][0]
    return 2.0 if bar is None else bar


def _auc(what: str, where: str, found: Measured, goal: str = "") -> Figure:
    return _measured(auc, what, where, found, goal)


def _top(what: str, where: str, found: Measured) -> Figure:
    measure = precision_on_top(0.05, NEWSPAPER)
    return _measured(measure, what, f"{where}; weighed to a base of {NEWSPAPER:.0%}", found, "")


def _measured(
    measure: Callable[[Floats, Floats], float], what: str, where: str, found: Measured, goal: str
) -> Figure:
    value, low, high = bootstrapped(measure, found.scores, found.labels)
    return Figure(
        what, where, len(found.scores), float(found.labels.mean()), value, low, high, goal
    )


def _share(what: str, where: str, hits: NDArray[np.bool_], goal: str, base: float = 0.0) -> Figure:
    return Figure(what, where, len(hits), base, *share(hits), goal)
