"""Databases of one's own to be killed, and processes that hold them."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from service import cli
from service.embedded import EmbeddedPostgres, find_binaries
from service.settings import Settings
from tests.faults.servers import Ground, Postgres, furnished
from tests.processes import Standing

BIN_DIRS = sorted({find_binaries(), *Path("/usr/lib/postgresql").glob("*/bin")})
CHILD = textwrap.dedent("""
    import sys
    from pathlib import Path
    from service.embedded import EmbeddedPostgres
    with EmbeddedPostgres(Path(sys.argv[1]), bin_dir=Path(sys.argv[2])) as server:
        print(server.url, flush=True)
        sys.stdin.read()
""")

Say = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
def say(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Say:
    """Run a command: its exit code, what it printed, and what it complained of."""
    for name in ("DATABASE_URL", "WAYPOST_DATABASE_URL", "WAYPOST_OWNER_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)

    async def run(*arguments: str, **environment: str | None) -> tuple[int, str, str]:
        for name, value in ({"database_url": settings.database_url} | environment).items():
            if value is not None:
                monkeypatch.setenv(f"WAYPOST_{name.upper()}", value)
        code = await asyncio.to_thread(cli.main, arguments)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture(params=BIN_DIRS, ids=lambda folder: folder.parent.name)
def bin_dir(request: pytest.FixtureRequest) -> Path:
    chosen: Path = request.param
    return chosen


@pytest.fixture
def bin_dirs() -> list[Path]:
    return BIN_DIRS


@pytest.fixture(scope="session")
def original() -> Iterator[Callable[[Path], Path]]:
    """A folder with the untouched data of these binaries, to be copied; initdb is slow."""
    made: dict[Path, Path] = {}

    def make(bin_dir: Path) -> Path:
        if bin_dir not in made:
            made[bin_dir] = _open_folder()
            with EmbeddedPostgres(made[bin_dir], bin_dir=bin_dir, durable=False):
                pass
        return made[bin_dir]

    yield make
    for folder in made.values():
        shutil.rmtree(folder)


@pytest.fixture
def empty_home() -> Iterator[Path]:
    folder = _open_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(
    request: pytest.FixtureRequest, empty_home: Path, original: Callable[[Path], Path]
) -> Path:
    """A folder with data of `bin_dir`'s major where the test asks for one, else of the usual."""
    asked = "bin_dir" in request.fixturenames
    bin_dir = request.getfixturevalue("bin_dir") if asked else find_binaries()
    subprocess.run(["cp", "-a", f"{original(bin_dir)}/.", empty_home], check=True)
    return empty_home


@pytest.fixture
def start_child() -> Iterator[Callable[[Path, Path], tuple[subprocess.Popen[str], str]]]:
    """Starts a process that runs the database; gives the process and the database's URL."""
    started: list[subprocess.Popen[str]] = []

    def start(home: Path, bin_dir: Path) -> tuple[subprocess.Popen[str], str]:
        command = [sys.executable, "-c", CHILD, str(home), str(bin_dir)]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(child)
        assert child.stdout
        return child, child.stdout.readline().strip()

    yield start
    for child in started:  # the end of its input is its sign to stop
        child.communicate()


@pytest.fixture
async def ground(postgres: Postgres) -> Ground:
    """A workspace on the `postgres` that a file of tests has of its own."""
    return await furnished(postgres)


@pytest.fixture
async def standing(ground: Ground) -> AsyncIterator[Standing]:
    """The service on it."""
    async with Standing(str(ground.settings.database_url)) as service:
        yield service


def _open_folder() -> Path:
    """One that another account may enter, unlike pytest's own; in memory where there is room."""
    memory = Path("/dev/shm")  # noqa: S108
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 1 << 30
    folder = Path(tempfile.mkdtemp(prefix="waypost-", dir=memory if roomy else None))
    folder.chmod(0o755)
    return folder
