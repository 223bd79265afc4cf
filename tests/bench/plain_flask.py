"""The yardstick: a Flask view that answers one page's bytes. Imports nothing of ours."""

import json
import os
from pathlib import Path

from flask import Flask, Response

_ANSWER = Path(os.environ["BENCH_ANSWER"])
BODY = _ANSWER.read_bytes()
HEADERS = json.loads(_ANSWER.with_suffix(".json").read_text())

application = Flask("plain")


@application.get("/")
def page() -> Response:
    return Response(BODY, headers=HEADERS)
