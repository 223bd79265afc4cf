"""Styles, scripts and pictures: read once, compressed once, kept by browsers under their hash."""

import gzip
import mimetypes
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"


@dataclass(frozen=True)
class Asset:
    """One file, as it is and compressed."""

    kind: str
    hash: str
    body: bytes
    zipped: bytes


def init_app(app: Flask, folder: Path) -> None:
    """Serve what lies in `folder` as /static/…; `url_for("static", …)` names the version."""
    assets = {
        path.relative_to(folder).as_posix(): _read(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }

    def static(filename: str) -> Response:
        asset = assets.get(filename) or abort(404)
        return _answer(asset)

    def name_version(endpoint: str, values: dict[str, Any]) -> None:
        asset = assets.get(values.get("filename", "")) if endpoint == "static" else None
        if asset is not None:
            values.setdefault("v", asset.hash)

    app.add_url_rule("/static/<path:filename>", "static", static)
    app.url_defaults(name_version)


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(kind, sha256(body).hexdigest()[:12], body, gzip.compress(body, mtime=0))


def _answer(asset: Asset) -> Response:
    zipped = request.accept_encodings["gzip"] > 0 and len(asset.zipped) < len(asset.body)
    response = Response(asset.zipped if zipped else asset.body, mimetype=asset.kind)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    wanted = request.args.get("v") == asset.hash
    response.headers["Cache-Control"] = FOR_EVER if wanted else ASK_AGAIN
    response.set_etag(f"{asset.hash}{'-gzip' if zipped else ''}")
    response.make_conditional(request)
    return response
