"""The servers under load: started, looked at through /proc, stopped.

Outside Linux there is no /proc, and processor time and memory are not told (NaN).
"""

import math
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import IO

from benchmarks.load import answer, request

PATIENCE = 30.0
_MILLISECONDS_A_TICK = 1000 / os.sysconf("SC_CLK_TCK")


class Server:
    """One server process and the port it answers on."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: IO[bytes]):
        self.port = free_port()
        given = {**os.environ, **environment, "WAYPOST_PORT": str(self.port)}
        command = [part.replace("{port}", str(self.port)) for part in command]
        begun = time.perf_counter()
        self.process = subprocess.Popen(command, env=given, stdout=log, stderr=log)
        self._until(self._accepts, begun + PATIENCE)
        self.accepted_in = time.perf_counter() - begun
        """Seconds from the start of the process until it takes a connection."""
        self._until(self._answers, begun + PATIENCE)
        self.answered_in = time.perf_counter() - begun
        """Seconds from the start of the process until it has answered a request."""

    def _accepts(self) -> None:
        socket.create_connection(("127.0.0.1", self.port), 1).close()

    def _answers(self) -> None:
        answer(self.port, request("GET", "/"))

    def _until(self, done: Callable[[], None], deadline: float) -> None:
        while True:
            try:
                done()
            except (OSError, HTTPException):
                if self.process.poll() is not None or time.perf_counter() > deadline:
                    self.stop()
                    raise RuntimeError(f"{self.process.args!r} does not serve") from None
                time.sleep(0.005)
            else:
                return

    def stop(self) -> None:
        """End it, harder after a while."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def serving(
    command: Sequence[str], environment: Mapping[str, str], log_path: Path
) -> Iterator[Server]:
    """A server for the time of the block; what it says goes to a file, as under a supervisor."""
    with log_path.open("ab") as log:
        try:
            server = Server(command, environment, log)
        except RuntimeError:
            print(log_path.read_text(errors="replace")[-2000:], file=sys.stderr)
            raise
        try:
            yield server
        finally:
            server.stop()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def cpu_milliseconds(root: int) -> float:
    """Processor time that a process and its living children have used."""
    used = [_cpu(pid) for pid in _family(root)]
    return sum(used) if used else math.nan


def pss_mib(root: int) -> float:
    """Proportional set size: memory of its own and its share of what it shares."""
    found = [_pss(pid) for pid in _family(root)]
    return sum(found) / 1024 if found else math.nan


def _family(root: int) -> Iterator[int]:
    for task in Path(f"/proc/{root}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))
    if Path(f"/proc/{root}").exists():
        yield root


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) * _MILLISECONDS_A_TICK


def _pss(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)
    return int(found[1]) if found else 0
