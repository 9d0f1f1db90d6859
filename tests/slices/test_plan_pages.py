"""The plan as a page over HTTP: what a reader meets first, in whose language, nothing hostile."""

import re
from base64 import b64encode
from hashlib import sha256
from html import unescape

from tests.make import Client
from tests.slices.challenged import mapped

HOSTILE = "<script>alert(1)</script> | [x](javascript:y) =1+1\n# 客户"


async def test_hostile_text_stays_text_in_every_form(client: Client) -> None:
    stage = {"name": HOSTILE, "goals": [HOSTILE, "=cmd()"], "questions": [HOSTILE]}
    step = {"action": HOSTILE, "department": "=HYPERLINK(1)", "pains": ["@sum"]}
    body = {"title": HOSTILE, "stages": [{**stage, "steps": [step]}]}
    made = await client.made("/v1/journeys", body)
    path = f"/v1/journeys/{made['id']}/plan"
    page = await client.get(f"{path}?format=html")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    (style,) = re.findall("<style>(.*?)</style>", page.text, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = page.headers["content-security-policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; ")
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "http" not in page.text.replace("http-equiv", "")
    text = await client.get(path, headers={"Accept": "text/markdown"})
    assert text.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "\\<script\\>" in text.text
    assert "<script" not in text.text.replace("\\<", "")
    assert not any(line.startswith("# 客户") for line in text.text.splitlines())
    for form in ("plan", "challenges"):
        table = await client.get(f"/v1/journeys/{made['id']}/{form}?format=csv")
        assert table.headers["content-type"].startswith("text/csv")
        assert "'@sum" in table.text or form == "plan"
        assert ",=" not in table.text
        assert ",@" not in table.text


def _texts(page: str) -> str:
    return unescape(re.sub("<[^>]+>", "\n", page)).replace("\u00a0", " ")


async def test_the_plans_page_begins_with_what_matters(client: Client) -> None:
    ann = await client.made("/v1/personas", {"name": "Ann"})
    made = await mapped(client, persona_ids=[ann["id"]])
    look, step = made["stages"][0], made["stages"][0]["steps"][0]
    at = {"journey_id": made["id"], "step_id": step["id"]}
    cost = {"amount": "12345.5", "currency": "EUR"}
    act = {"title": "Say the fees", "due_on": "2031-02-03", "cost": cost, "targets": [at]}
    await client.made("/v1/actions", act)
    await client.made("/v1/actions", {"title": "Unpriced", "targets": [at]})
    path = f"/v1/journeys/{made['id']}/plan"
    page = (await client.get(f"{path}?format=html")).text
    plan = await client.got(path)
    assert plan["personas"] == [{"persona_id": ann["id"], "name": "Ann"}]
    glance = _texts(page.partition("</section>")[0])
    for told in ("At a glance", plan["as_of"], "Ann", "Say the fees", "2031-02-03", "12,345.50"):
        assert told in glance
    worst = max(
        (gap for one in (plan, *plan["stages"]) for gap in one["gaps"]),
        key=lambda gap: gap["severity"] * gap["confidence"],
    )
    assert worst["text"] in glance
    assert f"({worst['severity']:.0f} of 100)" in glance
    text = (await client.get(path, headers={"Accept": "text/markdown"})).text
    assert text.index("## At a glance") < text.index(f"## {look['name']}")
    german = {"Accept-Language": "de"}
    assert "12.345,50 EUR" in _texts((await client.get(f"{path}?format=html", headers=german)).text)


async def test_the_plans_page_says_once_what_is_missing_and_why(client: Client) -> None:
    stages = [{"name": f"Stage {n}", "steps": [{"action": f"Act {n}"}]} for n in range(3)]
    made = await client.made("/v1/journeys", {"title": "Bare", "stages": stages})
    path = f"/v1/journeys/{made['id']}/plan?format=html"
    shown = _texts((await client.get(path)).text)
    assert shown.count("for every stage: nothing will become better there by itself.") == 1
    assert shown.count("No department owns every stage") == 1
    assert "Nothing yet" not in shown
    assert "Touchpoints" not in shown
    empty = await client.made("/v1/journeys", {"title": "Empty"})
    shown = _texts((await client.get(f"/v1/journeys/{empty['id']}/plan?format=html")).text)
    assert "The map has no stages yet, so there is nothing to plan for." in shown


async def test_a_name_of_another_direction_turns_no_sentence_of_the_plan(client: Client) -> None:
    step = {"action": "نبحث \u202eعن مستشار", "emotion": -2}
    stages = [{"name": "كل", "steps": [{"action": "Before", "emotion": 2}, step]}]
    made = await client.made("/v1/journeys", {"title": "ابحث", "stages": stages})
    page = (await client.get(f"/v1/journeys/{made['id']}/plan?format=html")).text
    assert "\u202e" not in page
    assert "<td>“نبحث عن مستشار” is a low of the journey" in page
    assert '<td dir="auto">كل</td>' in page


async def test_the_plan_speaks_the_callers_language(client: Client) -> None:
    made = await mapped(client)
    path = f"/v1/journeys/{made['id']}/plan"
    for language, heading in (
        ("en", "What to say"),
        ("de", "Was zu sagen ist"),
        ("es", "Qué decir"),
        ("zh-Hans", "要说什么"),
        ("zh-Hant", "要說什麼"),
    ):
        headers = {"Accept": "text/html", "Accept-Language": language}
        page = await client.get(path, headers=headers)
        assert heading in page.text
        assert f'<html lang="{language}">' in page.text
        assert page.headers["content-language"] == language
