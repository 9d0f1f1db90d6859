"""What a model calls deprecated is so in GraphQL: in its type, its input and its patch."""

from typing import Annotated

import pytest
import strawberry
from graphql import GraphQLSchema, introspection_from_schema
from pydantic import Field
from strawberry.tools import create_type

from service.api.graphql import mirroring
from service.api.graphql.declaring import Argument, resolving
from service.domain.inputs import Input


class NewLamp(Input):
    """A lamp."""

    glow: Annotated[int, Field(description="How bright it is.")] = 1
    shine: Annotated[int | None, Field(description="As before.", deprecated="Use glow.")] = None


@pytest.fixture
def core(monkeypatch: pytest.MonkeyPatch) -> GraphQLSchema:
    """A schema with the model in all its forms."""
    monkeypatch.setattr(mirroring, "TAKEN", {})
    made = Argument("made", mirroring.input_of(NewLamp), "What it shall be.")
    changed = Argument("changed", mirroring.patch_of(NewLamp), "What shall change.")
    kind = mirroring.shown(NewLamp)
    lamp = resolving("lamp", lambda _: None, kind, "A lamp.", [made, changed])
    return strawberry.Schema(create_type("Query", [lamp]))._schema


@pytest.mark.parametrize("kind", ["Lamp", "LampInput", "LampPatch"])
def test_a_deprecated_member_says_so_and_what_to_use(core: GraphQLSchema, kind: str) -> None:
    told = introspection_from_schema(core, input_value_deprecation=True)
    (one,) = (found for found in told["__schema"]["types"] if found["name"] == kind)
    members = {m["name"]: m for m in one["fields"] or one["inputFields"]}
    assert (members["shine"]["isDeprecated"], members["shine"]["deprecationReason"]) == (
        *(True, "Use glow."),
    )
    assert not members["glow"]["isDeprecated"]
