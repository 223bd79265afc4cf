"""Told to stop: every process of one `serve` knows, before the first of them takes no requests."""

import os
from pathlib import Path


def _file(instance: Path, serve: int) -> Path:
    return instance / f"stopping.{serve}"


def tell(instance: Path) -> None:
    """From the process that looks after the others."""
    _file(instance, os.getpid()).touch()


def is_told(instance: Path) -> bool:
    """Asked by a process that answers requests."""
    return _file(instance, os.getppid()).exists()


def forget(instance: Path) -> None:
    """It has stopped, or another one once had our number."""
    _file(instance, os.getpid()).unlink(missing_ok=True)
