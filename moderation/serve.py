"""`moderation serve`: the product on a port, with its background work, until told to stop.

One process looks after the others: granian's workers, which answer requests, and on a small
machine the one that works in the background. They end with it, even if it is killed.
"""

import ctypes
import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.common import AbstractServer

from moderation import config, logs, parting, stopping
from moderation.app import create_app
from moderation.background import Background
from moderation.database import connections_in_use, db
from moderation.errors import Refused
from moderation.installation import service as installation
from moderation.metrics import numbers
from moderation.metrics.folder import Folder
from moderation.migrations import service as migrations
from moderation.screening import kit, screen
from moderation.screening.settings import Screening
from moderation.screening.subject import Subject

PATIENCE = 30  # seconds for requests in flight, and for the worker's last item
# seconds until a thread that computes lets another one; a page that is kept takes far less
SWITCH = 0.001
# every check that keeps something for later has reason to
SAMPLE = "Call me at 030 1234567, or write to me@example.org: www.example.org is free for you all."
# see mallopt(3): one arena for each thread would keep a little of everything it ever used, and the
# heap the 19 MB that a password takes for a moment
M_ARENA_MAX, ARENAS = -8, 2
M_MMAP_THRESHOLD, LARGE = -3, 1 << 20
# granian's lines join ours, its errors only
QUIET: dict[str, Any] = {
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"handlers": [], "propagate": True}},
}
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104

Server = AbstractServer[Any]


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", type=click.IntRange(1), help="Processes for requests.")
def serve(host: str, port: int, workers: int | None) -> None:
    """Serve the product until told to stop."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    config.refuse_weak(app)
    if is_embedded(app):
        installation.prepare(address(host, port))
    elif trouble := migrations.trouble():
        raise Refused(trouble)
    else:
        installation.found_site(address(host, port))
    run({}, host=host, port=port, workers=workers)


def run(
    settings: Mapping[str, str | int | bool], *, host: str, port: int, workers: int | None = None
) -> None:
    """Serve the prepared installation until SIGTERM or SIGINT; requests in flight are finished.

    SIGHUP: the same, with fresh processes that have read the settings anew.
    settings: beyond those of the current app; every process gets them as `MODERATION_*`.
    workers: processes for requests; by default one with SQLite, else one per processor, up to four.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    server = _server(host, port, workers or _usual_workers())
    _hand_down({**settings, "INSTANCE": app.instance_path})
    instance = Path(app.instance_path)
    Folder(instance).clear()
    _say_so_first(server, instance, app.config["DRAIN_SECONDS"])
    db.session.remove()
    db.engine.dispose()  # a connection does not survive a fork
    _be_light()
    parting.listen_anew()
    background = None
    if wants_worker(app):
        background = Background(is_over=lambda: bool(server.interrupt_signal))
    after = threading.Thread(target=_once_serving, args=(server, host, background), daemon=True)
    server.on_startup(after.start)
    if background is not None:
        server.on_reload(background.renew)
    try:
        server.serve(target_loader=application, wrap_loader=False)
    except SystemExit:
        # whoever stops all of us at once, as Ctrl-C does, gets no complaint about workers gone
        if not server.interrupt_signal:
            raise
    finally:
        if background is not None:
            background.stop()
        stopping.forget(instance)


def application() -> Flask:
    """What one process for requests answers with; it ends when the one above it does."""
    parting.hear_once()
    logs.configure()
    sys.setswitchinterval(SWITCH)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    app = create_app()
    with app.app_context():
        numbers.share(Path(app.instance_path), "web", connections_in_use(db.engine))
    return app


def _be_light() -> None:
    """What every process needs is loaded once, before they part, and stays shared."""
    screen.run(Subject(text=SAMPLE), kit.shipped(), Screening())
    gc.collect()
    with suppress(OSError, AttributeError):  # only the GNU library has it
        library = ctypes.CDLL(None)
        library.mallopt(M_ARENA_MAX, ARENAS)
        library.mallopt(M_MMAP_THRESHOLD, LARGE)
        library.malloc_trim(0)
    gc.freeze()


def is_embedded(app: Flask) -> bool:
    """The small machine's way: SQLite in the instance folder, everything run by `serve`."""
    return not app.config["DATABASE_URL"]


def wants_worker(app: Flask) -> bool:
    """What the setting WORKER means here."""
    match app.config["WORKER"]:
        case "auto":
            return is_embedded(app)
        case "on" | True:
            return True
        case "off" | False:
            return False
    raise Refused("The setting WORKER is on, off or auto.")


def address(host: str, port: int) -> str:
    """Where a browser on this machine finds what listens on `host`."""
    name = EVERYWHERE.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _server(host: str, port: int, workers: int) -> Server:
    return Granian(
        "moderation",
        address=_free_address(host, port),
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=config.THREADS,
        http=HTTPModes.http1,
        websockets=False,
        workers=workers,
        workers_kill_timeout=PATIENCE,
        respawn_failed_workers=True,
        log_level=LogLevels.error,
        log_dictconfig=QUIET,
    )


def _say_so_first(server: Server, instance: Path, seconds: float) -> None:
    """Told to stop, `/readyz` says no for `seconds` before requests are; told twice, at once."""
    stop: Callable[[], None] = server.signal_handler_interrupt
    stopping.forget(instance)
    told: list[threading.Timer] = []

    def begin_to_stop(*_signal: object) -> None:
        if not seconds or told:
            stop()
            return
        stopping.tell(instance)
        told.append(threading.Timer(seconds, stop))
        told[0].daemon = True
        told[0].start()

    server.signal_handler_interrupt = begin_to_stop  # type: ignore[method-assign]


def _usual_workers() -> int:
    """SQLite has one writer at a time, and one process reads as fast as several."""
    return 1 if db.engine.dialect.name == "sqlite" else min(4, os.cpu_count() or 1)


def _free_address(host: str, port: int) -> str:
    """The number behind `host`. Refused if we cannot listen there.

    granian itself shares a port with whoever else shares it, even with another installation.
    """
    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        raise Refused(
            f"Cannot listen on {host}, port {port} ({error.strerror}). Try another --port."
        ) from error
    return str(place[0])


def _hand_down(settings: Mapping[str, str | int | bool]) -> None:
    """To every process we start."""
    for name, value in settings.items():
        os.environ[f"MODERATION_{name}"] = (
            str(value).lower() if value in (True, False) else str(value)
        )


def _once_serving(server: Server, host: str, background: Background | None) -> None:
    """Say so when the first request would be answered; then see to the background work."""
    while len(server.wrks) < server.workers:
        time.sleep(0.01)  # and nothing that holds a lock, which a fork would copy
    listens_on = str(server.bind_addr)
    place = (EVERYWHERE.get(listens_on, listens_on), int(server.bind_port))
    while not _answers(place):
        time.sleep(0.02)
    click.echo(f"Serving on {address(host, server.bind_port)}")
    if background is not None:
        background.watch()


def _answers(place: tuple[str, int]) -> bool:
    try:
        socket.create_connection(place, timeout=1).close()
    except OSError:
        return False
    return True


def _end_with(parent: BaseProcess) -> None:
    """Even if it was killed and could tell nobody."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
