"""PostGraphile beside the service: its packages are installed once, where those of tests are."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

_HERE = Path(__file__).parent
_KEPT_IN = _HERE.parents[1] / ".node" / "postgraphile"


OLDEST = 22
"""The Node that PostGraphile needs."""


def _version(node: str) -> int:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return int(told.removeprefix("v").partition(".")[0])


def command() -> Sequence[str] | None:
    """What starts it; None, and it is said why, where Node or its packages are not to be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or _version(node) < OLDEST:
        print(f"left out: PostGraphile, for there is no Node {OLDEST} or newer")
        return None
    _KEPT_IN.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "serve.mjs"):
        shutil.copy(_HERE / name, _KEPT_IN)
    if not (_KEPT_IN / "node_modules" / "postgraphile").is_dir():
        install = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(install, cwd=_KEPT_IN, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"left out: PostGraphile, for it cannot be installed: {done.stderr[-300:]}")
            return None
    return [node, str(_KEPT_IN / "serve.mjs")]
