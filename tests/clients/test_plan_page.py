"""The plan in a browser: hostile text runs nothing, nothing is asked for, nothing is lost."""

from pathlib import Path

from tests.clients import browser, node, paper
from tests.make import Client

HOSTILE = "<img src=x onerror=\"document.title='ran'\"><script>document.title='ran'</script>"
ARABIC = "نبحث عن مستشار"


async def test_a_plan_with_hostile_text_is_shown_and_runs_nothing(
    client: Client, tmp_path: Path
) -> None:
    node.needed(browser.PROGRAM, "chromium")
    step = {"action": HOSTILE, "questions": [HOSTILE, ARABIC], "department": '"><b>'}
    stage = {"name": ARABIC, "goals": [HOSTILE, "</style><script>throw 1</script>"]}
    body = {"title": f"客户 {HOSTILE}", "stages": [{**stage, "steps": [step]}]}
    made = await client.made("/v1/journeys", body)
    await client.made("/v1/content", {"title": HOSTILE, "kind": "<i>", "stage": ARABIC[:5]})
    answer = await client.get(f"/v1/journeys/{made['id']}/plan?format=html")
    (tmp_path / "plan.html").write_text(answer.text)
    url = (tmp_path / "plan.html").as_uri()
    with browser.page() as page:
        page.open(url)
        page.comes("document.querySelectorAll('section').length === 4")
        assert page.evaluate("document.title").startswith("Marketing plan: \u2068客户 <img")
        assert page.evaluate("document.querySelectorAll('img, script, b, i, iframe').length") == 0
        shown = page.evaluate("document.body.innerText")
        assert HOSTILE in shown
        assert ARABIC in shown
        wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert page.evaluate(wide)
        assert [one for one in page.asked if one != url] == []
        assert page.complaints == []


async def test_a_printed_plan_loses_nothing_and_flows_on(client: Client, tmp_path: Path) -> None:
    node.needed(browser.PROGRAM, "chromium")
    step = {"action": "Call", "questions": ["What is the fee?"], "department": "service"}
    stages = [{"name": f"Stage {n}", "key": f"s{n}", "steps": [step]} for n in range(3)]
    made = await client.made("/v1/journeys", {"title": "Adviser", "stages": stages})
    for stage in made["stages"]:
        cost = {"amount": 123456.78, "currency": "USD"}
        title = f"{stage['name']} {'Bestandskundenrückgewinnung' * 3}"
        item = {"title": title, "kind": "article", "language": "de", "cost": cost}
        at = {"journey_id": made["id"], "stage_id": stage["id"]}
        await client.made("/v1/content", {**item, "stage": stage["key"]})
        await client.made("/v1/actions", {"title": title, "cost": cost, "targets": [at]})
    answer = await client.get(f"/v1/journeys/{made['id']}/plan?format=html")
    (tmp_path / "plan.html").write_text(answer.text)
    with browser.page() as page:
        page.open((tmp_path / "plan.html").as_uri())
        page.comes("document.querySelectorAll('section').length >= 3")
        cells = page.evaluate(
            "[...document.querySelectorAll('h1, td, th, li, dt, dd p, .note')]"
            ".map((one) => one.textContent.replace(/\\s+/g, '').normalize('NFKC'))"
        )
        pages = paper.pages(paper.printed(page))
        assert [cell for cell in cells if not any(cell in one for one in pages)] == []
        assert "Stage0" in pages[0].partition("Adviser")[2]
        assert len(pages) <= 4
        # What is wider than the paper is told by the same rules on a page as wide.
        page.call("Emulation.setEmulatedMedia", media="print")
        size = {"width": 688, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
        page.call("Emulation.setDeviceMetricsOverride", **size)
        wide = "[...document.querySelectorAll('.table')].filter(t => t.scrollWidth > t.clientWidth)"
        assert page.evaluate(f"{wide}.length") == 0
