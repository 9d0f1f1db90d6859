"""The example front end: built as its README says, and looked at in a browser."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from service import sample
from service.settings import Settings
from tests.clients import browser, node
from tests.house.source import ROOT
from tests.processes import free_port
from tests.served import Served, serving

SOURCES = ROOT / "examples" / "frontend"
ROWS = "document.querySelectorAll('#gaps tbody tr').length"


@pytest.fixture(scope="module")
def built(settings: Settings) -> Path:
    """The page with its types made from the schema, compiled strictly and packed."""
    del settings  # a project beside the checkout's own schema
    project = node.project(SOURCES, "frontend")
    npm = node.needed(shutil.which("npm"), "npm (Node)")
    node.run(npm, "run", "build", within=project, WAYPOST_KEY="none")
    return project


@contextmanager
def shown(project: Path, url: str, key: str) -> Iterator[str]:
    """Where the page is, which asks the service of this URL."""
    at = f"http://127.0.0.1:{(port := free_port())}"
    vite = project / "node_modules" / "vite" / "bin" / "vite.js"
    command = ["node", vite, "preview", "--port", str(port), "--strictPort"]
    environment = {**os.environ, "WAYPOST_URL": url, "WAYPOST_KEY": key}
    process = subprocess.Popen(
        command, cwd=project, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    )
    try:
        until = time.monotonic() + browser.PATIENCE
        while not answers(at):
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
        yield at
    finally:
        process.terminate()
        process.wait()


def answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


@pytest.fixture
def page() -> Iterator[browser.Page]:
    node.needed(browser.PROGRAM, "chromium")
    with browser.page() as opened:
        yield opened


@pytest.mark.usefixtures("sampled")
def test_it_shows_the_curve_the_gaps_and_the_kpis_of_a_journey(
    page: browser.Page, built: Path, served: Served, key: str
) -> None:
    with shown(built, served.url, key) as at:
        page.open(at)
        page.comes("document.querySelector('#journeys')?.options.length > 5")
        # Another than the first: the couple's, by its name.
        page.evaluate(
            "(() => { const all = document.querySelector('#journeys');"
            "all.value = [...all.options].find((one) => one.text.startsWith('From savings')).value;"
            "all.dispatchEvent(new Event('change')); })()"
        )
        page.comes("document.querySelector('h1')?.textContent.startsWith('From savings to income')")
        width, height = page.evaluate(
            "(({width, height}) => [width, height])"
            "(document.querySelector('#curve .curve').getBoundingClientRect())"
        )
        assert width > 300
        assert height > 50
        assert page.evaluate("document.querySelectorAll('#curve circle').length") == 33
        page.comes("document.querySelector('#curve').textContent.includes('Sign the agreement')")
        page.comes("document.querySelector('#gaps').textContent.includes('worst first (108)')")
        page.comes("document.querySelector('#kpis').textContent.includes('stage abandonment')")
        page.comes(
            "document.querySelector('#kpis tbody td.figure').textContent.includes('unknown')"
        )
        assert page.evaluate(ROWS) == 10
        page.evaluate("document.querySelector('#gaps button').click()")
        page.comes(f"{ROWS} === 20")
        assert all(url.startswith((f"{at}/", "data:")) for url in page.asked)
        assert not page.complaints
        assert key not in page.evaluate("document.documentElement.outerHTML")
    assert not any(key in file.read_text() for file in (built / "dist").rglob("*.js"))


def test_what_is_refused_is_shown_with_its_code(
    page: browser.Page, built: Path, served: Served
) -> None:
    with shown(built, served.url, "wp_wrong") as at:
        page.open(at)
        page.comes("document.querySelector('.error')?.textContent.includes('UNAUTHENTICATED')")


@pytest.mark.usefixtures("sampled")
def test_a_page_of_an_origin_that_is_named_asks_the_service_itself(
    page: browser.Page, built: Path, served: Served, settings: Settings, key: str
) -> None:
    with (
        shown(built, served.url, key) as at,
        serving(replace(settings, cors_origins=(at,))) as named,
    ):
        page.open(at)
        page.comes("document.querySelector('h1') !== null")
        assert page.evaluate(_asking(named.url, key)) == str(sample.JOURNEY)
        assert page.evaluate(_asking(served.url, key)) == "TypeError"


def _asking(url: str, key: str) -> str:
    """A query put from within a page; the name of what the browser throws when it must not."""
    query = f'{{ journey(id: "{sample.JOURNEY}") {{ uuid }} }}'
    return f"""fetch("{url}/graphql", {{
      method: "POST",
      headers: {{ "Content-Type": "application/json", Authorization: "Bearer {key}" }},
      body: JSON.stringify({{ query: {query!r} }}),
    }}).then((answer) => answer.json())
      .then(({{ data }}) => data.journey.uuid, (error) => error.name)"""
