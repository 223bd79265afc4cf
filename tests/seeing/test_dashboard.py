"""The dashboard and the alert rules name what `/metrics` really shows."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from moderation.database import db
from moderation.metrics import numbers
from moderation.screening.health import service as health
from tests import factories
from tests.seeing.looking import read

DOCS = Path(__file__).parents[2] / "docs"
PANELS = {"timeseries", "stat"}
UNITS = {"short", "s", "reqps", "bytes"}  # names of Grafana's own
WHOLE_WIDTH = 24
OF_PROMETHEUS = {"up"}


@pytest.fixture(scope="module")
def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DOCS / "grafana.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((DOCS / "alerts.yml").read_text("utf-8"))["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def shown(app: Flask, client: FlaskClient) -> dict[str, set[str]]:
    """Every metric that there can be → its labels."""
    with app.app_context():
        health.note(factories.site(), 1, well=(), failed=("risk",))
        factories.report(factories.comment())
        db.session.commit()
    client.get("/sign-in")
    told = read(client.get("/metrics").text)
    found = {name: {key for each in series for key, _ in each} for name, series in told.items()}
    # those that have not been counted yet have their labels in their making
    for collector in numbers.registry._collector_to_names:
        name = getattr(collector, "_name", "")
        kind = getattr(collector, "_type", "")
        labels = set(getattr(collector, "_labelnames", ()))
        found.setdefault(f"{name}_total" if kind == "counter" else name, labels)
    return found | {"moderation_redis_up": set()}


def panels(dashboard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (each for each in dashboard["panels"] if each["type"] != "row")


def plain(expression: str) -> str:
    """As Grafana sends it."""
    return re.sub(r"\$__rate_interval", "5m", re.sub(r"\$(site|instance)", ".*", expression))


def asked(expression: str) -> Iterator[tuple[str, set[str]]]:
    """(metric, labels asked for) of everything in it."""
    yield from _asked(promql_parser.parse(expression))


def _asked(part: Any) -> Iterator[tuple[str, set[str]]]:
    if isinstance(part, promql_parser.VectorSelector):
        yield part.name or "", {each.name for each in part.matchers.matchers}
        return
    for name in ("expr", "lhs", "rhs", "vector_selector", "param", "args"):
        inner = getattr(part, name, None)
        for each in inner if isinstance(inner, list) else [inner]:
            if each is not None and not isinstance(each, str | int | float):
                yield from _asked(each)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_name_is_one_that_is_shown(
    app: Flask, client: FlaskClient, dashboard: dict[str, Any], rules: list[dict[str, Any]]
) -> None:
    found = shown(app, client)
    expressions = [plain(each["expr"]) for panel in panels(dashboard) for each in panel["targets"]]
    expressions += [rule["expr"] for rule in rules]
    named = {name for each in expressions for name, _ in asked(each)}
    assert len(named) > 20
    assert named - found.keys() - OF_PROMETHEUS == set()
    for expression in expressions:
        for name, labels in asked(expression):
            assert labels <= found[name] | {"instance"}, expression
    for variable in dashboard["templating"]["list"][1:]:
        (name,) = re.findall(r"moderation_\w+", variable["definition"])
        assert name in found


def test_what_is_shown_is_on_the_dashboard(
    app: Flask, client: FlaskClient, dashboard: dict[str, Any]
) -> None:
    drawn = " ".join(each["expr"] for panel in panels(dashboard) for each in panel["targets"])
    # parts of a histogram, and the moments at which Python's library began to count
    left_out = re.compile(r".*_(created|sum|count)")
    missing = {name for name in shown(app, client) if name not in drawn}
    assert {name for name in missing if not left_out.fullmatch(name)} <= {
        "moderation_request_seconds"
    }


def test_every_panel_can_be_read(dashboard: dict[str, Any]) -> None:
    names = {variable["name"] for variable in dashboard["templating"]["list"]}
    assert names == {"datasource", "site", "instance"}
    numbers_of = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(numbers_of)) == len(numbers_of)
    for panel in panels(dashboard):
        assert panel["type"] in PANELS
        assert panel["title"].strip()
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, panel["title"]
        for each in (panel, *panel["targets"]):
            assert each["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert len({each["refId"] for each in panel["targets"]}) == len(panel["targets"])


def test_no_panel_lies_on_another(dashboard: dict[str, Any]) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= WHOLE_WIDTH
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells


def test_every_alert_says_what_to_do(rules: list[dict[str, Any]]) -> None:
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["annotations"]["description"].endswith(".")
