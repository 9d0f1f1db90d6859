"""One PostgreSQL server on one folder: making its data, starting it, stopping it."""

import fcntl
import itertools
import os
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import IO, Self

from service.embedded.account import Account, account_for
from service.embedded.binaries import EmbeddedPostgresError, find_binaries, major_version

STARTUP_SECONDS = 120.0  # replaying the log after a crash takes its time
PREDECESSOR_SECONDS = 30.0  # for the server of a killed process to finish stopping
LOCK_SECONDS = 3.0  # for a process that is just ending to let go of the folder
STOPPING = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
POLL_SECONDS = 0.005
LOG_BYTES = 10_000_000

SETTINGS = {
    "cluster_name": "waypost",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Failed statements carry the callers' values; the service reports failures, without values.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """A server that at most one process at a time runs on `home`.

    `durable=False` trades safety against power loss for speed, in tests. `settings` are server
    parameters added last. `beside_other_major` starts anew although another major's data is there.
    """

    def __init__(
        self,
        home: Path,
        *,
        bin_dir: Path | None = None,
        durable: bool = True,
        settings: Mapping[str, str] | None = None,
        beside_other_major: bool = False,
    ) -> None:
        self.home = home.resolve()
        self.bin_dir = bin_dir or find_binaries()
        self._durable = durable
        self._settings = SETTINGS | ({} if durable else NOT_DURABLE) | dict(settings or {})
        self._beside_other_major = beside_other_major
        self._password_file = self.home / "postgres-password"
        self._log = self.home / "postgres.log"
        self._lock: IO[str] | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._port = 0

    @cached_property
    def major(self) -> int:
        """The binaries' major version, such as 18."""
        return major_version(self.bin_dir)

    @cached_property
    def data(self) -> Path:
        """The data folder."""
        return self.home / f"pg{self.major}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which `psql`, `pg_dump` and their like reach the started server."""
        password = self._password_file.read_text().strip()
        place = {"PGHOST": "127.0.0.1", "PGPORT": str(self._port), "PGDATABASE": "postgres"}
        return place | {"PGUSER": "postgres", "PGPASSWORD": password}

    @property
    def url(self) -> str:
        """`postgresql://` URL of the superuser; the port is another one after each start."""
        password = self.environment["PGPASSWORD"]
        return f"postgresql://postgres:{password}@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Starts the server, making its data folder when there is none; returns when it answers.

        Call it from the main thread. Raises `EmbeddedPostgresError`: another process holds the
        folder, its data is another major's or another user's, or the server did not start.
        """
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("the server would stop when the thread that started it ends")
        if self._lock:
            raise RuntimeError("already started")
        self.home.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(self.home / "postgres.lock")
        try:
            self._refuse_another_major()
            account = account_for(self.bin_dir / "postgres", self.home, self.data)
            if not self.data.exists():
                self._make_data(account)
            elif not self._password_file.exists():
                raise EmbeddedPostgresError(
                    f"{self._password_file}, which {self.data} needs, is gone"
                )
            _await_predecessor(self.data)
            self._serve(account)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Ends all sessions and stops cleanly; harder after 30 s. Harmless when not started."""
        server, self._server = self._server, None
        lock, self._lock = self._lock, None
        try:
            if server:
                _end(server)
        finally:
            if lock:
                lock.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _refuse_another_major(self) -> None:
        others = [p for p in self.home.glob("pg*") if p.name[2:].isdigit() and p != self.data]
        if not others or self.data.exists() or self._beside_other_major:
            return
        theirs = max(int(p.name[2:]) for p in others)
        command = f"{sys.executable} -m service.embedded --home {self.home}"
        raise EmbeddedPostgresError(
            f"{self.home} holds data of PostgreSQL {theirs}, and {self.bin_dir} is {self.major}. "
            "Dump it with the old binaries and restore it with these:\n"
            f"  WAYPOST_PG_BIN=…/{theirs}/bin {command} pg_dumpall > waypost.sql\n"
            f"  WAYPOST_PG_BIN={self.bin_dir} {command} --beside-other-major "
            "psql -X -q -f waypost.sql"
        )

    def _make_data(self, account: Account) -> None:
        # Renamed when whole, so a kill leaves no half; its own name, because an initdb whose
        # parent was killed may still be clearing up behind itself.
        fresh = Path(tempfile.mkdtemp(prefix=f"pg{self.major}.new-", dir=self.home))
        account.take(fresh)
        if not self._password_file.exists() or not self._password_file.read_text():
            self._password_file.touch(mode=0o600)
            self._password_file.write_text(secrets.token_urlsafe(24))
        account.take(self._password_file)
        options = ["-U", "postgres", "-A", "scram-sha-256", f"--pwfile={self._password_file}"]
        options += ["-E", "UTF8", "--locale=C.UTF-8", *([] if self._durable else ["--no-sync"])]
        initdb = account.run(self.bin_dir / "initdb", "-D", fresh, *options, output=subprocess.PIPE)
        output = initdb.communicate()[0].decode(errors="replace")
        if initdb.returncode != 0:
            raise EmbeddedPostgresError(f"initdb failed:\n{output}")
        fresh.rename(self.data)
        for abandoned in self.home.glob("pg*.new-*"):
            _remove(abandoned)

    def _serve(self, account: Account) -> None:
        deadline = time.monotonic() + PREDECESSOR_SECONDS
        for attempt in itertools.count(1):  # another process may take the free port before it does
            words = self._launch(account)
            if words is None:
                return
            orphans = "shared memory block" in words and time.monotonic() < deadline
            if attempt >= 3 and not orphans:  # children of a killed server take a moment to end
                raise EmbeddedPostgresError(f"Postgres did not start; {self._log} says:\n{words}")
            time.sleep(POLL_SECONDS * attempt)

    def _launch(self, account: Account) -> str | None:
        """Nothing when the server has become ready, else what it said before it gave up."""
        self._port = _free_port()
        settings = self._settings | {"port": str(self._port)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        grown = self._log.exists() and self._log.stat().st_size > LOG_BYTES
        with self._log.open("wb" if grown else "ab") as log:
            begin = log.tell()
            self._server = account.run(
                self.bin_dir / "postgres", "-D", self.data, *options, output=log
            )
        if self._becomes_ready(self._server):
            return None
        return self._log.read_bytes()[begin:].decode(errors="replace")

    def _becomes_ready(self, server: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + STARTUP_SECONDS
        while server.poll() is None:
            if self._is_ready(server.pid):
                return True
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"Postgres is not ready yet; see {self._log}")
            time.sleep(POLL_SECONDS)
        return False

    def _is_ready(self, pid: int) -> bool:
        """Line 1 of the pid file says whether it is this server's, line 8 in which state it is."""
        with suppress(FileNotFoundError):
            lines = (self.data / "postmaster.pid").read_text().split("\n")
            if len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready":
                return _answers(self._port)
        return False


def _locked(path: Path) -> IO[str]:
    """The file at `path`, locked until it is closed or this process dies."""
    lock = path.open("a+")
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > deadline:
                lock.close()
                raise EmbeddedPostgresError(
                    f"process {path.read_text().strip()} already runs the database in "
                    f"{path.parent}: stop it first, or name another folder in WAYPOST_HOME"
                ) from None
            time.sleep(POLL_SECONDS)
    lock.truncate(0)
    print(os.getpid(), file=lock, flush=True)
    return lock


def _remove(abandoned: Path) -> None:
    """Again while it comes back: an initdb whose parent was killed writes on for a moment."""
    deadline = time.monotonic() + LOCK_SECONDS
    while abandoned.exists() and time.monotonic() < deadline:
        shutil.rmtree(abandoned, ignore_errors=True)


def _await_predecessor(data: Path) -> None:
    """Waits for the server of a killed process to end, and makes the pid file it left harmless.

    Postgres would refuse to start if an unrelated process had been given the number in that file.
    It takes its parent's number for a stale one, and still uses the rest of the file to find
    processes of the old server that linger.
    """
    pid_file = data / "postmaster.pid"
    deadline = time.monotonic() + PREDECESSOR_SECONDS
    with suppress(FileNotFoundError):
        while True:
            pid, _, rest = pid_file.read_text().partition("\n")
            if not _serves(pid, data):
                break
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"Postgres still runs in {data}: process {pid}")
            time.sleep(POLL_SECONDS)
        with pid_file.open("r+") as file:  # it may be gone by now, and must not be made
            file.write(f"{os.getpid()}\n{rest}")
            file.truncate()


def _serves(pid: str, data: Path) -> bool:
    """Whether that process is a server on `data`, by what everybody may read of it."""
    try:
        return os.fsencode(data) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    """Whether a connection gets as far as being asked for its password (as `pg_isready` does)."""
    body = struct.pack("!i", 3 << 16) + b"user\0postgres\0database\0postgres\0\0"
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(struct.pack("!i", len(body) + 4) + body)
        return connection.recv(1024).startswith(b"R")
    return False


def _end(server: subprocess.Popen[bytes]) -> None:
    for number, seconds in STOPPING:
        server.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            server.wait(seconds)
            return
