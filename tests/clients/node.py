"""Projects for Node: copied out of the sources, with their packages installed once."""

import os
import shutil
import subprocess
from fcntl import LOCK_EX, flock
from hashlib import sha256
from pathlib import Path

import pytest

from tests.house.source import ROOT

KEPT_IN = ROOT / ".node"
"""Ignored by git: packages, and what tests generate beside them."""


def needed(program: str | None, name: str) -> str:
    """A program of this machine. Without it a test is skipped, but never where CI runs."""
    if program is None:
        said = f"{name} is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)
    return program


def project(sources: Path, name: str) -> Path:
    """A working copy of a project, with the packages of its lock file."""
    npm = needed(shutil.which("npm"), "npm (Node)")
    copy = KEPT_IN / name
    copy.mkdir(parents=True, exist_ok=True)
    # Another process of the suite may be at it.
    with (sources / "package-lock.json").open() as turn:
        flock(turn, LOCK_EX)
        for path in sources.iterdir():
            if path.is_file():
                shutil.copy(path, copy)
        locked = sha256((copy / "package-lock.json").read_bytes()).hexdigest()
        mark = copy / "node_modules" / ".installed"
        if not mark.is_file() or mark.read_text() != locked:
            run(npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", within=copy)
            mark.write_text(locked)
    return copy


def run(*command: str | Path, within: Path, **environment: str) -> str:
    """What a program prints; all it says when it fails."""
    done = subprocess.run(
        command,
        cwd=within,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout
