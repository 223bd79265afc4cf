"""Secrets that are planted, and how to find one where it should not be."""

import re

from moderation import config

SECRET = re.compile("KEY|SECRET|TOKEN|PASSWORD")
PLANTED = "Xyzzy-plover-frobozz-grue-lamp-{}-inside"
PASSWORD = PLANTED.format("account").lower()
WRONG = PLANTED.format("wrong")
NEW = PLANTED.format("new")
# how a URL with a password may be wrong: nobody there, no such port, no such kind, no URL at all
FORMS = (
    "{kind}://user:{secret}@127.0.0.1:1/0",
    "{kind}://user:{secret}@127.0.0.1:port/0",
    "{kind}://user:{secret}@[127.0.0.1/0",
    "nosuch://user:{secret}@127.0.0.1/0",
    "{kind}//user:{secret}@127.0.0.1/0",
    "{secret}",
)
KINDS = {"REDIS_URL": "redis", "SMTP_URL": "smtp"}
# addresses without a password, shown to readers
PUBLIC = {"SITE_URL", "CSP_REPORT_URL"}


def secret_settings() -> dict[str, str]:
    """Name → what is planted, of every setting that is a secret or may hold one."""
    return {
        name: PLANTED.format(name.replace("_", "."))
        for name in config.DEFAULTS
        if name not in PUBLIC and (SECRET.search(name) or name.endswith("_URL"))
    }


def wrong(name: str, secret: str) -> list[str]:
    if not name.endswith("_URL"):
        return [secret, secret[:20]]
    return [form.format(kind=KINDS.get(name, "postgresql"), secret=secret) for form in FORMS]


def leaks(text: str, secrets: set[str]) -> set[str]:
    """The last part of one would be as bad."""
    return {one for one in secrets if one in text or one[-16:] in text}
