"""The settings of the workspace."""

from typing import Any

import strawberry

from service.api.edge import EdgeOf
from service.api.graphql import context, given, mirroring
from service.api.graphql.context import Row, decode
from service.api.graphql.declaring import Argument, resolving
from service.api.graphql.faces import IF_VERSION, expected
from service.api.graphql.mirroring import shows
from service.api.graphql.scalars import Instant
from service.api.graphql.writing import Answer, mutation, payload, row_of
from service.domain import access
from service.domain.patches import patch_of

_THERE = tuple(n for n, info in access.NewSettings.model_fields.items() if info.default is not None)


@shows(access.NewSettings, always=_THERE)
class Settings:
    """By what is computed in the workspace: time zone, weights and limits."""

    version: int = strawberry.field(description="Rises with every change; `ifVersion` takes it.")
    created_at: Instant = strawberry.field(description="When the workspace was made.")
    updated_at: Instant = strawberry.field(description="When it last changed.")


_CHANGED = payload("Settings", ("settings", Settings, "The settings as they are now."))


async def _settings(info: Any) -> Row:
    found = await context.of(info).read(access.settings)
    row: Row = decode(found.json)
    return row


async def _update(edge: EdgeOf, patch: Row, **at: int | None) -> Answer:
    data = given.built(patch_of(access.NewSettings), patch)
    response = await edge.changed(lambda work: access.patch_settings(work, data, expected(at)))
    return {"settings": row_of(response)}


async def _replace(edge: EdgeOf, input: Row, **at: int | None) -> Answer:
    data = given.built(access.NewSettings, input)
    response = await edge.changed(lambda work: access.replace_settings(work, data, expected(at)))
    return {"settings": row_of(response)}


QUERIES = [resolving("settings", _settings, Settings | None, "By what figures are computed here.")]
MUTATIONS = [
    mutation(
        "update_settings",
        _update,
        _CHANGED,
        "Change some settings.",
        [
            Argument("patch", mirroring.patch_of(access.NewSettings), "What shall change."),
            IF_VERSION,
        ],
    ),
    mutation(
        "replace_settings",
        _replace,
        _CHANGED,
        "Give all settings anew; those not given take their defaults.",
        [Argument("input", mirroring.input_of(access.NewSettings), "All of them."), IF_VERSION],
    ),
]
