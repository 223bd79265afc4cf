"""Logs go to standard error, a line each, as JSON unless somebody is watching; nothing personal.

An exception's own words often quote what was typed (a database names the address that is there
already), so a traceback keeps its kinds, codes and places, and leaves the words out.
"""

import logging
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import structlog
from structlog.typing import Processor

# what drivers and the system say in a code
CODES = ("sqlstate", "sqlite_errorname", "errno", "smtp_code")

Fields = MutableMapping[str, Any]

_about: ContextVar[Mapping[str, str]] = ContextVar("about", default=MappingProxyType({}))


class _StandardError:
    """Whatever it is at that moment. A log without room for a line must not break what it tells."""

    def write(self, text: str) -> None:
        with suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            sys.stderr.flush()


_standard_error: Any = _StandardError()  # structlog wants a file


def configure() -> None:
    """Ours and everybody else's: libraries speak through the standard library's `logging`."""
    shared: list[Processor] = [
        _with_what_it_is_about,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        _without_words,
    ]
    structlog.configure(
        processors=[*shared, _renderer()],
        logger_factory=lambda *_: structlog.WriteLogger(_standard_error),
        cache_logger_on_first_use=False,
    )
    handler = _ToStandardError(logging.WARNING)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer()],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [had for had in root.handlers if not isinstance(had, _ToStandardError)]
    root.addHandler(handler)
    # Flask's own line for a failed request quotes the exception; the error page writes ours
    flask = logging.getLogger("moderation")
    flask.propagate = False
    flask.handlers[:] = [logging.NullHandler()]


def about(**fields: str) -> None:
    """What every further line of this thread carries. One variable: it is set for each request."""
    _about.set(fields)


def say(fields: str) -> None:
    """A line that is made by hand, because it is said with every request. fields: JSON, open."""
    _standard_error.write(f'{fields}, "level": "info", "timestamp": "{_moment()}"}}\n')


def _moment() -> str:
    return f"{datetime.now(UTC).isoformat()[:-6]}Z"


class _ToStandardError(logging.Handler):
    """For libraries."""

    def emit(self, record: logging.LogRecord) -> None:
        _standard_error.write(f"{self.format(record)}\n")


def _renderer() -> Processor:
    if sys.stderr.isatty():
        return structlog.dev.ConsoleRenderer()
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _with_what_it_is_about(_logger: object, _method: str, fields: Fields) -> Fields:
    return {**fields, **_about.get()}


def _without_words(_logger: object, _method: str, fields: Fields) -> Fields:
    given = fields.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        fields["exception"] = "\n".join(_lines(error))
    return fields


def _lines(error: BaseException) -> Iterator[str]:
    """The causes first, as in a traceback."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        yield from _lines(earlier)
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename}:{frame.lineno} {frame.name}: {frame.line}"
    kind = type(error)
    codes = [code for name in CODES if (code := getattr(error, name, None))]
    yield " ".join([f"{kind.__module__}.{kind.__qualname__}", *map(str, codes)])
