"""What the embedded way of running keeps in its home, for its owner's eyes only."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

ONLY_MINE = 0o600


def fresh_secret() -> str:
    """256 random bits as text that needs no quoting anywhere."""
    return secrets.token_urlsafe(32)


def kept(path: Path, make: Callable[[], str] = fresh_secret) -> str:
    """What the file holds; where there is none, what `make` gives, from now on."""
    found = read(path)
    if found is None:
        found = make()
        write(path, found)
    return found


def read(path: Path) -> str | None:
    """What the file holds, or None."""
    try:
        return path.read_text().strip() or None
    except FileNotFoundError:
        return None


def write(path: Path, text: str) -> None:
    """Put the text there, readable by its owner alone, whole or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_MINE)
    with os.fdopen(handle, "w") as file:
        print(text, file=file)
    fresh.replace(path)
