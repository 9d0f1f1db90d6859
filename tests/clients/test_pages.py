"""The pages as a browser shows them, on a machine that reaches nothing but the service."""

import gzip
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from service import sample
from service.database import utc_now
from service.domain.signing import sign
from service.domain.work import Caller
from service.settings import Settings
from tests.clients import browser, node
from tests.conftest import Served
from tests.house.source import ROOT

BUILT = ROOT / "service/api/pages/built"

EXAMPLES = sorted((ROOT / "pages").glob("*.graphql"))
TABS = ".graphiql-tab-button"
SHOWN = ("savings", "explanation", '"start"', '"sessions"', "createJourney")
"""What the answers to the examples begin with, in their order: no more of them is in the page."""
_STOPS = """document.querySelector(".graphiql-execute-button").ariaLabel.startsWith("Stop")"""
LIST = "#operations-journeys-list_journey"


@pytest.fixture
def page() -> Iterator[browser.Page]:
    node.needed(browser.PROGRAM, "chromium")
    with browser.page() as opened:
        yield opened


def shows(page: browser.Page, text: str, within: str = "body") -> None:
    page.comes(f"document.querySelector({within!r})?.textContent.includes({text!r})")


def press(page: browser.Page, selector: str) -> None:
    page.comes(f"document.querySelector({selector!r}) !== null")
    page.evaluate(f"document.querySelector({selector!r}).click()")


def paste_key(page: browser.Page, key: str) -> None:
    page.comes("document.querySelector('#key') !== null")
    page.evaluate("document.querySelector('#key').focus()")
    page.types(key)


def run_example(page: browser.Page) -> None:
    for editor in (".graphiql-query-editor", ".result-window"):
        page.comes(f"document.querySelector('{editor} .view-line') !== null")
    press(page, ".graphiql-execute-button")


def is_content(page: browser.Page, served: Served) -> None:
    """It asked nobody but the service, and its console is empty."""
    elsewhere = [url for url in page.asked if not url.startswith((f"{served.url}/", "data:"))]
    assert not elsewhere
    assert not page.complaints


def test_the_reference_shows_the_contract_and_tries_a_call(
    page: browser.Page, served: Served, key: str
) -> None:
    page.open(f"{served.url}/docs")
    paste_key(page, key)
    press(page, "#operations-tag-journeys")
    press(page, f"{LIST} .opblock-summary-control")
    shows(page, "Rows a page; line by line, in all.", LIST)
    press(page, f"{LIST} .execute")
    shows(page, '"items": []', f"{LIST} .live-responses-table")
    shows(page, "Bearer wp_", f"{LIST} .curl-command")
    is_content(page, served)


def test_the_reference_says_what_a_refused_call_was_refused_for(
    page: browser.Page, served: Served
) -> None:
    page.open(f"{served.url}/docs#/journeys/list_journey")
    press(page, f"{LIST} .execute")
    shows(page, "unauthenticated", f"{LIST} .live-responses-table")
    # The console tells of it as well: the one thing it tells.
    assert [said for said in page.complaints if "401" not in said] == []


@pytest.mark.usefixtures("sampled")
def test_graphiql_runs_its_example_on_the_sample(
    page: browser.Page, served: Served, key: str
) -> None:
    page.open(f"{served.url}/graphql")
    paste_key(page, key)
    run_example(page)
    page.comes("document.querySelector('.result-window').innerText.includes('savings')")
    press(page, "[aria-label='Show Documentation Explorer']")
    shows(page, "Root Types")
    shows(page, "EmotionCurve")
    press(page, "[aria-label='Show History']")
    page.comes("document.querySelector('.graphiql-history-items').innerText.includes('Journeys')")
    is_content(page, served)


@pytest.mark.usefixtures("sampled")
def test_graphiql_has_a_tab_for_each_example_and_all_run(
    page: browser.Page, served: Served, key: str
) -> None:
    page.open(f"{served.url}/graphql")
    paste_key(page, key)
    page.comes(f"document.querySelectorAll('{TABS}').length === {len(EXAMPLES)}")
    for number, said in enumerate(SHOWN):
        # A tab is there before what it does is.
        page.comes(f"document.querySelectorAll('{TABS}')[{number}] !== undefined")
        page.evaluate(f"document.querySelectorAll('{TABS}')[{number}].click()")
        run_example(page)
        page.comes(f"document.querySelector('.result-window').innerText.includes({said!r})")
        result = page.evaluate("document.querySelector('.result-window').innerText")
        assert '"errors"' not in result
    is_content(page, served)


@pytest.mark.usefixtures("sampled")
def test_graphiql_subscribes_until_it_is_told_to_stop(
    page: browser.Page, served: Served, key: str
) -> None:
    page.open(f"{served.url}/graphql")
    paste_key(page, key)
    page.comes("document.querySelector('.graphiql-query-editor .view-line') !== null")
    page.evaluate("document.querySelector('.graphiql-query-editor textarea').focus()")
    page.marks_all()
    page.types(f'subscription {{ journeyChanged(id: "{sample.JOURNEY}") {{ changes {{ op }} }} }}')
    run_example(page)
    result = "document.querySelector('.result-window').innerText"
    page.comes(f"{result}.includes('journeyChanged')")
    assert '"errors"' not in page.evaluate(result)
    page.comes(_STOPS)
    with httpx.Client(headers={"Authorization": f"Bearer {key}"}) as caller:
        path = f"{served.url}/v1/journeys/{sample.JOURNEY}"
        assert caller.patch(path, json={"occasion": "Another one"}).status_code == 200
    page.comes(f"{result}.includes('upsert')")
    press(page, ".graphiql-execute-button")
    page.comes(f"!({_STOPS})")
    is_content(page, served)


@pytest.mark.usefixtures("sampled")
def test_the_key_is_kept_in_its_tab_alone_and_shared_by_the_pages(
    page: browser.Page, served: Served, key: str
) -> None:
    page.open(f"{served.url}/graphql")
    paste_key(page, key)
    run_example(page)
    page.comes("document.querySelector('.result-window').innerText.includes('data')")
    assert page.evaluate("localStorage.length") > 0
    assert not page.evaluate(f"JSON.stringify(localStorage).includes({key!r})")
    assert page.evaluate("document.cookie") == ""
    page.open(f"{served.url}/docs")
    page.comes(f"document.querySelector('#key')?.value === {key!r}")
    press(page, "#operations-tag-journeys")
    press(page, f"{LIST} .opblock-summary-control")
    shows(page, "Rows a page", LIST)
    press(page, f"{LIST} .execute")
    shows(page, "savings", f"{LIST} .live-responses-table")


@pytest.mark.parametrize("path", ["/docs", "/graphql"])
def test_a_script_that_got_into_a_page_does_not_run(
    page: browser.Page, served: Served, path: str
) -> None:
    page.open(f"{served.url}{path}")
    page.comes("document.querySelector('#key') !== null")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), "
        "{textContent: 'window.ran = true'}))"
    )
    page.comes("document.querySelector('body > script:not([src])') !== null")
    assert not page.evaluate("window.ran")
    assert any("Content Security Policy" in said for said in page.complaints)


def test_a_curve_opens_by_its_signed_link(
    page: browser.Page, served: Served, sampled: Caller, settings: Settings
) -> None:
    path = f"/v1/journeys/{sample.JOURNEY}/emotion-curve"
    until = utc_now() + timedelta(hours=1)
    signed = sign(path, "svg", sampled.workspace_id, until, settings.signing_key)
    page.open(f"{served.url}{path}?{signed}")
    page.comes("document.documentElement?.tagName === 'svg'")
    assert page.evaluate("document.querySelector('title').textContent")
    lines = page.evaluate(
        "[...document.querySelectorAll('path, polyline')].map((one) => one.getBoundingClientRect())"
        ".map(({width, height}) => [width, height])"
    )
    assert any(width > 300 and height > 20 for width, height in lines)
    assert "savings" in page.evaluate("document.documentElement.textContent")
    is_content(page, served)


def test_what_is_checked_in_is_what_is_built(tmp_path: Path) -> None:
    program = node.needed(shutil.which("node"), "node")
    copy = node.project(ROOT / "pages", "pages")
    node.run(program, "build.mjs", tmp_path, within=copy)
    assert contents(tmp_path) == contents(BUILT), "run `make pages`"


def contents(folder: Path) -> dict[str, bytes]:
    """By file: another release of Node may pack the same content otherwise."""
    return {
        path.name: gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for path in folder.iterdir()
    }
