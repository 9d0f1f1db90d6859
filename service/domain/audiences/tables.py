"""Profiles, the catalogue of their attributes, and personas."""

from sqlalchemy import Boolean, Column, Index, LargeBinary, Table, UniqueConstraint, text

from service.domain.tables import (
    json,
    maybe,
    points_to,
    resource,
    texts,
    uid,
    words,
)

profiles: Table = resource(
    "profiles",
    words("name"),
    maybe("description"),
    maybe("market"),
    uid("parent_id", nullable=True),
    json("attributes", "'{}'"),
    json("criteria"),
    json("exclusions"),
    points_to("profiles", "parent_id"),
    kind="profile",
    label="name",
    searched="name || ' ' || coalesce(description, '') || ' ' || coalesce(market, '')",
)
Index(None, profiles.c.workspace_id, profiles.c.parent_id)

profile_attributes: Table = resource(
    "profile_attributes",
    words("key"),
    words("label"),
    maybe("description"),
    words("type"),
    texts("options"),
    maybe("unit"),
    Column("sensitive", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("workspace_id", "key"),
    kind="profile_attribute",
    label="label",
)

LISTS = (
    "changes",
    "goals",
    "motivations",
    "likes",
    "dislikes",
    "channels",
    "information_sources",
    "content_formats",
    "competitors",
    "purchases",
    "heard_through",
    "integration_concerns",
)

personas: Table = resource(
    "personas",
    uid("profile_id", nullable=True),
    words("name"),
    maybe("personality"),
    maybe("backstory"),
    maybe("quote"),
    maybe("role"),
    maybe("tone"),
    json("demographics", "'{}'"),
    json("pains", "'[]'"),
    json("objections", "'[]'"),
    json("attributes", "'{}'"),
    *(texts(name) for name in LISTS),
    Column("avatar", LargeBinary),
    maybe("avatar_type"),
    maybe("avatar_sha256"),
    points_to("profiles", "profile_id"),
    kind="persona",
    label="name",
    searched="name || ' ' || coalesce(personality, '') || ' ' || coalesce(backstory, '')"
    " || ' ' || coalesce(quote, '')",
)
Index(None, personas.c.workspace_id, personas.c.profile_id)
