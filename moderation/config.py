"""Settings: these defaults, then `config.toml` in the instance folder, then `MODERATION_*`."""

import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from moderation.errors import Refused

DEFAULTS: dict[str, Any] = {
    # sqlite:////path or postgresql://…; empty is SQLite in the instance folder
    "DATABASE_URL": "",
    # replicas of that PostgreSQL to draw pages by, one URL or several with spaces between
    "REPLICA_URL": "",
    # seconds that a replica may be behind before it is left alone
    "REPLICA_LAG": 10,
    # redis://…, shared counters for several processes; empty keeps them in the database
    "REDIS_URL": "",
    # whether all processes run on one machine with one instance folder: on or off. With PostgreSQL
    # they then tell each other by a file that a thread has changed, far quicker than by Redis
    "ONE_HOST": "off",
    # smtp://[user:password@]host[:port] or smtps://…; empty puts mail into instance/mail
    "SMTP_URL": "",
    "MAIL_FROM": "Comments <comments@localhost>",
    # made on first start in instance/secret_key
    "SECRET_KEY": "",
    # how many proxies in front of us set X-Forwarded-*; 0 trusts no such header
    "TRUSTED_PROXIES": 0,
    # seconds that a proxy or CDN may answer a thread's page by itself; 0: it asks us every time
    "CDN_SECONDS": 0,
    # who is told which pages have changed meanwhile, such as the CDN, and what we show there
    "PURGE_URL": "",
    "PURGE_TOKEN": "",
    # served over https: cookies become Secure and __Host-
    "HTTPS": False,
    # where browsers tell what our content security policy has stopped; empty is nowhere
    "CSP_REPORT_URL": "",
    # whether moderators, leads, lawyers and admins must sign in with two steps: on or off
    "STAFF_TWO_STEPS": "off",
    # where readers find the first site, such as https://comments.example; empty is where we serve
    "SITE_URL": "",
    # whether our own questions to other servers, such as the publisher's checker, may go to private
    # addresses and without https
    "OUTGOING_PRIVATE": False,
    # whether `serve` runs the background worker too: on, off, or auto (with SQLite in instance/)
    "WORKER": "auto",
    # seconds between two looks at what is to be done in the background
    "WORKER_PAUSE": 1,
    # whether every request has its line in the log: on or off; the demo has none
    "ACCESS_LOG": "on",
    # statements that take as many milliseconds are told in the log
    "SLOW_QUERY_MS": 200,
    # who may read /metrics from elsewhere shows this; empty lets only this machine itself
    "METRICS_TOKEN": "",
    # seconds between SIGTERM, when /readyz says no, and the end of taking requests
    "DRAIN_SECONDS": 0,
    # shows waiting mail on a page; only `moderation demo` sets it
    "DEMO": False,
}

# for requests, in each process: most of them may wait for those who write, see `crowd`
THREADS = 64
# to the database, in each process: kept open, and more for a while
CONNECTIONS = 16
MORE = 4

# what the URLs of others begin with, and how they look; most have a password in them
_URLS: dict[str, tuple[str, str]] = {
    "DATABASE_URL": (r"sqlite|postgres(ql)?(\+psycopg)?", "postgresql://user:password@host/name"),
    "REPLICA_URL": (r"postgres(ql)?(\+psycopg)?", "postgresql://user:password@host/name"),
    "REDIS_URL": (r"rediss?(\+unix)?", "redis://host:6379/0"),
    "SMTP_URL": ("smtps?", "smtp://user:password@mail.example:587"),
}
_PLAIN_URLS = {
    "CSP_REPORT_URL": "https://csp.example/report",
    "PURGE_URL": "https://cdn.example/purge",
}
_PLAIN_URL = re.compile(r"https?://[^\s;,]+", re.ASCII)

PROJECT = Path(__file__).resolve().parent.parent


def instance_folder() -> Path:
    """`MODERATION_INSTANCE`, else ./instance of a checkout, else the user's state folder."""
    if named := os.environ.get("MODERATION_INSTANCE"):
        return Path(named).resolve()
    if (PROJECT / "pyproject.toml").exists():
        return PROJECT / "instance"
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "moderation"


def template_folder() -> Path:
    """Beside the package in a wheel, at the top of a checkout."""
    packaged = Path(__file__).parent / "templates"
    return packaged if packaged.exists() else PROJECT / "templates"


def load(app: Flask, given: Mapping[str, Any]) -> None:
    """Fill `app.config`; `given` wins over everything."""
    instance = Path(app.instance_path)
    instance.mkdir(parents=True, exist_ok=True)
    app.config.from_mapping(DEFAULTS)
    app.config.from_file(str(instance / "config.toml"), load=tomllib.load, text=False, silent=True)
    app.config.from_prefixed_env("MODERATION", loads=_as_typed)
    app.config.from_mapping(given)
    if not app.config["SECRET_KEY"]:
        app.config["SECRET_KEY"] = _secret_key(instance / "secret_key")
    for name in ("CDN_SECONDS", "REPLICA_LAG"):
        app.config[name] = _seconds(name, app.config)
    for name in ("STAFF_TWO_STEPS", "ONE_HOST", "ACCESS_LOG"):
        app.config[name] = _on_or_off(name, app.config)
    _check_urls(app.config)
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url(
        app.config["DATABASE_URL"] or f"sqlite:///{instance / 'moderation.sqlite'}"
    )
    is_sqlite = app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_size": CONNECTIONS,
        # each of those who read at once has one
        "max_overflow": THREADS - CONNECTIONS if is_sqlite else MORE,
        "pool_pre_ping": not is_sqlite,
        "pool_use_lifo": True,  # few stay busy, and what these remember is of use
    }
    https = app.config["HTTPS"] or app.config["SITE_URL"].startswith("https:")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if https else "session",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # 30 days from signing in on: sent again with each answer, a cache might keep it with one
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=60 * 60 * 24 * 30,
        MAX_CONTENT_LENGTH=256 * 1024,
        MAX_FORM_MEMORY_SIZE=256 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
    )


def refuse_weak(app: Flask) -> None:
    """What `moderation serve` will not start with."""
    if len(str(app.config["SECRET_KEY"])) < 32:  # digits only come as a number
        raise Refused("SECRET_KEY is shorter than 32 characters. Remove it, and one is made.")
    token = str(app.config["METRICS_TOKEN"])
    if token and len(token) < 32:
        raise Refused("METRICS_TOKEN is shorter than 32 characters. Make it longer, or remove it.")
    if app.debug:
        raise Refused("Debug mode is on. Switch it off to serve.")
    if app.config["DEMO"]:
        raise Refused("DEMO shows everybody's mail on a page. Remove it to serve.")


def _on_or_off(name: str, settings: Mapping[str, Any]) -> str:
    """A slip of the pen must not leave a door open: Refused for everything else."""
    match settings[name]:
        case "on" | True:
            return "on"
        case "off" | False:
            return "off"
    raise Refused(f"The setting {name} is on or off.")


def _seconds(name: str, settings: Mapping[str, Any]) -> int:
    found = settings[name]
    if isinstance(found, bool) or not isinstance(found, int) or found < 0:
        raise Refused(f"The setting {name} is a number of seconds, such as {DEFAULTS[name]}.")
    return found


def _check_urls(settings: Mapping[str, Any]) -> None:
    """Before a library meets one that it cannot read, and quotes it. Raises Refused."""
    for name, (schemes, example) in _URLS.items():
        given = str(settings[name])
        several = given.replace(",", " ").split() if name == "REPLICA_URL" else [given]
        if not all(_is_url(url, schemes) for url in several if url):
            raise Refused(f"The setting {name} is not like {example}.")
    # the first goes into a header, between spaces and semicolons
    for name, example in _PLAIN_URLS.items():
        if (url := str(settings[name])) and not _PLAIN_URL.fullmatch(url):
            raise Refused(f"The setting {name} is not like {example}.")
    if not re.fullmatch(r"[\x21-\x7e]*", str(settings["PURGE_TOKEN"])):
        raise Refused("The setting PURGE_TOKEN is one word, which goes into a header.")


def _is_url(url: str, schemes: str) -> bool:
    if not re.match(rf"({schemes})://", url):
        return False
    try:
        return bool(make_url(url)) if "sql" in schemes else urlsplit(url).port != 0
    except (ValueError, ArgumentError):
        return False


def _as_typed(text: str) -> Any:
    """`true`, `false` and numbers as such; everything else stays text."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    return int(text) if text.isdecimal() and len(text) < 10 else text


def _secret_key(path: Path) -> str:
    """The key kept in `path`, made with mode 600 if there is none."""
    if not path.exists():
        made = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # whoever started at the same moment was first
            os.link(made, path)
        made.unlink()
    return path.read_text("ascii").strip()


def database_url(url: str) -> str:
    """With the driver that we speak to PostgreSQL by."""
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url
