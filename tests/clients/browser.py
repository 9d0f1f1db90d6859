"""A headless Chromium, told what to do over its own protocol, on a pipe: no driver, no port.

It resolves no name and reaches nothing but 127.0.0.1, so a page that wants something from
elsewhere fails here as it would on a closed network.
"""

import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 60.0
"""Seconds that something on a page may take to come about, on a machine that does much else."""

_OPTIONS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--no-first-run", "--disable-background-networking", "--disable-component-update"),
    *("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--window-size=1400,1000"),
    "--remote-debugging-pipe",
)
Json = dict[str, Any]


class Page:
    """One tab: what it was told, what it asked for, what it complained of."""

    def __init__(self, told: BinaryIO, heard: BinaryIO) -> None:
        self._told, self._heard = told, heard
        self._rest = b""
        self._number = 0
        self._session: str | None = None
        self.asked: list[str] = []
        """The URLs it requested."""
        self.complaints: list[str] = []
        """What its console shows as errors: failed, refused by the policy, or thrown."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> Json:
        """Have the browser do something, and give what it answers."""
        self._number += 1
        message: Json = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._told.write(json.dumps(message).encode() + b"\0")
        self._told.flush()
        while True:
            heard = self._next()
            if heard.get("id") == self._number:
                assert "error" not in heard, heard["error"]
                found: Json = heard["result"]
                return found

    def open(self, url: str) -> None:
        self.call("Page.navigate", url=url)

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page, which may be a promise."""
        found = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def comes(self, expression: str) -> Any:
        """The value of an expression once it is true."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if found := self.evaluate(expression):
                return found
            time.sleep(0.1)
        shown = self.evaluate("document.documentElement.innerText")
        raise AssertionError(f"never came: {expression}\n{self.complaints}\n{shown[:3000]}")

    def types(self, text: str) -> None:
        """Type into what has the focus."""
        self.call("Input.insertText", text=text)

    def marks_all(self) -> None:
        """Press Ctrl-A in what has the focus: what is typed next takes the place of all."""
        key = {"key": "a", "code": "KeyA", "windowsVirtualKeyCode": 65, "modifiers": 2}
        self.call("Input.dispatchKeyEvent", type="keyDown", commands=["selectAll"], **key)
        self.call("Input.dispatchKeyEvent", type="keyUp", **key)

    def _next(self) -> Json:
        while b"\0" not in self._rest:
            assert select.select([self._heard], [], [], PATIENCE)[0], "the browser is silent"
            more = os.read(self._heard.fileno(), 1 << 16)
            assert more, "the browser is gone"
            self._rest += more
        first, _, self._rest = self._rest.partition(b"\0")
        heard: Json = json.loads(first)
        self._noted(heard.get("method"), heard.get("params", {}))
        return heard

    def _noted(self, method: str | None, said: Json) -> None:
        if method == "Network.requestWillBeSent":
            self.asked.append(said["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(said["exceptionDetails"]))
        elif method == "Log.entryAdded" and said["entry"]["level"] == "error":
            self.complaints.append(f"{said['entry']['text']} {said['entry'].get('url', '')}")
        elif method == "Runtime.consoleAPICalled" and said["type"] == "error":
            self.complaints.append(json.dumps(said["args"]))


@contextmanager
def page() -> Iterator[Page]:
    """A tab of a browser of its own, which keeps nothing."""
    assert PROGRAM
    to_it, from_it = os.pipe(), os.pipe()
    # The protocol is spoken on descriptors 3 and 4, whatever numbers these pipes have here.
    shell = f'exec {PROGRAM} "$@" 3<&{to_it[0]} 4>&{from_it[1]} 2>/dev/null'
    with tempfile.TemporaryDirectory(prefix="waypost-", ignore_cleanup_errors=True) as home:
        process = subprocess.Popen(
            ["bash", "-c", shell, "bash", *_OPTIONS, f"--user-data-dir={home}", "about:blank"],
            pass_fds=(to_it[0], from_it[1]),
            env={**os.environ, "HOME": home},
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(to_it[0])
        os.close(from_it[1])
        with os.fdopen(to_it[1], "wb") as told, os.fdopen(from_it[0], "rb") as heard:
            try:
                yield Page(told, heard)
            finally:
                # All of them at once, or some still write what is about to be removed.
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
