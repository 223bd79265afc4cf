"""The model card: what the command prints is what the docs say, of the model that ships."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from moderation.cli import main
from moderation.screening.risk import card
from moderation.screening.risk.plots import reliability
from moderation.screening.risk.sources import SOURCES
from moderation.screening.risk.weights import HEADS

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture
def printed() -> str:
    result = CliRunner().invoke(main, ["model", "card"])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_docs_hold_what_the_command_prints(printed: str) -> None:
    assert (DOCS / "model-card.md").read_text("utf-8") == printed


def test_the_figures_are_of_the_model_that_ships() -> None:
    assert card.are_of_shipped(), "Run `moderation model evaluate --data … --apart --keep`."


def test_who_made_the_data_is_named_with_the_licence(printed: str) -> None:
    for source in SOURCES:
        assert source.credit in printed
    assert "{" not in printed


@pytest.mark.parametrize("head", HEADS)
def test_each_head_has_its_plot(head: str, printed: str) -> None:
    name = f"reliability-{head}.svg"
    assert name in printed
    assert ET.parse(DOCS / name).getroot().tag.endswith("svg")  # noqa: S314 our own file


def test_a_plot_has_a_dot_for_each_step_and_says_it_in_words() -> None:
    drawn = reliability("attack", [(0.05, 0.04, 0.8), (0.95, 1.0, 0.2)])
    root = ET.fromstring(drawn)  # noqa: S314 our own
    dots = [part for part in root.iter() if part.tag.endswith("circle")]
    assert [(dot.get("cx"), dot.get("cy")) for dot in dots] == [
        ("65.0", "338.0"),
        ("335.0", "50.0"),
    ]
    assert "said 5%, seen 4%; said 95%, seen 100%" in drawn
