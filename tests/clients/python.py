"""Packages for Python that have no place beside the project's own, each with all that it needs."""

import shutil
import sys
from fcntl import LOCK_EX, flock
from hashlib import sha256
from pathlib import Path

from tests.clients.node import run
from tests.house.source import ROOT

KEPT_IN = ROOT / ".packages"
"""Ignored by git."""


def python_with(lock: Path) -> Path:
    """The interpreter of an environment with the packages of a lock file, installed once."""
    folder = KEPT_IN / lock.stem
    program, mark = folder / "bin" / "python", folder / ".installed"
    locked = sha256(lock.read_bytes()).hexdigest()
    # Another process of the suite may be at it.
    with lock.open() as turn:
        flock(turn, LOCK_EX)
        if not mark.is_file() or mark.read_text() != locked:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            for command in _commands(folder, program, lock):
                run(*command, within=folder)
            mark.write_text(locked)
    return program


def _commands(folder: Path, program: Path, lock: Path) -> list[tuple[str | Path, ...]]:
    locked = ("--quiet", "--require-hashes", "-r", lock)
    if uv := shutil.which("uv"):
        install = (uv, "pip", "install", "--python", program)
        return [(uv, "venv", "--quiet", "--python", sys.executable, folder), (*install, *locked)]
    install = (program, "-m", "pip", "install", "--disable-pip-version-check")
    return [(sys.executable, "-m", "venv", folder), (*install, *locked)]
