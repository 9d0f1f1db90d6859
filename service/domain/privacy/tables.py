"""Receipts of erasures: they hold nothing by which anybody could be known, once all is done."""

from sqlalchemy import ARRAY, BigInteger, Column, Index, Integer, Table, Text

from service.domain.tables import instant, json, resource

erasures: Table = resource(
    "erasures",
    # Rows by table.
    json("counts", "'{}'"),
    # How many identifiers are, or were, blocked by it.
    Column("identifiers", Integer, nullable=False),
    Column("lifted_at", instant),
    # Anonymous ids of the person that earlier events of others may still carry, and the place in
    # the order of arrival before which; null: none do.
    Column("devices", ARRAY(Text), info={"personal": True}),
    Column("devices_before", BigInteger),
    kind="erasure",
    label="id",
)
Index(None, erasures.c.workspace_id, erasures.c.created_at, erasures.c.id)
Index(
    "ix_erasures_devices",
    erasures.c.workspace_id,
    postgresql_where=erasures.c.devices.is_not(None),
)
