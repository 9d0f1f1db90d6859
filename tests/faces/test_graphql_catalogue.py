"""GraphQL: templates, the vocabulary and the catalogue of touchpoints."""

from tests.faces.asking import answered, asked, refused, wrote
from tests.make import Client, journey

ONE = """query ($key: String, $id: ID, $language: String) {
  template(key: $key, id: $id, language: $language) {
    id uuid key name ready locale version
    stages { key name description phase funnelStage content actions questions { text topic }
      touchpoints { key name }
      steps { key action actors private channel decisionMoment touchpoints { key } } }
    transitions { from to kind } } }"""


async def test_a_template_is_what_rest_shows(client: Client) -> None:
    rest = await client.got("/v1/templates/adviser", headers={"Accept-Language": "es"})
    found = (await asked(client, ONE, key="adviser", language="es"))["template"]
    assert found["uuid"] == rest["id"]
    assert [s["name"] for s in found["stages"]] == [s["name"] for s in rest["stages"]]
    assert found["stages"][4]["steps"][1]["decisionMoment"] is True
    by_id = (await asked(client, ONE, id=found["id"], language="zh-TW"))["template"]
    assert (by_id["locale"], by_id["stages"][4]["name"]) == ("zh-Hant", "決定")
    assert (await asked(client, ONE, key="nobody"))["template"] is None
    both = await answered(client, ONE, key="adviser", id=found["id"])
    assert both["errors"][0]["extensions"]["code"] == "INVALID"


async def test_the_language_is_an_arguments_else_the_headers(client: Client) -> None:
    query = """{ here: templates(sort: "key") { nodes { name ready } totalCount }
      there: templates(sort: "key", language: "es", first: 1) { nodes { name } }
      node: template(key: "adviser") { name }
      touchpointCatalogue(phase: after_sale, language: "zh-CN") { key name phase } }"""
    headers = {"Accept-Language": "de"}
    answer = await client.post("/graphql", json={"query": query}, headers=headers)
    found = answer.json()["data"]
    assert found["here"]["totalCount"] == 4
    assert found["here"]["nodes"][0]["name"] == "Eine Finanzberatung finden"
    assert found["there"]["nodes"] == [{"name": "Encontrar un asesor financiero"}]
    assert found["node"] == {"name": "Eine Finanzberatung finden"}
    assert found["touchpointCatalogue"][1] == {
        **{"key": "invoice", "name": "账单", "phase": "after_sale"}
    }


async def test_templates_are_written_and_ready_ones_are_not(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(2, 1))
    create = """mutation ($input: TemplateInput!) { createTemplate(input: $input) {
      template { id key stages { steps { action } } } userErrors { code pointer } } }"""
    body = {"journeyId": made["id"], "key": "mine"}
    template = (await wrote(client, create, input=body))["template"]
    assert template["stages"][1]["steps"] == [{"action": "Step 1.0"}]
    update = """mutation ($id: ID!, $name: String) { updateTemplate(id: $id, patch: {name: $name}) {
      template { name version } userErrors { code pointer } } }"""
    changed = await wrote(client, update, id=template["id"], name="Ours")
    assert changed["template"] == {"name": "Ours", "version": 2}
    ready = (await asked(client, ONE, key="adviser"))["template"]
    (error,) = await refused(client, update, id=ready["id"], name="Ours")
    assert error["code"] == "ready_made"
    begin = """mutation { createJourney(input: {title: "New", template: "mine"}) {
      journey { stages { name } } userErrors { code } } }"""
    assert len((await wrote(client, begin))["journey"]["stages"]) == 2


async def test_words_are_renamed_and_merged(client: Client) -> None:
    body = journey(1, 2)
    for step, channel in zip(body["stages"][0]["steps"], ("web", "site"), strict=True):
        step["channel"] = channel
    await client.made("/v1/journeys", body)
    query = """{ vocabulary(kind: channel) { nodes {
      id uuid slug label declared useCount uses { steps } standsFor aliasOfEntry { slug } } } }"""
    site, web = (await asked(client, query))["vocabulary"]["nodes"]
    assert (web["slug"], web["declared"], web["useCount"]) == ("web", False, 1)
    rename = """mutation ($id: ID!) { updateVocabularyEntry(id: $id, patch: {slug: "net"}) {
      vocabularyEntry { slug useCount } userErrors { code pointer } } }"""
    renamed = await wrote(client, rename, id=web["id"])
    assert renamed["vocabularyEntry"] == {"slug": "net", "useCount": 1}
    merge = """mutation ($id: ID!, $into: ID!) { mergeVocabularyEntry(id: $id, into: $into) {
      vocabularyEntry { slug useCount uses { steps } } userErrors { code pointer } } }"""
    merged = await wrote(client, merge, id=site["id"], into=web["id"])
    assert merged["vocabularyEntry"] == {"slug": "net", "useCount": 2, "uses": {"steps": 2}}
    (error,) = await refused(client, merge, id=web["id"], into=web["id"])
    assert error == {"code": "circular", "pointer": "/into"}
    entries = (await asked(client, query))["vocabulary"]["nodes"]
    assert {w["slug"]: w["aliasOfEntry"] for w in entries} == {
        **{"net": None, "site": {"slug": "net"}, "web": {"slug": "net"}}
    }


async def test_the_catalogue_is_loaded(client: Client) -> None:
    load = """mutation { loadTouchpointCatalogue(phase: engagement, language: "de") {
      touchpoints { id key name } created userErrors { code } } }"""
    came = await wrote(client, load)
    assert (len(came["touchpoints"]), len(came["created"])) == (8, 8)
    assert came["touchpoints"][0]["name"] == "Geschäft"
    assert (await wrote(client, load))["created"] == []
