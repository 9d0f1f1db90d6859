"""Personas against real contacts: how far they have drifted, and whom each contact is like."""

from tests.make import Client
from tests.slices.test_contacts import made
from tests.slices.test_membership import AGE, profile, somebody


async def test_a_persona_is_held_against_the_members_of_its_profile(client: Client) -> None:
    ages = (40, 50, 60, 70, 80)
    for n, age in enumerate(ages):
        plan = ["gold"] if n == 0 else "free"
        await somebody(client, str(n), age=age, plan=plan, income={"min": 10, "max": 30})
    await somebody(client, "young", age=20, plan="gold")
    await somebody(client, "nobody knows", plan="gold")
    await made(client, traits={"name": "staff", "age": 99}, test=True)
    old = {"field": "traits.age", "op": "ge", "value": 30}
    which = await profile(client, "Old", criteria=old, attributes={"religion": "none"})
    body = {
        "name": "Ann",
        "profile_id": which,
        "demographics": {"age": 75, "household_income": {"min": 15, "currency": "EUR"}},
        "attributes": {"plan": "gold", "shoe_size": 40, "pets": ["cat"]},
    }
    ann = await client.made("/v1/personas", body)
    quality = await client.got(f"/v1/personas/{ann['id']}/quality")
    drift, items = quality["drift"], {one["attribute"]: one for one in quality["drift"]["items"]}
    assert (drift["contacts"], drift["mismatches"], quality["reasons"]) == (5, 1, {})
    assert drift["excluded"] == [
        {"reason": "unknown_membership", "count": 1},
        {"reason": "test", "count": 1},
    ]
    age = items["age"]
    assert (age["low"], age["median"], age["high"], age["mismatch"]) == (50, 60, 70, True)
    assert (age["contacts"], age["missing"], age["traits"]) == (5, 0, ["age", "age_range"])
    income = items["household_income"]
    assert (income["median"], income["mismatch"], income["contacts"]) == (20, False, 5)
    plan = items["plan"]["share"]
    assert (plan["value"], plan["numerator"], items["plan"]["mismatch"]) == (0.2, 1, False)
    assert (items["pets"]["mismatch"], items["pets"]["contacts"]) == (None, 0)
    assert items["pets"]["reason"] and "religion" not in items


async def test_the_nearest_persona_is_assigned_or_none(client: Client) -> None:
    savers = await profile(client, "Savers", criteria=AGE)
    ann = await client.made(
        "/v1/personas",
        {"name": "Ann", "profile_id": savers, "demographics": {"age": 60, "gender": "female"}},
    )
    ben = await client.made(
        "/v1/personas", {"name": "Ben", "demographics": {"age": {"max": 40}, "gender": "male"}}
    )
    who = await somebody(client, "x", age=66, gender="female")
    told = await client.got(f"/v1/contacts/{who}/persona")
    assert (told["status"], told["persona_id"], told["margin"]) == ("assigned", ann["id"], 1)
    first, second = told["candidates"]
    assert (first["score"], first["known"], first["membership"]) == (1, 1, "yes")
    assert [one["rule"] for one in first["matched"]] == ["profile", "age", "gender"]
    assert [one["rule"] for one in second["failed"]] == ["age", "gender"]
    young = await somebody(client, "y", age=30, gender="male")
    told = await client.got(f"/v1/contacts/{young}/persona")
    assert (told["persona_id"], len(told["candidates"])) == (ben["id"], 1)
    little = await somebody(client, "z", gender="male")
    told = await client.got(f"/v1/contacts/{little}/persona")
    assert (told["status"], told["persona_id"]) == ("assigned", ben["id"])
    nothing = await somebody(client, "n")
    told = await client.got(f"/v1/contacts/{nothing}/persona")
    assert (told["status"], told["reason"]) == ("unknown", "nothing_known")
    mixed = await somebody(client, "m", age=30, gender="female")
    told = await client.got(f"/v1/contacts/{mixed}/persona")
    assert (told["status"], told["reason"]) == ("unknown", "weak")
    staff = (await made(client, traits={"name": "s", "age": 60}, test=True))["id"]
    told = await client.got(f"/v1/contacts/{staff}/persona")
    assert told["excluded"] == [{"reason": "test", "count": 1}]


async def test_personas_alike_are_told_apart_by_nobody(client: Client) -> None:
    who = await somebody(client, "x", age=60)
    told = await client.got(f"/v1/contacts/{who}/persona")
    assert (told["reason"], told["candidates"]) == ("no_personas", [])
    for name in ("Ann", "Anna"):
        await client.made("/v1/personas", {"name": name, "demographics": {"age": 60}})
    told = await client.got(f"/v1/contacts/{who}/persona")
    assert (told["status"], told["reason"], told["margin"]) == ("unknown", "close", 0)
