"""The disk full again and again while events come: 503 meanwhile, and nothing lost or doubled.

The database is on a small file system, which only root can make. `WAYPOST_TEST_ROUNDS=20` fills it
twenty times; what was counted is printed.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from service.embedded import find_binaries
from tests.faults.numbered import ROUNDS, Senders
from tests.faults.servers import REFUSED, Ground, Postgres
from tests.processes import Standing

SIZE = 640 << 20
SMALL_LOG = {"min_wal_size": "32MB", "max_wal_size": "64MB"}
NEXT_LOG = "SELECT pg_switch_wal(), pg_logical_emit_message(true, '', '')"
FULL = "No space left on device"


class Disk:
    """A small file system, and a file that takes whatever is left of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        with self._ballast.open("ab") as file:
            while free := shutil.disk_usage(self.folder).free:
                # The database may take some of it meanwhile.
                with suppress(OSError):
                    os.posix_fallocate(file.fileno(), file.tell(), free)
                file.seek(0, os.SEEK_END)

    def clear(self) -> None:
        self._ballast.unlink()


@pytest.fixture
def disk(original: Callable[[Path], Path]) -> Iterator[Disk]:
    """One with data of Postgres on it."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    folder = Path(tempfile.mkdtemp(prefix="waypost-"))
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "waypost", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        folder.rmdir()
        pytest.skip(f"a small file system cannot be mounted here: {done.stderr.strip()}")
    subprocess.run(["cp", "-a", f"{original(find_binaries())}/.", folder], check=True)
    yield Disk(folder)
    subprocess.run(["umount", folder], check=True)
    folder.rmdir()


@pytest.fixture
async def postgres(disk: Disk) -> AsyncIterator[Postgres]:
    server = Postgres(disk.folder, **SMALL_LOG)
    await server.start()
    yield server
    server.stop()


async def no_room_for_the_log(postgres: Postgres) -> None:
    """Ask for new files of its log until there is no room for one: this ends the server."""
    with suppress(*REFUSED):
        connection = await asyncpg.connect(postgres.url)
        while True:
            await connection.execute(NEXT_LOG)


async def test_a_full_disk_is_waited_for_and_nothing_is_lost_or_comes_twice(
    disk: Disk,
    postgres: Postgres,
    standing: Standing,
    ground: Ground,
    record_property: Callable[[str, object], None],
) -> None:
    async with Senders(standing.url, ground.key, old=True) as senders:
        for n in range(ROUNDS):
            await senders.all_acknowledged()
            before = postgres.said().count(FULL)
            disk.fill()
            if n % 2:
                await no_room_for_the_log(postgres)
            await senders.all_have(lambda one: one.statuses[503])
            assert postgres.said().count(FULL) > before
            disk.clear()
            await postgres.start()
        await senders.all_acknowledged()
    assert sum(one.unheard for one in senders.all) == 0
    counted = await senders.judged(f"{ROUNDS} times the disk was full")
    crashes = postgres.said().count("PANIC")
    record_property("counted", f"{counted}; {crashes} times Postgres gave up over it")
