import pathlib
import time

from tests.conftest import *


async def test_hold(served, client):
    pathlib.Path("/tmp/served").write_text(
        served.url + " " + client.headers["authorization"].split()[1]
    )
    import asyncio

    t = time.time()
    while time.time() - t < 3000 and not pathlib.Path("/tmp/stop").exists():
        await asyncio.sleep(0.5)
