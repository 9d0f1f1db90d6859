"""Trusted documents, each held once, by its hash."""

from sqlalchemy import Table, UniqueConstraint

from service.domain.tables import resource, words

trusted_documents: Table = resource(
    "trusted_documents",
    words("name"),
    words("document"),
    words("document_id"),
    UniqueConstraint("workspace_id", "document_id"),
    kind="trusted_document",
    label="name",
)
