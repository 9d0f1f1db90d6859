"""Starts the embedded database for one command, such as `psql` or `pg_dumpall`."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from service.embedded import EmbeddedPostgres, EmbeddedPostgresError


def main() -> int:
    """The command's own exit code; 1 when the database did not start."""
    parser = argparse.ArgumentParser(prog="python -m service.embedded", description=__doc__)
    parser.add_argument("--home", type=Path, default=os.environ.get("WAYPOST_HOME", ".waypost"))
    parser.add_argument("--beside-other-major", action="store_true")
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND ...")
    given = parser.parse_args()
    try:
        with EmbeddedPostgres(given.home, beside_other_major=given.beside_other_major) as server:
            variables = os.environ | server.environment
            variables["PATH"] = f"{server.bin_dir}:{os.environ.get('PATH', os.defpath)}"
            command = given.command or ["psql"]
            return subprocess.run(command, env=variables, check=False).returncode  # noqa: S603
    except EmbeddedPostgresError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
