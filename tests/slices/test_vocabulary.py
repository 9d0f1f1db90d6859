"""The vocabulary: words that are declared or only used, and resolved on write."""

from tests.make import Client, pointers
from tests.slices.words import steps_of, using, word


async def test_words_that_are_only_used_are_listed_with_their_uses(client: Client) -> None:
    activity = {"name": "Mailing", "department": "marketing"}
    body = {"key": "t", "name": "T", "channel": "web", "department": "marketing"}
    await client.made("/v1/touchpoints", {**body, "activities": [activity]})
    made = using(channel="web", device="phone", actors=["ann", "ben"], department="sales")
    made["stages"][0]["questions"] = [{"text": "How much?", "topic": "price"}]
    steps = made["stages"][0]["steps"]
    steps[0] |= {"touchpoints": [{"key": "t", "channel": "web"}]}
    steps[0] |= {"pains": [{"text": "Dear", "topic": "price"}]}
    edge = {"from": "step-0-0", "to": "step-0-1", "received_by": "sales"}
    await client.made("/v1/journeys", {**made, "transitions": [edge]})
    listed = await client.got("/v1/vocabulary?count=true&sort=-use_count")
    found = {(w["kind"], w["slug"]): w for w in listed["items"]}
    counts = {key: {p: n for p, n in w["uses"].items() if n} for key, w in found.items()}
    assert counts == {
        ("channel", "web"): {"steps": 4, "step_touchpoints": 1, "touchpoints": 1},
        ("device", "phone"): {"steps": 4},
        ("actor", "ann"): {"steps": 4},
        ("actor", "ben"): {"steps": 4},
        ("department", "marketing"): {"touchpoints": 1, "activities": 1},
        ("department", "sales"): {"steps": 4, "transitions": 1},
        ("topic", "price"): {"steps": 1, "stages": 1},
    }
    assert [w["use_count"] for w in listed["items"]] == [6, 5, 4, 4, 4, 2, 2]
    assert listed["total"] == 7
    for one in listed["items"]:
        assert (one["declared"], one["version"], one["present"]) == (False, 0, None)
        assert one["label"] == one["slug"]
        assert await client.got(f"/v1/vocabulary/{one['id']}") == one
    await client.made("/v1/vocabulary", {"kind": "channel", "slug": "mail", "owner": "sales"})
    assert (await word(client, "department", "sales"))["uses"]["vocabulary"] == 1


async def test_a_word_is_declared_by_creating_or_by_changing_it(client: Client) -> None:
    await client.made("/v1/journeys", using(channel="web"))
    body = {"kind": "channel", "slug": "fair", "present": False, "owner": "sales"}
    fair = await client.made("/v1/vocabulary", body)
    assert (fair["label"], fair["declared"], fair["use_count"]) == ("fair", True, 0)
    found = await word(client, "channel", "web")
    at = f"/v1/vocabulary/{found['id']}"
    stale = await client.patch(at, json={"label": "Web"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    change = {"label": "Website", "present": True, "external_ids": [{"source": "crm", "id": "7"}]}
    answer = await client.patch(at, json=change, headers={"If-Match": '"0"'})
    changed = answer.json()
    assert answer.status_code == 200, answer.text
    assert (changed["id"], changed["use_count"]) == (found["id"], 4)
    assert (changed["declared"], changed["label"], changed["present"]) == (True, "Website", True)
    assert (await client.got("/v1/vocabulary/by-external-id/crm/7"))["slug"] == "web"
    taken = await client.post("/v1/vocabulary", json={"kind": "channel", "slug": "web"})
    assert (taken.status_code, pointers(taken)) == (409, {"/slug"})
    listed = await client.got("/v1/vocabulary?kind=channel&declared=true&present=true")
    assert [one["slug"] for one in listed["items"]] == ["web"]
    back = await client.put(at, json=changed)
    assert back.json()["label"] == "Website"
    assert (await client.put(at, json={**changed, "kind": "device"})).status_code == 422


async def test_what_is_written_with_an_alias_is_stored_with_its_target(client: Client) -> None:
    website = await client.made("/v1/vocabulary", {"kind": "channel", "slug": "website"})
    alias = {"kind": "channel", "slug": "web", "alias_of": website["id"]}
    await client.made("/v1/vocabulary", alias)
    ann = await client.made("/v1/vocabulary", {"kind": "actor", "slug": "ann"})
    body = {"kind": "actor", "slug": "wife", "alias_of": ann["id"]}
    await client.made("/v1/vocabulary", body)
    team = await client.made("/v1/vocabulary", {"kind": "department", "slug": "service"})
    body = {"kind": "department", "slug": "support", "alias_of": team["id"]}
    await client.made("/v1/vocabulary", body)
    activity = {"name": "Call", "department": "support"}
    met = {"key": "t", "name": "T", "channel": "web", "activities": [activity]}
    touchpoint = await client.made("/v1/touchpoints", met)
    assert touchpoint["channel"] == "website"
    assert touchpoint["activities"][0]["department"] == "service"
    sent = using(1, 2, channel="web", actors=["wife", "ben", "ann"])
    sent["stages"][0]["steps"][0]["touchpoints"] = [{"key": "t", "channel": "web"}]
    edge = {"from": "step-0-0", "to": "step-0-1", "received_by": "support"}
    made = await client.made("/v1/journeys", {**sent, "transitions": [edge]})
    step = steps_of(made)[0]
    assert (step["channel"], step["actors"]) == ("website", ["ann", "ben"])
    assert step["touchpoints"][0]["channel"] == "website"
    assert made["transitions"][0]["received_by"] == "service"
    again = await client.put(f"/v1/journeys/{made['id']}", json={**sent, "transitions": [edge]})
    assert [s["version"] for s in steps_of(again.json())] == [1, 1]
    at = f"/v1/steps/{step['id']}"
    change = {"channel": "web", "department": "support", "actors": ["ben", "wife"]}
    patched = (await client.patch(at, json=change)).json()
    assert (patched["channel"], patched["department"]) == ("website", "service")
    assert patched["actors"] == ["ben", "ann"]
    links = {"touchpoints": [{"key": "t", "channel": "web"}]}
    patched = (await client.patch(at, json=links)).json()
    assert patched["touchpoints"][0]["channel"] == "website"
    stage = f"/v1/stages/{made['stages'][0]['id']}/steps"
    new = await client.made(stage, {"action": "Look", "channel": "web", "actors": ["wife"]})
    assert (new["channel"], new["actors"]) == ("website", ["ann"])
    edge = f"/v1/transitions/{made['transitions'][0]['id']}"
    answer = await client.patch(edge, json={"received_by": "support"})
    assert answer.json()["received_by"] == "service"
    assert (await word(client, "channel", "web"))["use_count"] == 0


async def test_the_order_and_repetition_of_actors_stay_where_no_alias_is(client: Client) -> None:
    made = await client.made("/v1/journeys", using(1, 1, actors=["b", "a", "b"]))
    step = steps_of(made)[0]
    assert step["actors"] == ["b", "a", "b"]
    patched = await client.patch(f"/v1/steps/{step['id']}", json={"actors": ["c", "a", "c"]})
    assert patched.json()["actors"] == ["c", "a", "c"]
    patched = await client.patch(f"/v1/steps/{step['id']}", json={"actors": []})
    assert patched.json()["actors"] == []


async def test_a_word_that_is_gone_is_only_used_again(client: Client) -> None:
    await client.made("/v1/journeys", using(channel="web"))
    web = await word(client, "channel", "web")
    at = f"/v1/vocabulary/{web['id']}"
    answer = await client.delete(at)
    assert (answer.status_code, answer.json()["code"]) == (409, "only_used")
    await client.patch(at, json={"slug": "net"})
    answer = await client.delete(at)
    assert (answer.status_code, answer.json()["users"][0]["name"]) == (409, "web")
    assert (await client.delete(f"{at}?dependents=detach")).status_code == 204
    net = await word(client, "channel", "net")
    assert (net["declared"], net["use_count"]) == (False, 4)
    assert (await word(client, "channel", "web"))["alias_of"] is None


async def test_a_step_is_written_by_as_many_statements_as_without_a_vocabulary(
    client: Client,
) -> None:
    made = await client.made("/v1/journeys", using(1, 2, channel="web"))
    step, stage = made["stages"][0]["steps"][0]["id"], made["stages"][0]["id"]
    counts = []
    for action in ("Before", "After"):
        if action == "After":
            site = await client.made("/v1/vocabulary", {"kind": "channel", "slug": "site"})
            body = {"kind": "channel", "slug": "page", "alias_of": site["id"]}
            await client.made("/v1/vocabulary", body)
        start = await client.statements()
        await client.patch(f"/v1/steps/{step}", json={"channel": "page", "actors": ["ann"]})
        between = await client.statements()
        body = {"action": action, "channel": "page", "actors": ["ann"]}
        await client.made(f"/v1/stages/{stage}/steps", body)
        counts.append((between - start, await client.statements() - between))
    # The transitions between neighbours are tied by a statement of their own.
    assert counts == [(1, 2), (1, 2)]


async def test_the_catalogue_is_loaded_once_in_the_callers_language(client: Client) -> None:
    german = {"Accept-Language": "de"}
    shown = await client.get("/v1/touchpoints/catalogue?phase=after_sale", headers=german)
    assert shown.headers["content-language"] == "de"
    assert [one["key"] for one in shown.json()["items"]] == [
        *("marketing-email", "invoice", "help-desk", "live-chat", "service-team")
    ]
    mine = await client.made("/v1/touchpoints", {"key": "website", "name": "Our site"})
    came = await client.post("/v1/touchpoints/catalogue", headers=german)
    assert came.status_code == 200, came.text
    assert len(came.json()["items"]) == 23 == len(came.json()["created"]) + 1
    again = await client.post("/v1/touchpoints/catalogue")
    assert again.json()["created"] == []
    assert again.json()["items"] == came.json()["items"]
    listed = (await client.got("/v1/touchpoints?limit=200"))["items"]
    names = {one["key"]: one["name"] for one in listed}
    assert (len(names), names["website"], names["invoice"]) == (23, "Our site", "Rechnung")
    assert (await client.got(f"/v1/touchpoints/{mine['id']}"))["version"] == 1
    once = {"Idempotency-Key": "once", "Accept-Language": "es"}
    first = await client.post("/v1/touchpoints/catalogue", headers=once)
    kept = await client.post("/v1/touchpoints/catalogue", headers=once | german)
    for header in ("content-language", "vary"):
        assert kept.headers[header] == first.headers[header]
    wrong = await client.post("/v1/touchpoints/catalogue?phase=never")
    assert (wrong.status_code, pointers(wrong)) == (422, {"/query/phase"})
