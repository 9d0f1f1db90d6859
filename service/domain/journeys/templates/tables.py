"""Templates of a workspace's own."""

from sqlalchemy import Table, UniqueConstraint

from service.domain.tables import json, maybe, resource, words

templates: Table = resource(
    "templates",
    words("key"),
    words("name"),
    maybe("description"),
    maybe("locale"),
    json("stages", "'[]'"),
    json("transitions"),
    UniqueConstraint("workspace_id", "key"),
    kind="template",
    label="name",
)
