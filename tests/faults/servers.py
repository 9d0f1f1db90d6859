"""A Postgres of one's own, to be killed, on a port that stays the same."""

import asyncio
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import asyncpg
import msgspec

from service import deployment
from service.domain import access
from service.domain.reading import Document
from service.domain.work import OPERATORS, Work
from service.embedded import find_binaries
from service.embedded.account import account_for
from service.embedded.binaries import major_version
from service.migrating import upgrade
from service.roles import APP, OWNER, WORKER
from service.settings import Settings
from tests.conftest import made_database, url_of
from tests.faults.numbered import PATIENCE
from tests.processes import free_port

NAME = "waypost_faults"
REFUSED = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What a server says that is not there, or not ready yet."""


class Postgres:
    """A server on the data in a folder."""

    def __init__(self, home: Path, **settings: str) -> None:
        self._program = find_binaries() / "postgres"
        self._data = home / f"pg{major_version(self._program.parent)}"
        self._account = account_for(self._program, home, self._data)
        self.port = free_port()
        password = (home / "postgres-password").read_text().strip()
        self.url = f"postgresql://postgres:{password}@127.0.0.1:{self.port}/postgres"
        ours = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", **settings}
        self._options = [f"--{n}={v}" for n, v in {**ours, "port": str(self.port)}.items()]
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Returns once it lets somebody in. Harmless where it runs."""
        async with asyncio.timeout(PATIENCE):
            while not await self.answers():
                # The children of one that was killed take a moment to end.
                if not self.runs:
                    command = (self._program, "-D", self._data, *self._options)
                    self._process = self._account.run(*command, output=self._said)
                await asyncio.sleep(0.05)

    @property
    def runs(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    async def answers(self) -> bool:
        """Whether it lets somebody in."""
        try:
            connection = await asyncpg.connect(self.url, timeout=5)
        except REFUSED:
            return False
        await connection.close()
        return True

    def kill(self) -> None:
        """At once, in the middle of whatever it does."""
        self._ended_by(signal.SIGKILL)

    def stop(self) -> None:
        """Clean, where it runs."""
        if self.runs:
            self._ended_by(signal.SIGINT)
        self._said.close()

    def _ended_by(self, number: int) -> None:
        assert self._process
        self._process.send_signal(number)
        self._process.wait(60)

    def said(self) -> str:
        """Its log."""
        self._said.seek(0)
        return self._said.read().decode(errors="replace")


@dataclass(frozen=True)
class Ground:
    """A database that is migrated, as settings name it, and a key to a workspace in it."""

    settings: Settings
    key: str


async def furnished(postgres: Postgres) -> Ground:
    """Make a database on a server that runs."""
    await made_database(postgres.url, NAME)
    await asyncio.to_thread(upgrade, url_of(postgres.url, OWNER, NAME))
    settings = Settings(
        database_url=url_of(postgres.url, APP, NAME),
        owner_database_url=url_of(postgres.url, OWNER, NAME),
        worker_database_url=url_of(postgres.url, WORKER, NAME),
    )
    made = await deployment.acted(settings, OPERATORS, _founded)
    return Ground(settings, msgspec.json.decode(made.json)["key"])


async def _founded(work: Work) -> Document:
    return await access.WORKSPACES.create(work, access.NewWorkspace(name="Faults"))
