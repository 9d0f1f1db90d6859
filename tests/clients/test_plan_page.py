"""The plan in a browser: hostile text runs nothing, nothing is asked for, nothing is lost."""

from pathlib import Path

from tests.clients import browser, node
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
        page.comes("document.querySelectorAll('section').length === 2")
        assert page.evaluate("document.title").startswith("Marketing plan: 客户 <img")
        assert page.evaluate("document.querySelectorAll('img, script, b, i, iframe').length") == 0
        shown = page.evaluate("document.body.innerText")
        assert HOSTILE in shown
        assert ARABIC in shown
        wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert page.evaluate(wide)
        assert [one for one in page.asked if one != url] == []
        assert page.complaints == []
