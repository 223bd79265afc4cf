"""A process that is parted from another one: a signal to it means what it means to it."""

import os
import signal
import subprocess
import sys
import time

from moderation import parting

TOLD = (signal.SIGTERM, signal.SIGINT)
PARTING = """
import os, signal, sys, time
from moderation import parting

for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: print("heard", flush=True))
parting.listen_anew()
for number in (signal.SIGTERM, signal.SIGINT) * 20:
    pid = os.fork()
    if not pid:
        time.sleep(20)
        os._exit(0)
    os.kill(pid, number)
    assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == number
    os.kill(os.getpid(), number)
"""


def test_a_signal_right_after_is_not_taken_for_one_to_its_parent() -> None:
    """As when all are told to stop while they start; and the parent goes on hearing its own."""
    began = time.monotonic()
    done = subprocess.run(
        (sys.executable, "-c", PARTING), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "heard\n" * 40
    assert time.monotonic() - began < 20


def test_what_was_blocked_before_stays_so() -> None:
    parting.listen_anew()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    try:
        pid = os.fork()
        if not pid:
            os._exit(len(signal.pthread_sigmask(signal.SIG_BLOCK, ()) & set(TOLD)))
        assert os.waitpid(pid, 0)[1] == 0
        assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == {signal.SIGUSR1}
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
