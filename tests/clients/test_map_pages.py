"""The picture of a map as a browser shows and prints it: whole, silent, and nothing in the way."""

import base64
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from service import sample
from service.database import utc_now
from service.domain.signing import sign
from service.domain.work import Caller
from service.settings import Settings
from tests import pictured
from tests.clients import browser, node
from tests.conftest import Served
from tests.make import Client

CUT_OFF = """
(() => {
  const told = (one) => `${one.className.baseVal ?? one.className} ${one.textContent.slice(0, 60)}`;
  const wrong = [];
  for (const one of document.querySelectorAll('main *, header *, footer *')) {
    if (one.closest('svg, .unseen') || getComputedStyle(one).display === 'inline') continue;
    if (one.scrollWidth > one.clientWidth + 1 && one.clientWidth && !one.querySelector('.cross'))
      wrong.push(`wider than its box: ${told(one)}`);
  }
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = walk.nextNode()); ) {
    const box = text.parentElement.closest('.card, .lane, .curve, .stage > header, .top, .names b');
    if (!box || text.parentElement.closest('.unseen, .cross')) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const within = box.getBoundingClientRect();
    for (const at of range.getClientRects())
      if (at.left < within.left - 1 || at.right > within.right + 1 ||
          at.top < within.top - 3 || at.bottom > within.bottom + 3)
        wrong.push(`outside its box: ${told(box)}`);
  }
  return wrong.slice(0, 20);
})()
"""
OUT_OF_LINE = """
(() => {
  const wrong = [], steps = [...document.querySelectorAll('.step')];
  const rtl = document.documentElement.dir === 'rtl';
  const boxes = steps.map((step) => [...step.children].map((one) => one.getBoundingClientRect()));
  boxes.forEach((column, n) => {
    column.forEach((box, row) => {
      const at = `step ${n} row ${row}`, next = boxes[n + 1]?.[row];
      if (row && box.top < column[row - 1].bottom - 1) wrong.push(`${at} overlaps`);
      if (row && box.top > column[row - 1].bottom + 24) wrong.push(`${at} is far away`);
      if (Math.abs(box.top - boxes[0][row].top) > 1) wrong.push(`${at} is not level`);
      if (next && (rtl ? next.right > box.left + 1 : next.left < box.right - 1))
        wrong.push(`${at} reaches into the next`);
    });
  });
  return wrong.slice(0, 20);
})()
"""
OVERLAPPING = """
(() => {
  const texts = [...document.querySelectorAll('text')]
    .map((one) => [one, one.getBoundingClientRect()])
    .sort((a, b) => a[1].top - b[1].top);
  const wrong = [];
  const [wide, high] = [document.documentElement.width, document.documentElement.height]
    .map((one) => one.baseVal.value);
  let open = [];
  for (const [one, at] of texts) {
    if (at.left < 0 || at.top < 0 || at.right > wide || at.bottom > high)
      wrong.push(`off the sheet: ${one.textContent}`);
    open = open.filter(([, other]) => other.bottom > at.top + 4);
    for (const [before, other] of open)
      if (other.right > at.left + 2 && at.right > other.left + 2)
        wrong.push(`${before.textContent} | ${one.textContent}`);
    open.push([one, at]);
  }
  return wrong.slice(0, 20);
})()
"""


@pytest.fixture
def page() -> Iterator[browser.Page]:
    node.needed(browser.PROGRAM, "chromium")
    with browser.page() as opened:
        yield opened


async def link(client: Client, served: Served, journey_id: str, form: str, theme: str) -> str:
    """A shared link, on the port that a browser reaches."""
    wish = {"format": form, "theme": theme}
    made = await client.made(f"/v1/journeys/{journey_id}/share", wish)
    return f"{served.url}{made['url']}"


def opened(page: browser.Page, url: str) -> None:
    page.open(url)
    page.comes("document.readyState === 'complete' && location.protocol === 'http:'")


def is_silent(page: browser.Page, url: str) -> None:
    """It asked for itself and for pictures that it brings along, and its console is empty."""
    assert [one for one in page.asked if not one.startswith("data:")] == [url]
    assert not page.complaints


MAPS = [("en", 7, 5), ("zh-Hans", 7, 5), ("ar", 7, 5), ("en", 12, 20)]


@pytest.mark.parametrize("kind", MAPS)
async def test_nothing_on_a_page_overlaps_or_is_cut_off(
    client: Client, page: browser.Page, served: Served, kind: tuple[str, int, int]
) -> None:
    script, stages, steps = kind
    made = await pictured.made(client, script, stages, steps)
    url = await link(client, served, made["id"], "html", "auto")
    opened(page, url)
    count = "document.querySelectorAll('.step').length"
    assert page.evaluate(count) == stages * steps
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(OUT_OF_LINE) == []
    lefts = page.evaluate(
        "[...document.querySelectorAll('.stage')].map((one) => one.getBoundingClientRect().left)"
    )
    assert lefts == sorted(lefts, reverse=script == "ar")
    is_silent(page, url)


@pytest.mark.parametrize("kind", MAPS)
async def test_no_text_of_a_picture_lies_on_another(
    client: Client, page: browser.Page, served: Served, kind: tuple[str, int, int]
) -> None:
    script, stages, steps = kind
    made = await pictured.made(client, script, stages, steps)
    url = await link(client, served, made["id"], "svg", "light")
    opened(page, url)
    assert page.evaluate("document.querySelectorAll('text').length") > 10 * stages * steps
    assert page.evaluate(OVERLAPPING) == []
    is_silent(page, url)


@pytest.mark.parametrize("width", [390, 700])
async def test_a_telephone_shows_a_map_without_moving_sideways(
    client: Client, page: browser.Page, served: Served, width: int
) -> None:
    made = await pictured.made(client, "en", 3, 4)
    page.call(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=800,
        deviceScaleFactor=1,
        mobile=False,
    )
    opened(page, await link(client, served, made["id"], "html", "dark"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CUT_OFF) == []


async def test_paper_has_every_stage_and_step(
    client: Client, page: browser.Page, served: Served
) -> None:
    made = await pictured.made(client, "en", 7, 5)
    opened(page, await link(client, served, made["id"], "html", "dark"))
    wide = page.evaluate("document.documentElement.scrollWidth")
    answer = page.call(
        "Page.printToPDF",
        preferCSSPageSize=True,
        printBackground=True,
        generateDocumentOutline=True,
        generateTaggedPDF=True,
    )
    pdf = base64.b64decode(answer["data"])
    # Where a heading's lines break, its outline has nothing between them.
    titles = re.findall(rb"/Title \((.*?)\)\s*/", pdf, re.DOTALL)
    headings = [title.decode("latin-1").replace(" ", "") for title in titles]
    for stage in made["stages"]:
        assert stage["name"].replace(" ", "") in headings
        for step in stage["steps"]:
            told = step["action"].replace(" ", "")
            assert any(heading.endswith(told) for heading in headings), told
    # A4, landscape: 842 by 595 points; on a screen it is far wider than that.
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert {(round(float(w)), round(float(h))) for w, h in boxes} == {(842, 595)}
    assert len(boxes) >= 7
    assert wide > 5000


async def test_on_paper_nothing_is_wider_than_the_page(
    client: Client, page: browser.Page, served: Served
) -> None:
    made = await pictured.made(client, "en", 2, 20)
    page.call("Emulation.setEmulatedMedia", media="print")
    page.call(
        "Emulation.setDeviceMetricsOverride",
        width=1040,
        height=720,
        deviceScaleFactor=1,
        mobile=False,
    )
    opened(page, await link(client, served, made["id"], "html", "light"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 1040
    assert page.evaluate(CUT_OFF) == []


async def test_day_and_night_follow_the_reader_unless_the_link_says_otherwise(
    client: Client, page: browser.Page, served: Served
) -> None:
    made = await pictured.made(client, "en", 1, 2)
    papers = set()
    for theme, preferred in (
        ("auto", "light"),
        ("auto", "dark"),
        ("light", "dark"),
        ("dark", "light"),
    ):
        features = [{"name": "prefers-color-scheme", "value": preferred}]
        page.call("Emulation.setEmulatedMedia", features=features)
        opened(page, await link(client, served, made["id"], "html", theme))
        paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        papers.add((preferred if theme == "auto" else theme, paper))
    assert papers == {("light", "rgb(255, 255, 255)"), ("dark", "rgb(18, 23, 30)")}


HOSTILE = (
    "<script>window.ran = 1</script><img src=x onerror='window.ran = 2'>"
    '"><svg onload=window.ran=3>]]>&lt;/style><style>*{display:none}</style>'
    "\u0001\u0008\u202e\ufffe"
)


@pytest.mark.parametrize("form", ["html", "svg"])
async def test_a_hostile_map_runs_nothing(
    client: Client, page: browser.Page, served: Served, form: str
) -> None:
    said = pictured.SCRIPTS["en"] | {
        "title": HOSTILE[:400],
        "stage": HOSTILE[:400],
        "action": HOSTILE[:400],
        "texts": [HOSTILE, f"{HOSTILE}{'w' * 3000}"],
        "word": HOSTILE,
    }
    persona = await client.made("/v1/personas", {"name": HOSTILE[:200]})
    await client.put(
        "/v1/touchpoints/by-external-id/tests/met", json={"key": "met", "name": HOSTILE[:300]}
    )
    sent = pictured.body_of(said, 2, 2, persona_ids=[persona["id"]])
    made = await client.made("/v1/journeys", sent)
    url = await link(client, served, made["id"], form, "auto")
    opened(page, url)
    assert page.evaluate("window.ran ?? null") is None
    assert page.evaluate("document.querySelectorAll('script, [onerror], [onload]').length") == 0
    assert page.evaluate("document.querySelectorAll('style').length") == 1
    shown = page.evaluate("document.documentElement.textContent")
    assert "<script>window.ran = 1</script>" in shown
    assert not {"\u0001", "\u0008", "\u202e", "\ufffe"} & set(shown)
    if form == "html":
        assert page.evaluate(CUT_OFF) == []
    is_silent(page, url)


async def test_a_reader_without_eyes_finds_headings_lists_and_the_curve_in_words(
    client: Client, page: browser.Page, served: Served
) -> None:
    made = await pictured.made(client, "en", 2, 2)
    opened(page, await link(client, served, made["id"], "html", "light"))
    tree = page.call("Accessibility.getFullAXTree")["nodes"]
    found = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in tree
        if not node.get("ignored") and "role" in node
    ]
    headings = [name for role, name in found if role == "heading"]
    assert headings[0] == made["title"]
    for stage in made["stages"]:
        assert ("region", stage["name"]) in found
        assert stage["name"] in headings
    assert headings.count("Thoughts") == 4
    told = " ".join(name for role, name in found if role == "StaticText")
    assert "Emotion curve: 3 of 4 steps rated, on a scale from −2 to +2; mean −0.5." in told
    assert "Emotion −0.5" in re.sub(r"\s+", " ", told)
    # What is drawn for eyes alone says nothing a second time.
    assert not [name for role, name in found if role in ("image", "graphics-document") and name]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_sample_is_a_page_to_show(
    page: browser.Page, served: Served, sampled: Caller, settings: Settings, theme: str
) -> None:
    path = f"/v1/journeys/{sample.JOURNEY}/map"
    until = utc_now() + timedelta(hours=1)
    signed = sign(path, "html", sampled.workspace_id, until, settings.signing_key)
    url = f"{served.url}{path}?{signed}&theme={theme}"
    opened(page, url)
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(OUT_OF_LINE) == []
    assert "savings" in page.evaluate("document.querySelector('h1').textContent")
    is_silent(page, url)
