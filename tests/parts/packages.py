"""Programs of other people that the tests run: as root on Debian apt fetches what is not here."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable

from tests.parts.keeper import PartMissing

# each for a test that runs the operators' own files through it
PROGRAMS = {"nginx": "nginx", "systemd-analyze": "systemd"}
PLACES = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/bin"


def found(program: str) -> str | None:
    """Where the program is, also if it is only for administrators."""
    return shutil.which(program) or shutil.which(program, path=PLACES)


def needed(program: str) -> str:
    """Where the program is; PartMissing says which package it comes in."""
    here = found(program)
    if here is None:
        raise PartMissing(
            f"The tests need {program}: install it (on Debian the package {PROGRAMS[program]})."
        )
    return here


def may_install() -> bool:
    """Whether we are root and this is a Debian."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def prepare(also: Iterable[str], say: Callable[[str], None]) -> None:
    """Install the packages `also` and those of PROGRAMS if we may; says so before."""
    if not may_install():
        return
    lacking = [*also, *(package for name, package in PROGRAMS.items() if not found(name))]
    if lacking:
        say(f"Installing {', '.join(lacking)} by apt, for the tests.")
        install(lacking)


def install(packages: Iterable[str]) -> None:
    """Have apt install them without a question; PartMissing with its last words if it fails."""
    for step in (("update",), ("install", "--yes", "--no-install-recommends", *packages)):
        done = subprocess.run(
            ("apt-get", "-q", *step),
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise PartMissing(
                f"apt-get {step[0]} failed; install {', '.join(packages)} yourself. It said:\n"
                f"{done.stderr[-2000:]}"
            )


def is_installed(package: str) -> bool:
    """Whether Debian has the package."""
    asked = ("dpkg-query", "--show", "--showformat", "${db:Status-Status}", package)
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout == "installed"
