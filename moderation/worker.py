"""What happens in the background: mail, seals, dry runs, checks, clearing away, thresholds.

Each duty has a thread and a database session of its own, so that a mail server that hangs delays
no seal. Any number of workers may run at once. Told to stop, a duty finishes the item in its hands.
"""

import os
import random
import secrets
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import click
import structlog
from flask import Flask, current_app

from moderation import logs, statements
from moderation.database import connections_in_use, db
from moderation.errors import Refused
from moderation.events import parts
from moderation.events import seal as seals
from moderation.intake import service as intake
from moderation.metrics import numbers
from moderation.migrations import service as migrations
from moderation.outbox import delivery, mail
from moderation.outbox import service as outbox
from moderation.people import service as people
from moderation.screening.budget import duty as budget
from moderation.screening.health import checking
from moderation.screening.health import service as health
from moderation.screening.remote import again as remote
from moderation.screening.repeats import service as repeats
from moderation.screening.risk import duty as risk
from moderation.screening.rulebook import dryrun

LONGEST_PAUSE = 60.0  # seconds, after failures in a row
MOST_DOUBLED = 10  # times
SIGNALS = (signal.SIGTERM, signal.SIGINT)

log = structlog.get_logger()

KeepOn = Callable[[], bool]


@dataclass(frozen=True)
class Duty:
    """Something to be done again and again: `turn` takes and leaves no open transaction."""

    name: str
    turn: Callable[[KeepOn], None]
    every: float = 0.0  # seconds; 0 takes the setting WORKER_PAUSE


def send_mail(keep_on: KeepOn) -> None:
    done = delivery.deliver(keep_on=keep_on)
    if done.tried:
        numbers.mail_up.set(1)
        log.info("mail", sent=done.sent, later=done.later, dead=done.dead)


def seal_events(keep_on: KeepOn) -> None:
    waits = seals.something_waits()
    db.session.rollback()
    while waits and keep_on():
        waits = seals.seal() == seals.BATCH
        db.session.commit()


def clear_away(_keep_on: KeepOn) -> None:
    """Counts of what was too often, drafts nobody came back for, sign-ins that have run out; and
    letters that would never leave.
    """
    people.clear_away()
    intake.clear_old_drafts()
    remote.clear_old()
    health.clear_old()
    outbox.bring_back()
    db.session.commit()


DUTIES = (
    Duty("mail", send_mail),
    Duty("seals", seal_events),
    Duty("parts for events", parts.make_ahead, every=3600.0),
    Duty("dry runs", dryrun.run_waiting),
    Duty("publisher's checker", remote.ask_due),
    Duty("checks", checking.run_waiting),
    Duty("clearing", clear_away, every=600.0),
    Duty("repeats", repeats.clear_old, every=600.0),
    Duty("thresholds", budget.reckon_all, every=3600.0),
    Duty("learning", risk.learn_waiting),
    Duty("learning at night", risk.ask_at_night, every=3600.0),
)


def run(app: Flask, *, wanted: KeepOn) -> None:
    """Do every duty as long as it is `wanted()`."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=_repeat, args=(app, duty, stop), name=duty.name) for duty in DUTIES
    ]
    for thread in threads:
        thread.start()
    while wanted():
        time.sleep(0.2)
    stop.set()
    for thread in threads:
        thread.join()


def once(app: Flask) -> None:
    """Every duty one time."""
    for duty in DUTIES:
        with app.app_context():
            duty.turn(lambda: True)


def _repeat(app: Flask, duty: Duty, stop: threading.Event) -> None:
    usual = duty.every or float(app.config["WORKER_PAUSE"])
    failures = 0
    while not stop.is_set():
        failures = failures + 1 if _fails(app, duty, stop) else 0
        # not all workers of a large installation in step
        stop.wait(_pause(usual, failures) * random.uniform(0.8, 1.2))  # noqa: S311


def _pause(usual: float, failures: int) -> float:
    """Seconds until the next turn, after so many that went wrong one after the other."""
    return min(usual * 2.0 ** min(failures, MOST_DOUBLED), max(usual, LONGEST_PAUSE))


def _fails(app: Flask, duty: Duty, stop: threading.Event) -> bool:
    """One turn; whether it went wrong, in which case the log says how."""
    tally = statements.begin()
    logs.about(duty=duty.name, run=secrets.token_hex(4))
    try:
        with app.app_context():  # what goes wrong at its end ends no thread either
            duty.turn(lambda: not stop.is_set())
    except mail.ServerDown as error:
        numbers.mail_up.set(0)
        log.warning("mail server down", why=error.sentence)
    except Exception:
        log.exception("duty failed")
    else:
        numbers.duty_success.labels(duty.name).set_to_current_time()
        return False
    finally:
        statements.end()
        numbers.asked(tally.count, tally.seconds)
    numbers.duty_failures.labels(duty.name).inc()
    return True


@click.command()
@click.option("--once", "only_once", is_flag=True, help="Do what there is to do, then end.")
def worker(*, only_once: bool) -> None:
    """Work in the background: send mail, seal events, clear away."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    if trouble := migrations.trouble():
        raise Refused(trouble)
    if only_once:
        once(app)
        return
    work(app)


def work(app: Flask, *, until_gone: int | None = None) -> None:
    """Every duty until a signal says stop. until_gone: or until this parent of ours is gone."""
    told_to_stop: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        told_to_stop.append(number)

    for number in SIGNALS:
        signal.signal(number, stop)
    numbers.share(Path(app.instance_path), "worker", connections_in_use(db.engine))
    log.info("worker started")
    run(app, wanted=lambda: not told_to_stop and until_gone in (None, os.getppid()))
    log.info("worker stopped")
