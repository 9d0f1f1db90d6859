"""Tries an image in a working container of buildah, against the Postgres that PG… names.

Run by build-and-try.sh. Each line it prints is something it saw; the first thing that is not as it
should be ends it with exit code 1.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

DATABASE = "waypost"
GRACE = 10.0
"""Seconds in which a stopped container must be gone: what engines wait before they kill."""
STARTS_WITHIN = 60.0


class Image:
    """A container of the image, and the environment its commands are given."""

    def __init__(self, container: str) -> None:
        told = subprocess.run(["buildah", "inspect", container], check=True, capture_output=True)
        self.config = json.loads(told.stdout)["Docker"]["config"]
        self.container = container
        self.environment: dict[str, str] = {}

    def command(self, *arguments: str) -> list[str]:
        """What an engine would run: the entry point, with these arguments or the image's own."""
        return self.inside(*self.config["Entrypoint"], *(arguments or self.config["Cmd"]))

    def inside(self, *command: str) -> list[str]:
        """A command inside, as the image's user, on this machine's network."""
        given = [f"--env={name}={value}" for name, value in self.environment.items()]
        return ["buildah", "run", "--isolation", "chroot", *given, self.container, "--", *command]

    def ran(self, *arguments: str) -> str:
        """What a command of the service prints; it must succeed."""
        done = subprocess.run(self.command(*arguments), check=False, capture_output=True, text=True)
        seen(done.returncode == 0, f"`waypost {arguments[0]}` {done.stderr}".rstrip())
        return done.stdout


def seen(true: bool, what: str) -> None:
    """Tell what was seen; what should not have been seen ends the trial."""
    print(("seen:   " if true else "FAILED: ") + what, flush=True)
    if not true:
        raise SystemExit(1)


def main(container: str) -> None:
    """The whole trial."""
    image = Image(container)
    refused = subprocess.run(image.command(), check=False, capture_output=True, text=True)
    said = refused.stderr.splitlines()[0]
    seen(refused.returncode != 0 and "DATABASE_URL is not set" in said, f"no database: {said!r}")
    image.environment = set_up(image)
    key = json.loads(image.ran("create-workspace", "--name", "Trial"))["key"]
    with serving(image) as service:
        seen(owner(service) == 10001, f"the service runs as user {owner(service)}")
        answers(image, key)
        stops(service)


def set_up(image: Image) -> dict[str, str]:
    """A database with roles and schema, made by the image's own commands; what serving needs."""
    subprocess.run(["psql", "-qc", f"CREATE DATABASE {DATABASE}"], check=True)
    place = f"{os.environ['PGHOST']}:{os.environ['PGPORT']}/{DATABASE}"
    administrator = f"postgresql://{os.environ['PGUSER']}:{os.environ['PGPASSWORD']}@{place}"
    app, by_owner = (
        f"postgresql://{role}:{secrets.token_hex(16)}@{place}"
        for role in ("waypost_app", "waypost_owner")
    )
    image.environment = {"WAYPOST_DATABASE_URL": app, "WAYPOST_OWNER_DATABASE_URL": by_owner}
    image.environment["WAYPOST_SIGNING_KEY"] = secrets.token_hex(32)
    image.ran("grant-roles", "--run", administrator)
    image.ran("migrate")
    image.ran("check")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    return {"WAYPOST_DATABASE_URL": app, "WAYPOST_PORT": port}


@contextmanager
def serving(image: Image) -> Iterator[int]:
    """The image's own command until the block ends; the process id of the service."""
    began = time.monotonic()
    engine = subprocess.Popen(image.command(), stdout=subprocess.DEVNULL)
    try:
        while asked(image, "/readyz")[0] != 200:
            if engine.poll() is not None or time.monotonic() > began + STARTS_WITHIN:
                seen(False, "it did not get ready")
            time.sleep(0.05)
        seen(True, f"ready {time.monotonic() - began:.1f} s after the start")
        yield below(engine.pid)[-1]
        seen(engine.wait(GRACE) == 0, "its exit code is 0")
    finally:
        for process in (*reversed(below(engine.pid)), engine.pid):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        engine.wait()


def answers(image: Image, key: str) -> None:
    """Probes, a write, a read, and what a stranger gets."""
    for path in ("/healthz", "/readyz", "/metrics"):
        seen(asked(image, path)[0] == 200, f"{path} answers 200")
    status, made = asked(image, "/v1/profiles", key, {"name": "Runners"})
    seen(status == 201, f"a profile is written: {status}")
    status, read = asked(image, f"/v1/profiles/{made['id']}", key)
    seen((status, read["name"]) == (200, "Runners"), f"and read: {status}")
    seen(asked(image, "/v1/profiles")[0] == 401, "without a key: 401")
    probe = image.config["Healthcheck"]["Test"][1:]
    healthy = subprocess.run(image.inside(*probe), check=False).returncode == 0
    seen(healthy, "the image's own health check passes")


def stops(service: int) -> None:
    """SIGTERM ends it within the grace period."""
    began = time.monotonic()
    os.kill(service, signal.SIGTERM)
    while Path(f"/proc/{service}/cmdline").exists() and time.monotonic() < began + GRACE:
        time.sleep(0.02)
    took = time.monotonic() - began
    seen(took < GRACE, f"stopped {took:.1f} s after SIGTERM")


def asked(image: Image, path: str, key: str = "", body: Any = None) -> tuple[int, Any]:
    """Status and JSON of an answer; status 0 while nobody listens."""
    url = f"http://127.0.0.1:{image.environment['WAYPOST_PORT']}{path}"
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as answer:
            text = answer.read()
            is_json = answer.headers.get_content_type() == "application/json"
            return answer.status, json.loads(text) if is_json else text
    except urllib.error.HTTPError as error:
        return error.code, None
    except OSError:
        return 0, None


def below(process: int) -> list[int]:
    """The processes a process started, and those that these started."""
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    children = [int(pid) for task in tasks for pid in task.read_text().split()]
    return [pid for child in children for pid in (child, *below(child))]


def owner(process: int) -> int:
    """The user a process runs as."""
    status = Path(f"/proc/{process}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("Uid:"))
    return int(line.split()[2])


if __name__ == "__main__":
    main(sys.argv[1])
