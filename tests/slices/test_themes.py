"""Worries that maps share, and texts that say the same without a theme."""

from typing import Any

from tests.make import Client, journey, pointers

STORY = {"kind": "anecdotal", "source_kind": "interview", "text": "…"}


async def maps(client: Client, *pains: list[str]) -> list[dict[str, Any]]:
    made = []
    for n, texts in enumerate(pains):
        body = journey(1, 1, title=f"Map {n}")
        body["stages"][0]["steps"][0]["pains"] = texts
        made.append(await client.made("/v1/journeys", body))
    return made


async def told(client: Client, *about: dict[str, Any], **members: Any) -> dict[str, Any]:
    targets = [{"journey_id": one["id"]} for one in about]
    return await client.made("/v1/evidence", {**STORY, "targets": targets, **members})


async def test_a_theme_is_shared_when_findings_about_two_maps_bear_it(client: Client) -> None:
    first, second, third = await maps(client, [], [], [])
    await told(client, first, themes=["Waiting", "price"], sentiment=-2, observed_on="2026-05-04")
    await told(client, second, themes=["waiting "], sentiment=-1, weight=3)
    await told(client, second, third, themes=["Waiting"], sentiment=1, weight=0)
    await told(client, second, themes=["trust"])
    step = first["stages"][0]["steps"][0]["id"]
    again = [{"step_id": step}, {"journey_id": first["id"]}]
    await client.made("/v1/evidence", {**STORY, "targets": again, "themes": ["Waiting"]})
    found = await client.got("/v1/themes")
    (theme,) = found["items"]
    assert found["total"] == 1
    assert (theme["theme"], theme["findings"], theme["newest_on"]) == ("Waiting", 4, "2026-05-04")
    assert {(j["title"], j["findings"]) for j in theme["journeys"]} == {
        *(("Map 0", 2), ("Map 1", 2), ("Map 2", 1))
    }
    assert (theme["sentiment"], theme["sentiments"]) == (-1.25, 2)
    assert (await client.got("/v1/themes?least_journeys=4"))["items"] == []
    assert "reason" not in theme


async def test_texts_of_common_and_short_words_are_alike_only_if_they_are_equal(
    client: Client,
) -> None:
    await maps(client, ["What is it?", "Waiting"], ["What do I say?", "The waiting of it"])
    assert (await client.got("/v1/themes"))["suggestions"] == []
    await maps(client, ["what IS it", "waiting!"])
    found = (await client.got("/v1/themes"))["suggestions"]
    told = {(one["text"].casefold().strip("!?"), one["count"]) for one in found}
    assert told == {("what is it", 2), ("waiting", 2)}
    assert {one["similarity"] for one in found} == {1}


async def test_alike_texts_of_several_maps_are_suggested_in_any_script(client: Client) -> None:
    first, second, third = await maps(
        client,
        ["I wait far too long for an answer", "等待时间太长", "Fees"],
        ["Too long I wait for any answer!", "等待时间太长了", "Parking"],
        ["Nobody explains the forms"],
    )
    finding = await told(client, third, text="I wait too long for answers", language="en")
    found = (await client.got("/v1/themes"))["suggestions"]
    texts = {one["text"]: one for one in found}
    assert len(found) == 2
    chinese = next(one for text, one in texts.items() if "等待" in text)
    assert (chinese["journeys"], chinese["count"]) == (2, 2)
    assert {m["journey_id"] for m in chinese["mentions"]} == {first["id"], second["id"]}
    waiting = next(one for text, one in texts.items() if "wait" in text)
    assert {m["kind"] for m in waiting["mentions"]} == {"pain", "finding"}
    assert finding["id"] in {m["evidence_id"] for m in waiting["mentions"]}
    assert 0.5 <= waiting["similarity"] <= 1


async def test_findings_that_bear_a_shared_theme_need_no_suggestion(client: Client) -> None:
    first, second = await maps(client, [], [])
    for one in (first, second):
        await told(client, one, text="The form asks everything twice", language="en")
    (suggestion,) = (await client.got("/v1/themes"))["suggestions"]
    for mention in suggestion["mentions"]:
        at = f"/v1/evidence/{mention['evidence_id']}"
        assert (await client.patch(at, json={"themes": ["asked twice"]})).status_code == 200
    found = await client.got("/v1/themes")
    assert [one["theme"] for one in found["items"]] == ["asked twice"]
    assert found["suggestions"] == []
    (theme,) = found["items"]
    assert (theme["sentiment"], theme["reason"] != "") == (None, True)


async def test_themes_take_two_statements_and_show_nothing_of_others(
    client: Client, stranger: Client
) -> None:
    counts = []
    for size in (2, 8):
        made = await maps(client, *([["I wait too long"]] * size))
        for one in made:
            await told(client, one, themes=["waiting"])
        before = await client.statements()
        await client.got("/v1/themes")
        counts.append(await client.statements() - before)
    assert counts == [2, 2]
    assert (await stranger.got("/v1/themes"))["items"] == []
    wrong = await client.get("/v1/themes?limit=0&least_journeys=1&colour=red")
    assert pointers(wrong) == {"/query/limit", "/query/least_journeys", "/query/colour"}


async def test_a_map_with_its_variants_and_twins_is_one(client: Client) -> None:
    (first,) = await maps(client, ["I wait far too long"])
    at = f"/v1/journeys/{first['id']}/copy"
    child = await client.made(at, {"as": "variant", "axes": {"channel": "branch"}})
    grandchild = await client.made(f"/v1/journeys/{child['id']}/copy", {"as": "to_be"})
    for one in (first, child, grandchild):
        await told(client, one, themes=["Waiting"])
    found = await client.got("/v1/themes")
    assert (found["items"], found["suggestions"]) == ([], [])
    assert found["definition"]["tied_by"] == ["variant_of", "as_is_id"]
    (other,) = await maps(client, ["I wait too long, far too long"])
    await told(client, other, themes=["Waiting"])
    found = await client.got("/v1/themes")
    (theme,) = found["items"]
    assert (theme["families"], len(theme["journeys"]), theme["findings"]) == (2, 4, 4)
    assert {one["family_id"] for one in theme["journeys"]} == {first["id"], other["id"]}
    (suggestion,) = found["suggestions"]
    assert (suggestion["families"], suggestion["journeys"], suggestion["count"]) == (2, 4, 4)
    assert (await client.got("/v1/themes?least_journeys=3"))["items"] == []


async def test_findings_copied_along_with_a_map_count_once(client: Client) -> None:
    (first,) = await maps(client, [])
    step = first["stages"][0]["steps"][0]["id"]
    made = []
    for text in ("One", "Two"):
        body = {**STORY, "text": text, "themes": ["Waiting"], "targets": [{"step_id": step}]}
        made.append(await client.made("/v1/evidence", body))
    order = {"as": "copy", "include": ["evidence"]}
    copied = await client.made(f"/v1/journeys/{first['id']}/copy", order)
    read = await client.got(f"/v1/evidence/{made[0]['id']}")
    assert len(read["targets"]) == 2
    assert (await client.got("/v1/themes"))["items"] == []
    # Sent back as it was read, it is still a copied one.
    assert (await client.put(f"/v1/evidence/{made[0]['id']}", json=read)).status_code == 200
    assert (await client.got("/v1/themes"))["items"] == []
    await told(client, copied, themes=["Waiting"])
    (theme,) = (await client.got("/v1/themes"))["items"]
    assert {one["journey_id"]: one["findings"] for one in theme["journeys"]} == {
        first["id"]: 2,
        copied["id"]: 1,
    }
    # Without the map that they were found about, they are about its copy.
    await client.delete(f"/v1/journeys/{first['id']}?dependents=detach")
    (other,) = await maps(client, [])
    await told(client, other, themes=["Waiting"])
    (theme,) = (await client.got("/v1/themes"))["items"]
    found = {one["journey_id"]: one["findings"] for one in theme["journeys"]}
    assert found == {copied["id"]: 3, other["id"]: 1}
