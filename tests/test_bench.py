"""What the bench says about its own figures, and what it sends."""

import csv
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from flask import Flask

from moderation.cases.verify import differences
from moderation.database import db
from tests import factories
from tests.bench import crowd, drawing, load, newsroom, table
from tests.bench.table import Figure

RATES = Figure("thread", "req/s", [70, 80, 90], "the floor", [100, 100, 100], 0.7)
TIMES = Figure("p99", "ms", [30, 12, 24], "its <median>", [10, 10, 10], 2, at_least=False)
FACTS = {"date": "2026-11-26", "load by": "wrk"}


def test_a_ratio_is_of_the_same_round() -> None:
    drifting = Figure("thread", "req/s", [50, 5000, 10], "the floor", [100, 10000, 20])
    assert (drifting.ratio, drifting.spread) == (0.5, (0.5, 0.5))


def test_a_goal_is_met_from_its_side() -> None:
    assert (RATES.is_met, RATES.wanted) == (True, "≥ 0.7")
    assert (TIMES.is_met, TIMES.wanted) == (False, "≤ 2")


def test_rounds_take_turns() -> None:
    order: list[str] = []

    def measure(name: str) -> float:
        order.append(name)
        return 1.0

    measures = {name: partial(measure, name) for name in ("ours", "theirs")}
    assert table.interleaved(2, measures, "x") == {"ours": [1, 1], "theirs": [1, 1]}
    assert order == ["ours", "theirs"] * 2


def test_the_table_is_kept_and_drawn(tmp_path: Path) -> None:
    table.save([RATES, TIMES], FACTS, tmp_path / "bench.csv")
    with (tmp_path / "bench.csv").open(encoding="utf-8") as lines:
        *facts, columns, first, second = csv.reader(lines)
    assert dict(facts) == FACTS
    row = dict(zip(columns, first, strict=True))
    assert (row["ours"], row["ratio"], row["rounds"], row["is_met"]) == ("80", "0.800", "3", "yes")
    assert second[columns.index("is_met")] == "no"

    drawn = ET.fromstring(drawing.ratios([RATES, TIMES], FACTS))  # noqa: S314
    assert "its <median>: 2.40" in "".join(drawn.itertext())


@pytest.mark.parametrize("with_wrk", [True, False])
def test_a_load_is_counted(live: str, monkeypatch: pytest.MonkeyPatch, *, with_wrk: bool) -> None:
    """With wrk where there is one, and always with our own."""
    if not with_wrk:
        monkeypatch.setattr("shutil.which", lambda *_: None)
    port = int(live.rpartition(":")[2])
    done = load.drive(port, [load.get("/healthz")], connections=2, seconds=2)
    assert done.done > 0
    assert done.wrong == 0
    assert done.p50 <= done.p95 <= done.p99
    missing = load.drive(port, [load.get("/nowhere")], connections=2, seconds=2)
    assert missing.wrong == missing.done > 0


def test_the_crowd_is_signed_in_and_nobody_is_stopped(app: Flask, live: str) -> None:
    app.secret_key = app.config["SECRET_KEY"] = crowd.KEY
    app.config["WTF_CSRF_SECRET_KEY"] = crowd.KEY
    with app.app_context():
        crowd.plant(3)
        factories.article(slug="busy")
        db.session.commit()
    texts = iter(["The harbour was closed for a whole summer.", "It was closed twice, I think."])
    for request in crowd.submissions(iter([1, 2]), iter(["busy", "busy"]), texts):
        assert "/comments/" in load.once(int(live.rpartition(":")[2]), request)


def test_a_newsroom_holds_what_was_planted(app: Flask) -> None:
    newsroom.plant(app, 300, people=5)
    with app.app_context():
        assert list(differences()) == []
    page = app.test_client().get(f"/articles/{newsroom.slug(2)}")
    assert page.text.count('class="comment-head"') >= newsroom.THREAD // 2
