"""Receipts of erasures: they hold nothing by which anybody could be known."""

from sqlalchemy import Column, Index, Integer, Table

from service.domain.tables import instant, json, resource

erasures: Table = resource(
    "erasures",
    # Rows by table.
    json("counts", "'{}'"),
    # How many identifiers are, or were, blocked by it.
    Column("identifiers", Integer, nullable=False),
    Column("lifted_at", instant),
    kind="erasure",
    label="id",
)
Index(None, erasures.c.workspace_id, erasures.c.created_at, erasures.c.id)
