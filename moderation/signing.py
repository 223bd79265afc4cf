"""Links that speak for whoever holds them: signed for one purpose, worth nothing for another."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import Flask, current_app
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import (
    BadData,
    SignatureExpired,
    TimestampSigner,
    URLSafeSerializer,
    URLSafeTimedSerializer,
)

from moderation import clock
from moderation.errors import Missing


class Signer(TimestampSigner):
    """What was signed by a clock ahead of ours is not too old: another host's, by a second, or
    our own before it was put back. By more than its whole life ahead it is no good either, or a
    link for an hour would be one for as long as the clock was wrong.
    """

    def unsign(
        self,
        signed_value: str | bytes,
        max_age: int | None = None,
        return_timestamp: Any = False,  # noqa: FBT002  theirs
    ) -> Any:
        try:
            return super().unsign(signed_value, max_age, return_timestamp)
        except SignatureExpired as error:
            signed, life = error.date_signed, timedelta(seconds=max_age or 0)
            if signed is None or not clock.is_to_come(signed, now=clock.now(), within=life):
                raise
        return super().unsign(signed_value, None, return_timestamp)


class Sessions(SecureCookieSessionInterface):
    """Flask's own, with that signer: else nobody is signed in who was a moment ago."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        serializer = super().get_signing_serializer(app)
        if serializer is not None:
            serializer.signer = Signer
        return serializer


def init_app(app: Flask) -> None:
    app.session_interface = Sessions()


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
