"""`GET /metrics`: the whole service of this machine in numbers, for Prometheus."""

from flask import Blueprint, Flask, Response, current_app
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from moderation.metrics import numbers
from moderation.people.guard import for_machines
from moderation.seeing import guard
from moderation.seeing.service import Stored

bp = Blueprint("seeing", __name__)


def init_app(app: Flask) -> None:
    app.extensions["stored_numbers"] = Stored()
    app.register_blueprint(bp)


@bp.get("/metrics")
@for_machines
def metrics() -> Response:
    """What all processes counted, and what the database knows. No number is about a person."""
    guard.check()
    registry = CollectorRegistry()
    registry.register(current_app.extensions["stored_numbers"])
    with numbers.everybodys() as counted:
        registry.register(counted)
        text = generate_latest(registry)
    return Response(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)
