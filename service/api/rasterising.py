"""PNG from SVG, by a process of its own for each picture.

The library holds the interpreter's lock for as long as it draws: a thread would stop everybody. A
process can also be bounded in memory and time, and stopped. It draws with the fonts of
the system and fetches nothing.
"""

import asyncio
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

from service.domain.errors import NotInstalled, Unavailable

LIBRARY = "resvg_py"
WIDEST = 8192
"""Pixels. What would be wider is drawn smaller."""
ZOOM = 2.0
PATIENCE = 8.0
"""Seconds for one picture; less than a process has for stopping."""
_MEMORY = 1 << 30
_DRAWING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="drawing")
"""One picture at a time: each takes a processor for itself."""
_WIDTH = re.compile(r'<svg [^>]*?width="(\d+)"')


async def png(svg: str) -> bytes:
    """The picture as PNG, twice as large as the SVG says, at most `WIDEST` wide.

    Raises `NotInstalled` without the extra, `Unavailable` when it takes too long.
    """
    if find_spec(LIBRARY) is None:
        detail = "PNG needs the extra `png`: pip install 'waypost[png]'. SVG needs nothing."
        raise NotInstalled(detail)
    drawing = asyncio.get_running_loop().run_in_executor(_DRAWING, _drawn, svg)
    try:
        async with asyncio.timeout(PATIENCE):
            return await drawing
    except (TimeoutError, subprocess.TimeoutExpired) as error:
        raise Unavailable("The picture takes too long to draw; SVG is there at once.") from error


def zoom_of(svg: str) -> float:
    """How much larger the picture is drawn than its root element says."""
    found = _WIDTH.search(svg)
    return ZOOM if found is None else min(ZOOM, WIDEST / int(found[1]))


def _drawn(svg: str) -> bytes:
    ran = subprocess.run(  # noqa: S603 (ourselves, with a number of our own)
        [sys.executable, "-I", "-m", __name__, repr(zoom_of(svg))],
        input=svg.encode(),
        capture_output=True,
        timeout=PATIENCE,
        check=True,
        env={"PATH": os.defpath, "HOME": os.environ.get("HOME", "/")},
    )
    return ran.stdout


def draw() -> None:
    """What the process does: SVG in, PNG out."""
    import resource

    import resvg_py

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    svg = sys.stdin.buffer.read().decode()
    drawn = resvg_py.svg_to_bytes(
        svg_string=svg,
        zoom=float(sys.argv[1]),
        font_family="DejaVu Sans",
        sans_serif_family="DejaVu Sans",
    )
    sys.stdout.buffer.write(bytes(drawn))


if __name__ == "__main__":
    draw()
