"""The floor: a WSGI function that answers one page's bytes and does nothing else."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_ANSWER = Path(os.environ["BENCH_ANSWER"])
BODY = _ANSWER.read_bytes()
HEADERS = [(name, value) for name, value in json.loads(_ANSWER.with_suffix(".json").read_text())]


def application(_environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response("200 OK", list(HEADERS))
    return [BODY]
