"""The account that Postgres runs as: it refuses to be root, and must reach its files."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from service.embedded.binaries import EmbeddedPostgresError

PR_SET_PDEATHSIG = 1
NOBODY = 65534


@dataclass(frozen=True)
class Account:
    """`uid` owns the data folder; `wrapper` is a command that changes how the next one sees us."""

    uid: int
    gid: int
    switches: bool = False
    wrapper: tuple[str, ...] = ()

    def run(self, *command: str | Path, output: int | IO[bytes]) -> subprocess.Popen[bytes]:
        """A child that is interrupted when this thread ends; stdout and stderr go to `output`."""
        switched = self.switches or None
        return subprocess.Popen(  # noqa: S603
            [*self.wrapper, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={k: v for k, v in os.environ.items() if not k.startswith("PG")},
            user=switched and self.uid,
            group=switched and self.gid,
            extra_groups=switched and [],
            start_new_session=True,  # Ctrl-C must not stop the database under a draining service
            preexec_fn=_interrupted_at_our_death(),  # noqa: PLW1509  runs after the switch
        )

    def take(self, path: Path) -> None:
        """Makes `path` this account's own."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)

    def reaches(self, binary: Path, home: Path) -> bool:
        """Whether this account can run `binary` with its libraries, and enter `home`."""
        attempt = 'cd "$0" && exec "$1" -V'
        try:
            probe = self.run("/bin/sh", "-c", attempt, home, binary, output=subprocess.DEVNULL)
            return probe.wait() == 0
        except OSError:
            return False


def account_for(binary: Path, home: Path, data: Path) -> Account:
    """Ourselves; for root the owner of the data, at first `nobody` or a namespace of root's.

    Raises `EmbeddedPostgresError` when the data is another's or no account reaches the files.
    """
    owner = data.stat().st_uid if data.exists() else None
    ourselves = os.geteuid()
    if ourselves != 0:
        if owner not in (None, ourselves):
            raise EmbeddedPostgresError(f"{data} belongs to uid {owner}: run as that one")
        return Account(ourselves, os.getegid())
    for uid in (NOBODY, 0) if owner is None else (owner,):
        if (account := _account_from_root(uid)).reaches(binary, home):
            return account
    raise EmbeddedPostgresError(
        f"Postgres refuses to run as root, and "
        f"{'no other account' if owner is None else f'uid {owner}, which owns {data},'} "
        f"reaches both {binary} and {home}: run as an ordinary user, or open these folders"
    )


def _account_from_root(uid: int) -> Account:
    """Another account by switching to it; root itself where a user namespace calls it nobody."""
    if uid == 0:
        mapping = (f"--map-user={NOBODY}", f"--map-group={NOBODY}")
        return Account(0, 0, wrapper=("unshare", "--user", *mapping))
    try:
        return Account(uid, pwd.getpwuid(uid).pw_gid, switches=True)
    except KeyError:
        raise EmbeddedPostgresError(
            f"Postgres needs a name for uid {uid}: add an account"
        ) from None


def _interrupted_at_our_death() -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask_the_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, int(signal.SIGINT))
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask_the_kernel
