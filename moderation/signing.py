"""Links that speak for whoever holds them: signed for one purpose, worth nothing for another."""

from hashlib import sha256

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from moderation.errors import Missing


def signed(purpose: str, id_: int) -> str:
    """A token for the row `id_`, to be put into an address. It does not grow old."""
    return _signer(purpose).dumps(str(id_))


def unsigned(purpose: str, token: str) -> int:
    """The id in a token that we signed for `purpose`; Missing for everything else."""
    try:
        return int(_signer(purpose).loads(token))
    except (BadData, TypeError, ValueError) as error:
        raise Missing(
            "This link is not whole. Open it from our letter again, or copy all of it."
        ) from error


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        current_app.config["SECRET_KEY"],
        salt=f"link:{purpose}",
        signer_kwargs={"digest_method": sha256},
    )
