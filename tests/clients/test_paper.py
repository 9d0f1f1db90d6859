"""Maps and plans on paper: every text is on one page with its heading, nothing is cut off."""

from collections import Counter

import pytest

from tests import pictured
from tests.clients import browser, paper
from tests.clients.test_map_pages import link, opened, page
from tests.conftest import Served
from tests.make import Client

__all__ = ["page"]
PRINTED = (
    "[...document.querySelectorAll('.lane:not(:empty), .card h3')]"
    ".map((one) => one.textContent.replace(/\\s+/g, '').normalize('NFKC'))"
)
COVERED = """
(() => [...document.querySelectorAll('.card')].filter((card) => {
  const circle = card.querySelector('.cross')?.getBoundingClientRect();
  const number = card.querySelector('h3 > span').getBoundingClientRect();
  const edge = card.getBoundingClientRect();
  return circle && (circle.top < edge.top || circle.bottom > edge.bottom ||
    circle.left < number.right && number.left < circle.right &&
    circle.top < number.bottom && number.top < circle.bottom);
}).map((card) => card.textContent))()
"""


@pytest.mark.parametrize(("stages", "steps"), [(3, 5), (2, 20)])
async def test_every_lane_of_a_printed_map_is_on_one_page(
    client: Client, page: browser.Page, served: Served, stages: int, steps: int
) -> None:
    made = await pictured.made(client, "en", stages, steps)
    opened(page, await link(client, served, made["id"], "html", "light"))
    told = Counter(page.evaluate(PRINTED))
    pages = paper.pages(paper.printed(page))
    lost = [text for text, n in told.items() if sum(one.count(text) for one in pages) < n]
    assert lost == []


@pytest.mark.parametrize("width", [1040, 390])
async def test_no_circle_lies_on_a_number_on_paper_or_a_telephone(
    client: Client, page: browser.Page, served: Served, width: int
) -> None:
    sent = pictured.body("en", 2, 6)
    for stage in sent["stages"]:
        for place, step in enumerate(stage["steps"]):
            step |= {"touchpoints": [], "department": ("sales", "service")[place % 2]}
    made = await client.made("/v1/journeys", sent)
    page.call("Emulation.setEmulatedMedia", media="print" if width > 760 else "screen")
    size = {"width": width, "height": 720, "deviceScaleFactor": 1, "mobile": False}
    page.call("Emulation.setDeviceMetricsOverride", **size)
    opened(page, await link(client, served, made["id"], "html", "light"))
    assert page.evaluate("document.querySelectorAll('.cross').length") > 5
    assert page.evaluate(COVERED) == []


STEPS = """
[...document.querySelectorAll('.step')].map((step) =>
  [...step.querySelectorAll('.card h3, .lane:not(:empty)')]
    .map((one) => one.textContent.replace(/\\s+/g, '').normalize('NFKC')))
"""


async def test_paper_breaks_between_steps_and_names_the_stage_on_each_page(
    client: Client, page: browser.Page, served: Served
) -> None:
    made = await pictured.made(client, "en", 2, 12)
    opened(page, await link(client, served, made["id"], "html", "light"))
    steps = page.evaluate(STEPS)
    pages = paper.pages(paper.printed(page))
    names = [stage["name"].replace(" ", "") for stage in made["stages"]]
    assert len(pages) > len(names)
    for place, parts in enumerate(steps):
        whole = [text for text in pages if all(part in text for part in parts)]
        assert whole, parts
        assert any(names[place // 12] in text for text in whole)
