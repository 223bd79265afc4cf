"""Read what a look at the service says: numbers, and lines of the log."""

import json

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

Numbers = dict[str, dict[frozenset[tuple[str, str]], float]]


def read(text: str) -> Numbers:
    """name → labels → value."""
    found: Numbers = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[frozenset(sample.labels.items())] = sample.value
    return found


def numbers(client: FlaskClient) -> Numbers:
    answer = client.get("/metrics")
    assert answer.status_code == 200, answer.text
    return read(answer.text)


def value(found: Numbers, name: str, **labels: str) -> float:
    """The sum over all labels that are not named."""
    series = found.get(f"moderation_{name}", {})
    return sum(each for given, each in series.items() if labels.items() <= given)


def grown(before: Numbers, after: Numbers, name: str, **labels: str) -> float:
    return value(after, name, **labels) - value(before, name, **labels)


def lines(captured: pytest.CaptureFixture[str], event: str) -> list[dict[str, object]]:
    """What was told of this kind since the last look."""
    said = [json.loads(line) for line in captured.readouterr().err.splitlines()]
    return [line for line in said if line["event"] == event]
