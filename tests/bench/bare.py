"""The floor: a WSGI function that answers one page's bytes and does nothing else."""

import gzip
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BODY = gzip.compress(Path(os.environ["BENCH_PAGE"]).read_bytes(), compresslevel=6)
HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Encoding", "gzip"),
    ("Content-Length", str(len(BODY))),
]


def application(_environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response("200 OK", list(HEADERS))
    return [BODY]
