"""`moderation model`: train, measure and describe the risk model. Needs no database."""

from itertools import chain
from pathlib import Path

import click

from moderation.screening import kit, screen
from moderation.screening.risk import card, learn_cli, sources, training
from moderation.screening.risk.evaluation import Evaluation
from moderation.screening.risk.model import FILE
from moderation.screening.risk.plots import reliability
from moderation.screening.risk.weights import HEADS, Weights
from moderation.screening.settings import Screening
from moderation.screening.subject import Subject
from moderation.screening.verdict import Would

HERE = Path(__file__).parent
CHECKERS = ("risk:attack", "risk:hate", "risk:threat", "words:")

data_option = click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of other people's labelled texts.",
)


@click.group("model")
def model_group() -> None:
    """The risk model that ships with the package."""


@model_group.command()
@data_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=HERE / FILE)
def train(data: Path, out: Path) -> None:
    """Train the model and write it; about three minutes."""
    weights = training.train(sources.read(data), _say)
    weights.write(out)
    click.echo(f"{len(weights.hashes):,} features, {out.stat().st_size:,} bytes: {out}")


@model_group.command()
@data_option
@click.option("--apart", is_flag=True, help="Also each site by a model that has never seen it.")
@click.option("--keep", is_flag=True, help="Also write the figures down for the model card.")
def evaluate(data: Path, *, apart: bool, keep: bool) -> None:
    """Print every figure with its set, base rate and 95 % interval."""
    evaluation = _evaluation(data)
    figures = []
    for figure in chain(evaluation.figures(), evaluation.apart() if apart else ()):
        click.echo(str(figure))
        figures.append(figure)
    if keep:
        card.keep(figures, HERE)


@model_group.command("card")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of labelled texts; draws the reliability plots anew.",
)
@click.option(
    "--plots",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write the plots.",
)
def card_command(data: Path | None, plots: Path | None) -> None:
    """Print the model card: how it was made, from what, and where it fails."""
    click.echo(card.text(_shipped()), nl=False)
    if data and plots:
        evaluation = _evaluation(data)
        for head in HEADS:
            title = f"{head}: of texts never trained on"
            path = plots / f"reliability-{head}.svg"
            drawn = reliability(title, evaluation.reliability(head))
            path.write_text(drawn, "utf-8")
            click.echo(f"Drawn: {path}", err=True)


model_group.add_command(learn_cli.learn)


def _evaluation(data: Path) -> Evaluation:
    examples, annotated = sources.read(data), sources.annotated(data)
    return Evaluation(_shipped(), examples, annotated, _caught, _say)


def _shipped() -> Weights:
    return Weights.read((HERE / FILE).read_bytes())


def _caught(text: str) -> bool:
    """Whether a word list or the model, as shipped, would report it."""
    verdicts = screen.run(Subject(text), kit.shipped(), Screening())
    return any(
        verdict.would is not Would.NOTHING and verdict.checker.startswith(CHECKERS)
        for verdict in verdicts
    )


def _say(line: str) -> None:
    click.echo(line, err=True)
