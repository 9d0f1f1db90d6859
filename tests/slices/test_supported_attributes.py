"""What of a persona a finding may support."""

from typing import Any

from tests.make import Client


async def test_only_what_a_persona_can_have_is_supported(client: Client) -> None:
    own = {"key": "pension_scheme", "label": "Pension scheme", "type": "text"}
    await client.made("/v1/profile-attributes", own)
    attributes = {"shoe_size": 40}
    body = {"name": "Ann", "attributes": attributes, "demographics": {"district": "Gries"}}
    ann = await client.made("/v1/personas", body)
    ben = await client.made("/v1/personas", {"name": "Ben"})

    def named(persona: dict[str, Any], *names: str) -> dict[str, Any]:
        targets = [{"persona_id": persona["id"], "attribute": name} for name in names]
        return {"kind": "anecdotal", "source_kind": "interview", "text": "…", "targets": targets}

    can = ("pains", "age", "demographics.age", "hobbies", "attributes.hobbies", "pension_scheme")
    await client.made("/v1/evidence", named(ben, *can))
    hers = ("shoe_size", "attributes.shoe_size", "district", "demographics.district", "income")
    made = await client.made("/v1/evidence", named(ann, *hers))
    for persona, name in (
        *((ben, name) for name in hers[:4]),
        *((ann, name) for name in ("demographics.shoe_size", "attributes.district", "painz")),
        *((ann, name) for name in ("attributes.pains", "profile_id", "external_ids", "avatar")),
    ):
        answer = await client.post("/v1/evidence", json=named(persona, "pains", name))
        assert answer.status_code == 422, name
        (error,) = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/targets/1/attribute", "unknown_attribute")
    # What is gone from the persona may still be sent back as it was read.
    await client.patch(f"/v1/personas/{ann['id']}", json={"attributes": {"shoe_size": None}})
    again = await client.put(f"/v1/evidence/{made['id']}", json=made)
    assert (again.status_code, again.json()["targets"]) == (200, made["targets"])
    assert (await client.post("/v1/evidence", json=named(ann, "shoe_size"))).status_code == 422
