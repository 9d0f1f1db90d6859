"""The embedded Postgres through starts, stops, kills and confusions, on every major found here."""

import asyncio
import os
import pwd
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from service.embedded import EmbeddedPostgres, EmbeddedPostgresError, find_binaries, server

MAJOR = "SELECT current_setting('server_version_num')::integer / 10000"
only_for_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root must change who it is")
Children = Callable[[Path, Path], tuple[subprocess.Popen[str], str]]


async def _asks(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def _state(running: EmbeddedPostgres) -> str:
    command = [f"{running.bin_dir}/pg_controldata", "-D", str(running.data)]
    says = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"cluster state: +(.+)", says)
    assert found
    return found[1]


def _postmaster(home: Path) -> int:
    pid_file = next(home.glob("pg*/postmaster.pid"))
    return int(pid_file.read_text().split("\n", 1)[0])


def _is_gone(pid: int) -> bool:
    """Ended, whether or not anybody has waited for it."""
    try:
        return not Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return True


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


async def _writes_until_cut_off(url: str, then: Callable[[], None]) -> list[int]:
    """The numbers whose commits were acknowledged."""
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE written (number integer)")
    then()
    acknowledged: list[int] = []
    with suppress(asyncpg.PostgresError, asyncpg.InternalClientError, OSError):
        while True:
            await connection.execute("INSERT INTO written VALUES ($1)", len(acknowledged))
            acknowledged.append(len(acknowledged))
    connection.terminate()
    return acknowledged


async def test_a_second_start_finds_what_the_first_one_wrote(home: Path, bin_dir: Path) -> None:
    database = EmbeddedPostgres(home, bin_dir=bin_dir)
    with database:
        assert await _asks(database.url, MAJOR) == database.major
        await _asks(database.url, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert _state(database) == "shut down"
    with EmbeddedPostgres(home, bin_dir=bin_dir) as again:
        assert await _asks(again.url, "SELECT answer FROM kept") == 42


async def test_only_the_password_opens_it_and_only_from_this_machine(home: Path) -> None:
    with EmbeddedPostgres(home, durable=False) as database:
        secret = database.environment["PGPASSWORD"]
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(database.url.replace(secret, "guessed"))
        assert await _asks(database.url, "SHOW listen_addresses") == "127.0.0.1"
        assert (home / "postgres-password").stat().st_mode & 0o777 == 0o600
        assert database.data.stat().st_mode & 0o777 == 0o700


async def test_settings_reach_the_server_and_safety_is_given_up_only_when_asked(
    home: Path,
) -> None:
    with EmbeddedPostgres(home, settings={"max_connections": "17"}) as database:
        assert await _asks(database.url, "SHOW max_connections") == "17"
        assert await _asks(database.url, "SHOW fsync") == "on"
    with EmbeddedPostgres(home, durable=False) as database:
        assert await _asks(database.url, "SHOW fsync") == "off"


async def test_a_failed_statement_leaves_no_values_in_the_log(home: Path) -> None:
    with EmbeddedPostgres(home, durable=False) as database, pytest.raises(asyncpg.DataError):
        await _asks(database.url, "SELECT 'mei@example.org'::integer")
    assert "mei@example.org" not in (home / "postgres.log").read_text()


def test_an_interrupt_from_the_terminal_reaches_the_parent_alone(home: Path) -> None:
    with EmbeddedPostgres(home, durable=False):
        assert os.getpgid(_postmaster(home)) != os.getpgrp()
        assert os.getsid(_postmaster(home)) != os.getsid(0)


async def test_killing_the_parent_stops_the_server_cleanly_and_loses_no_acknowledged_row(
    home: Path, bin_dir: Path, start_child: Children
) -> None:
    child, url = start_child(home, bin_dir)
    postmaster = _postmaster(home)
    killer = threading.Timer(0.1, child.kill)
    acknowledged = await _writes_until_cut_off(url, killer.start)
    _until(lambda: _is_gone(postmaster))
    again = EmbeddedPostgres(home, bin_dir=bin_dir)
    assert _state(again) == "shut down"
    with again:
        kept = await _asks(again.url, "SELECT array_agg(number) FROM written")
    assert isinstance(kept, list)
    assert acknowledged
    assert set(kept) >= set(acknowledged)


async def test_a_start_right_after_the_kill_waits_for_the_old_server(
    home: Path, bin_dir: Path, start_child: Children
) -> None:
    child, url = start_child(home, bin_dir)
    await _asks(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    child.kill()
    child.wait()
    with EmbeddedPostgres(home, bin_dir=bin_dir) as again:
        assert await _asks(again.url, "SELECT answer FROM kept") == 42


async def test_killing_parent_and_server_at_once_blocks_no_start_and_loses_no_row(
    home: Path, bin_dir: Path, start_child: Children
) -> None:
    child, url = start_child(home, bin_dir)
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    lingering = await connection.fetchval("SELECT pg_backend_pid()")
    os.kill(lingering, signal.SIGSTOP)
    os.kill(_postmaster(home), signal.SIGKILL)
    child.kill()
    child.wait()
    end_of_lingering = threading.Timer(0.5, os.kill, (lingering, signal.SIGKILL))
    end_of_lingering.start()
    with EmbeddedPostgres(home, bin_dir=bin_dir) as again:
        assert end_of_lingering.finished.is_set()
        assert await _asks(again.url, "SELECT answer FROM kept") == 42
    connection.terminate()


def test_a_pid_file_that_names_an_unrelated_process_blocks_no_start(
    home: Path, bin_dir: Path
) -> None:
    database = EmbeddedPostgres(home, bin_dir=bin_dir, durable=False)
    with database:
        left_behind = (database.data / "postmaster.pid").read_text().split("\n")
    owner = None if os.geteuid() else database.data.stat().st_uid
    with subprocess.Popen(["sleep", "60"], user=owner) as unrelated:
        left_behind[0] = str(unrelated.pid)
        (database.data / "postmaster.pid").write_text("\n".join(left_behind))
        with database:
            assert _postmaster(home) != unrelated.pid
        unrelated.kill()


def test_a_kill_while_the_data_is_being_made_leaves_no_half(
    empty_home: Path, start_child: Children
) -> None:
    bin_dir = find_binaries()
    maker = threading.Thread(target=start_child, args=(empty_home, bin_dir))
    maker.start()
    _until(lambda: any(empty_home.glob("pg*.new-*/base")))
    os.kill(int((empty_home / "postgres.lock").read_text()), signal.SIGKILL)
    maker.join()
    _, url = start_child(empty_home, bin_dir)
    assert asyncio.run(_asks(url, "SELECT 42")) == 42
    assert not any(empty_home.glob("pg*.new-*"))


def test_a_second_simultaneous_start_is_refused_with_the_holder_named(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "LOCK_SECONDS", 0.05)
    with EmbeddedPostgres(home, durable=False) as first:
        with pytest.raises(EmbeddedPostgresError, match=f"process {os.getpid()} already runs"):
            EmbeddedPostgres(home).start()
        assert not _is_gone(_postmaster(first.home))


def test_another_major_is_refused_until_its_dump_is_restored_beside_it(
    empty_home: Path, bin_dirs: list[Path], tmp_path: Path
) -> None:
    home = empty_home
    if len(bin_dirs) < 2:
        pytest.skip("only one major is installed here")
    older, newer = sorted(bin_dirs, key=lambda b: EmbeddedPostgres(home, bin_dir=b).major)[-2:]
    with EmbeddedPostgres(home, bin_dir=older, durable=False) as database:
        asyncio.run(_asks(database.url, "CREATE TABLE kept AS SELECT 42 AS answer"))
    with pytest.raises(EmbeddedPostgresError, match="pg_dumpall") as refusal:
        EmbeddedPostgres(home, bin_dir=newer).start()
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    commands = [line.strip() for line in str(refusal.value).splitlines() if line.startswith("  ")]
    for command in commands:
        filled_in = re.sub(r"…/\d+/bin", str(older), command)
        subprocess.run(["sh", "-c", filled_in], check=True, cwd=tmp_path, env=environment)
    with EmbeddedPostgres(home, bin_dir=newer, durable=False) as database:
        assert asyncio.run(_asks(database.url, "SELECT answer FROM kept")) == 42


def test_a_server_that_cannot_start_is_reported_with_its_own_words(home: Path) -> None:
    unable = EmbeddedPostgres(home, durable=False, settings={"shared_buffers": "much"})
    with pytest.raises(EmbeddedPostgresError, match='invalid value for parameter "shared_buffers"'):
        unable.start()
    with EmbeddedPostgres(home, durable=False):
        pass


def test_it_is_not_started_from_a_thread_that_may_end_before_it(home: Path) -> None:
    raised: list[BaseException] = []

    def start() -> None:
        try:
            EmbeddedPostgres(home).start()
        except RuntimeError as error:
            raised.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "thread" in str(raised[0])


@only_for_root
def test_root_runs_it_as_nobody(home: Path, bin_dir: Path) -> None:
    with EmbeddedPostgres(home, bin_dir=bin_dir, durable=False):
        assert Path(f"/proc/{_postmaster(home)}").stat().st_uid == pwd.getpwnam("nobody").pw_uid


@only_for_root
def test_root_in_a_closed_folder_runs_it_in_a_namespace_and_it_still_dies_with_its_parent(
    empty_home: Path, bin_dir: Path, start_child: Children
) -> None:
    if subprocess.run(["unshare", "--user", "true"], check=False).returncode:
        pytest.skip("user namespaces are not allowed here")
    empty_home.chmod(0o700)
    child, url = start_child(empty_home, bin_dir)
    postmaster = _postmaster(empty_home)
    assert asyncio.run(_asks(url, "SELECT 42")) == 42
    assert next(empty_home.glob("pg*/PG_VERSION")).stat().st_uid == 0
    child.kill()
    _until(lambda: _is_gone(postmaster))


@only_for_root
def test_root_leaves_the_data_with_the_ordinary_user_who_made_it(home: Path) -> None:
    user = pwd.getpwnam("daemon")
    for path in (home, *home.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid)
    with EmbeddedPostgres(home, durable=False):
        assert Path(f"/proc/{_postmaster(home)}").stat().st_uid == user.pw_uid


def test_binaries_are_found_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bin_dir: Path
) -> None:
    monkeypatch.setenv("WAYPOST_PG_BIN", str(bin_dir))
    assert find_binaries() == bin_dir
    monkeypatch.setenv("WAYPOST_PG_BIN", str(tmp_path))
    with pytest.raises(EmbeddedPostgresError, match="holds no `postgres`"):
        find_binaries()
